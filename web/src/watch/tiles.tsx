import type { MarketSummary } from '@candlewatch/api/markets'
import { entries } from '../episodes/opened.ts'
import { countBy, counted } from '../format/count.ts'
import { feedStateNames, formatFaults } from '../format/feed-health.ts'
import { formatPrice } from '../format/price.ts'
import { formatShort } from '../format/when.ts'
import { Mark } from '../marks/mark.tsx'
import { kinds, markNames } from '../marks/marks.ts'
import { pastPosition } from '../state/replay-view.ts'
import { part } from '../state/store.ts'
import { modelReasons } from './model-reason.ts'
import { score } from './score.ts'
import { Tile, WeekColumns } from './tile.tsx'
import './tiles.css'

const series = part(state => state.series)
const market = part(state => state.market)
const intervalMs = part(state => state.intervalMs)
const feed = part(state => state.feed)
const isPast = part(state => pastPosition(state) !== null)

/** Fewer compared bars than this do not tell whether the model or the range is bad. */
const enoughBars = 200

/** The main figures in one line of tiles, each a link to its card of the overview. */
export function Tiles() {
  if (!market.value) return null
  return (
    <section class="overview" aria-label="Main figures">
      <h2 class="unseen">Main figures</h2>
      <AlarmsTile budget={market.value.alarmsPerWeek} />
      <ErrorTile market={market.value} />
      <CoverageTile />
      <FeedTile />
      <SeverityTile />
    </section>
  )
}

function AlarmsTile({ budget }: { readonly budget: number }) {
  const { lastWeek, averageAWeek, weeks } = score(series.value, intervalMs.value)
  return (
    <Tile
      title="Last 7 days"
      part="alarms"
      data-testid="alarms-per-week"
      data-last-week={lastWeek}
      data-average={averageAWeek ?? ''}
      data-budget={budget}
      figure={String(lastWeek)}
      isBad={lastWeek > budget}
      aside={<WeekColumns weeks={weeks} budget={budget} />}
    >
      {lastWeek > budget ? 'over' : 'within'} the budget of {budget}
      {averageAWeek !== null && `; average ${averageAWeek.toFixed(1)}`}
    </Tile>
  )
}

function ErrorTile({ market: { market, model: chosen } }: { readonly market: MarketSummary }) {
  const { error } = score(series.value, intervalMs.value)
  const { compared } = series.value.tally
  const skill = series.value.candles.at(-1)?.verdict?.skill
  if (!error) {
    return (
      <Tile title="Model vs. naive" part="error" data-testid="mae" figure="–" note={modelReasons[chosen.because]}>
        {chosen.name}: available after the first forecast has been checked
      </Tile>
    )
  }
  const { model, baseline, ratio } = error
  // Amounts of ten and more need no cents.
  const format = (price: number) => formatPrice(price, market, baseline >= 10 ? 0 : undefined)
  const percent = ratio === null ? 0 : Math.round((1 - ratio) * 100)
  return (
    <Tile
      title="Model vs. naive"
      part="error"
      data-testid="mae"
      data-model={model}
      data-baseline={baseline}
      data-ratio={ratio ?? ''}
      figure={`${Math.abs(percent)} % ${percent >= 0 ? 'better' : 'worse'}`}
      isBad={percent < 0 && compared > enoughBars}
      note={[skill?.because, modelReasons[chosen.because]].filter(Boolean).join(' ')}
    >
      <span data-testid="skill" data-by={skill?.by ?? ''} class={skill?.by === 'naive' ? 'handed-over' : ''}>
        {skill ? (skill.by === 'naive' ? '▲ Using the naive forecast' : `Using ${chosen.name}`) : 'Not enough data yet'}
      </span>
      {': '}
      {format(model)} vs. {format(baseline)}
    </Tile>
  )
}

function CoverageTile() {
  const { compared, heldHigh, heldLow } = series.value.tally
  if (compared === 0) return <Tile title="Inside 90 % range" part="coverage" figure="–" />
  const share = (held: number) => `${((held / compared) * 100).toFixed(1)} %`
  return (
    <Tile
      title="Inside 90 % range"
      part="coverage"
      data-testid="coverage"
      figure={share(heldHigh)}
      // Ten in a hundred may leave the range; fifteen are too many.
      isBad={compared > enoughBars && heldHigh / compared < 0.85}
    >
      of highs and {share(heldLow)} of lows, {counted(compared, 'bar')}
    </Tile>
  )
}

function FeedTile() {
  if (!feed.value) {
    return (
      <Tile title="Feed" part="feed" figure="–">
        {isPast.value && 'Shown again when you return to the latest bar'}
      </Tile>
    )
  }
  const { state, evidence, lastSeen, counts } = feed.value
  return (
    <Tile
      title="Feed"
      part="feed"
      data-testid="feed"
      data-state={state}
      figure={feedStateNames[state]}
      isBad={state === 'stale'}
      note={evidence}
    >
      {formatFaults(counts) || 'no faults'}
      {lastSeen && `, last row ${formatShort(Date.parse(lastSeen))}`}
    </Tile>
  )
}

function SeverityTile() {
  const counts = countBy(entries.value.map(({ kind }) => kind))
  return (
    <Tile title="Episodes and faults" part="episodes" data-testid="severities">
      <span class="severities">
        {kinds.map(kind => (
          <span key={kind} title={markNames[kind]}>
            <Mark kind={kind} /> <span class="unseen">{markNames[kind]}</span> <strong>{counts.get(kind) ?? 0}</strong>
          </span>
        ))}
      </span>
    </Tile>
  )
}
