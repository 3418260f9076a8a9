import { formatMinute } from '../format/when.ts'
import { zoneName } from '../format/zone.ts'
import { Card } from '../layout/room.tsx'
import { AsTable } from '../plot/as-table.tsx'
import { Plot, type PlotPlace } from '../plot/plot.tsx'
import { pathOf } from '../plot/scale.ts'
import { Sized } from '../plot/sized.tsx'
import { part } from '../state/store.ts'
import { candles, sinceText } from './judged.ts'
import { type SkillPoint, type SkillSeries, skillSeries } from './skill-series.ts'

const intervalMs = part(state => state.intervalMs)
const mostPoints = 400

/** Is the model worth having: its error over 30 days beside the naive forecast's, and who drove. */
export function SkillCard() {
  const series = skillSeries(candles.value, intervalMs.value, mostPoints)
  const skill = candles.value.findLast(({ verdict }) => verdict?.skill)?.verdict?.skill
  if (!skill || series.points.length === 0) {
    const word = 'Known from the first forecast that meets its bar.'
    return <Card title="Error against the naive forecast" id="error" wide summary={word} children={null} />
  }
  const { bars, naiveBars, points } = series
  return (
    <Card
      title="Error against the naive forecast"
      id="error"
      wide
      summary={`${skill.because} The naive one drove ${naiveBars.toLocaleString('en-US')} of ${bars.toLocaleString('en-US')} bars ${sinceText()}.`}
      data-testid="skill-over-time"
      data-by={skill.by}
      data-naive-bars={naiveBars}
    >
      <Key hasSpans={naiveBars > 0} />
      <Sized>
        {width => (
          <>
            <Ratio series={series} width={width} />
            <Errors series={series} width={width} />
          </>
        )}
      </Sized>
      <AsTable
        head={[`Bar, ${zoneName()}`, 'Model %', 'Naive %', 'Model over naive']}
        rows={() =>
          points
            .toReversed()
            .map(({ at, model, naive, ratio }) => [
              formatMinute(at),
              model.toFixed(3),
              naive.toFixed(3),
              ratio.toFixed(3),
            ])
        }
      />
    </Card>
  )
}

interface Props {
  readonly series: SkillSeries
  readonly width: number
}

/** Below 100 % the model is ahead. */
function Ratio({ series: { points, handedOver }, width }: Props) {
  const values = around([1, ...points.map(({ ratio }) => ratio)])
  const digits = values[1] - values[0] < 0.03 ? 1 : 0
  return (
    <Plot
      label="The model's error over the naive forecast's, 30 days"
      width={width}
      times={timesOf(points)}
      values={values}
      formatValue={value => `${(value * 100).toFixed(digits)} %`}
      stops={points.map(({ at }) => at)}
      say={stop => ratioWord(points[stop]!, handedOver)}
    >
      {place => (
        <>
          <Spans spans={handedOver} place={place} />
          <path class="promise" d={`M${place.x(points[0]!.at)} ${place.y(1)}H${place.x(points.at(-1)!.at)}`} />
          <path class="line is-model" d={pathOf(points.map(({ at, ratio }) => [place.x(at), place.y(ratio)]))} />
        </>
      )}
    </Plot>
  )
}

function Errors({ series: { points, handedOver }, width }: Props) {
  return (
    <Plot
      label="Mean absolute error of high and low over 30 days, percent of the price"
      width={width}
      height={160}
      times={timesOf(points)}
      values={[0, Math.max(...points.map(({ model, naive }) => Math.max(model, naive))) * 1.05]}
      formatValue={value => `${Number(value.toFixed(2))} %`}
      stops={points.map(({ at }) => at)}
      say={stop => errorWord(points[stop]!)}
    >
      {place => (
        <>
          <Spans spans={handedOver} place={place} />
          <path class="line is-model" d={pathOf(points.map(({ at, model }) => [place.x(at), place.y(model)]))} />
          {/* Over the model's, which shows between its dashes. */}
          <path class="line is-naive" d={pathOf(points.map(({ at, naive }) => [place.x(at), place.y(naive)]))} />
        </>
      )}
    </Plot>
  )
}

function Spans({ spans, place }: { readonly spans: SkillSeries['handedOver']; readonly place: PlotPlace }) {
  const { x, left, top, foot } = place
  return (
    <>
      {spans.map(([from, to]) => {
        // It may have begun before the first point that is drawn, and be over by then.
        const [begin, end] = [Math.max(left, x(from)), x(to)]
        return (
          end > left && <rect key={from} class="naive-span" x={begin} y={top} width={end - begin} height={foot - top} />
        )
      })}
    </>
  )
}

function Key({ hasSpans }: { readonly hasSpans: boolean }) {
  return (
    <p class="plot-key quiet" aria-hidden="true">
      <span>
        <i class="is-model" /> model
      </span>
      <span>
        <i class="is-naive" /> naive
      </span>
      {hasSpans && (
        <span>
          <i class="is-span" /> the naive one drove
        </span>
      )}
    </p>
  )
}

const timesOf = (points: readonly SkillPoint[]): readonly [number, number] => [points[0]!.at, points.at(-1)!.at]

/** Their range and a tenth more on either side. */
function around(values: readonly number[]): readonly [number, number] {
  const [least, greatest] = [Math.min(...values), Math.max(...values)]
  const air = Math.max((greatest - least) / 10, 0.002)
  return [least - air, greatest + air]
}

function ratioWord({ at, ratio }: SkillPoint, handedOver: SkillSeries['handedOver']): string {
  const percent = Math.abs((1 - ratio) * 100).toFixed(1)
  const driver = handedOver.some(([from, to]) => at >= from && at < to) ? 'naive one' : 'model'
  return `${formatMinute(at)}: the model ${percent} % ${ratio <= 1 ? 'better' : 'worse'}, the ${driver} drove`
}

function errorWord({ at, model, naive }: SkillPoint): string {
  return `${formatMinute(at)}: model ${model.toFixed(3)} % of the price, naive ${naive.toFixed(3)} %`
}
