import { counted, formatCount } from '../format/count.ts'
import { formatMinute } from '../format/when.ts'
import { zoneName } from '../format/zone.ts'
import { Card } from '../layout/room.tsx'
import { AsTable } from '../plot/as-table.tsx'
import { Plot, type PlotPlace } from '../plot/plot.tsx'
import { pathOf } from '../plot/scale.ts'
import { Sized } from '../plot/sized.tsx'
import { part } from '../state/store.ts'
import { candles, noForecastYet, sinceText } from './judged.ts'
import { type SkillPoint, type SkillSeries, skillSeries } from './skill-series.ts'

const intervalMs = part(state => state.intervalMs)
const mostPoints = 400
const title = 'Error compared with the naive forecast'

/** The model's error over 60 days compared with the naive forecast's, and which of them was used. */
export function SkillCard() {
  const series = skillSeries(candles.value, intervalMs.value, mostPoints)
  const skill = candles.value.findLast(({ verdict }) => verdict?.skill)?.verdict?.skill
  if (!skill || series.points.length === 0) {
    return <Card title={title} id="error" wide summary={noForecastYet} children={null} />
  }
  const { bars, naiveBars, points } = series
  return (
    <Card
      title={title}
      id="error"
      wide
      summary={`${skill.because} The naive forecast was used for ${formatCount(naiveBars)} of ${counted(bars, 'bar')} ${sinceText()}.`}
      data-testid="skill-over-time"
      data-by={skill.by}
      data-bars={bars}
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
        head={[`Bar, ${zoneName()}`, 'Model %', 'Naive %', 'Model / naive']}
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

/** The ratio of the errors; below 100 % the model is better. */
function Ratio({ series: { points, handedOver }, width }: Props) {
  const values = around([1, ...points.map(({ ratio }) => ratio)])
  const digits = values[1] - values[0] < 0.03 ? 1 : 0
  return (
    <Plot
      label="The model's error divided by the naive forecast's, over 60 days"
      width={width}
      times={timesOf(points)}
      values={values}
      formatValue={value => `${(value * 100).toFixed(digits)} %`}
      stops={points.map(({ at }) => at)}
      describe={stop => describeRatio(points[stop], handedOver)}
    >
      {place => (
        <>
          <Spans spans={handedOver} place={place} />
          <path class="promise" d={`M${place.x(timesOf(points)[0])} ${place.y(1)}H${place.x(timesOf(points)[1])}`} />
          <path class="line is-model" d={pathOf(points.map(({ at, ratio }) => [place.x(at), place.y(ratio)]))} />
        </>
      )}
    </Plot>
  )
}

function Errors({ series: { points, handedOver }, width }: Props) {
  return (
    <Plot
      label="Mean absolute error of high and low over 60 days, percent of the price"
      width={width}
      height={160}
      times={timesOf(points)}
      values={[0, Math.max(...points.map(({ model, naive }) => Math.max(model, naive))) * 1.05]}
      formatValue={value => `${Number(value.toFixed(2))} %`}
      stops={points.map(({ at }) => at)}
      describe={stop => describeErrors(points[stop])}
    >
      {place => (
        <>
          <Spans spans={handedOver} place={place} />
          <path class="line is-model" d={pathOf(points.map(({ at, model }) => [place.x(at), place.y(model)]))} />
          {/* Drawn over the model's line, which shows between the dashes. */}
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
        // A span may begin, and even end, before the first point that is drawn.
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
          <i class="is-span" /> naive forecast in use
        </span>
      )}
    </p>
  )
}

const timesOf = (points: readonly SkillPoint[]): readonly [number, number] => [
  points[0]?.at ?? 0,
  points.at(-1)?.at ?? 0,
]

/** The range of values, widened by a tenth on either side. */
function around(values: readonly number[]): readonly [number, number] {
  const [least, greatest] = [Math.min(...values), Math.max(...values)]
  const air = Math.max((greatest - least) / 10, 0.002)
  return [least - air, greatest + air]
}

function describeRatio(point: SkillPoint | undefined, handedOver: SkillSeries['handedOver']): string {
  if (!point) return ''
  const { at, ratio } = point
  const percent = Math.abs((1 - ratio) * 100).toFixed(1)
  const used = handedOver.some(([from, to]) => at >= from && at < to) ? 'naive forecast' : 'model'
  return `${formatMinute(at)}: model ${percent} % ${ratio <= 1 ? 'better' : 'worse'}, ${used} in use`
}

function describeErrors(point: SkillPoint | undefined): string {
  if (!point) return ''
  const { at, model, naive } = point
  return `${formatMinute(at)}: model ${model.toFixed(3)} % of the price, naive ${naive.toFixed(3)} %`
}
