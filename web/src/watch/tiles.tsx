import { formatPrice } from '../format/price.ts'
import { formatShort } from '../format/when.ts'
import { faultsInWords, feedStateNames } from '../state/feed-health.ts'
import { pastPosition } from '../state/replay-view.ts'
import { part } from '../state/store.ts'
import { score } from './score.ts'
import { Tile, Weeks } from './tile.tsx'
import './tiles.css'
import { entries } from '../episodes/opened.ts'
import { countBy } from '../format/count.ts'
import { Mark } from '../marks/mark.tsx'
import { kinds, markNames } from '../marks/marks.ts'

const series = part(state => state.series)
const market = part(state => state.market)
const intervalMs = part(state => state.intervalMs)
const feed = part(state => state.feed)
const isPast = part(state => pastPosition(state) !== null)

/** The state of everything in one line of tiles, each a way into the overview. */
export function Overview() {
  if (!market.value) return null
  return (
    <section class="overview" aria-label="Overview">
      <h2 class="unseen">Overview</h2>
      <AlarmsTile budget={market.value.alarmsPerWeek} />
      <ErrorTile />
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
      figure={String(lastWeek)}
      isBad={lastWeek > budget}
      aside={<Weeks weeks={weeks} budget={budget} />}
    >
      {lastWeek > budget ? 'over' : 'within'} the budget of {budget}
      {averageAWeek !== null && `, ${averageAWeek.toFixed(1)} a week on average`}
    </Tile>
  )
}

function ErrorTile() {
  const { error } = score(series.value, intervalMs.value)
  const { compared } = series.value.tally
  const skill = series.value.candles.at(-1)?.verdict?.skill
  const name = market.value!.market
  if (!error) {
    return (
      <Tile title="Model against naive" part="error" data-testid="mae" figure="–">
        Known from the first forecast that meets its bar
      </Tile>
    )
  }
  const { model, baseline, ratio } = error
  // Tens of them need no cents.
  const say = (price: number) => formatPrice(price, name, baseline >= 10 ? 0 : undefined)
  const percent = ratio === null ? 0 : Math.round((1 - ratio) * 100)
  return (
    <Tile
      title="Model against naive"
      part="error"
      data-testid="mae"
      data-model={model}
      data-baseline={baseline}
      data-ratio={ratio ?? ''}
      figure={`${Math.abs(percent)} % ${percent >= 0 ? 'better' : 'worse'}`}
      // A few bars say nothing of who is better.
      isBad={percent < 0 && compared > 200}
      note={skill?.because}
    >
      <span data-testid="skill" data-by={skill?.by ?? ''} class={skill?.by === 'naive' ? 'handed-over' : ''}>
        {skill ? (skill.by === 'naive' ? '▲ The naive forecast drives' : 'The model drives') : 'Nobody drives yet'}
      </span>
      {': '}
      {say(model)} against {say(baseline)}
    </Tile>
  )
}

function CoverageTile() {
  const { compared, heldHigh, heldLow } = series.value.tally
  if (compared === 0) return <Tile title="90 % range holds" part="coverage" figure="–" />
  const share = (held: number) => `${((held / compared) * 100).toFixed(1)} %`
  return (
    <Tile
      title="90 % range holds"
      part="coverage"
      data-testid="coverage"
      figure={share(heldHigh)}
      // Ten in a hundred may leave it; a sixth is another promise.
      isBad={compared > 200 && heldHigh / compared < 0.85}
    >
      of highs and {share(heldLow)} of lows, {compared.toLocaleString('en-US')} bars
    </Tile>
  )
}

function FeedTile() {
  if (!feed.value) {
    return (
      <Tile title="Feed" part="feed" figure="–">
        {isPast.value && 'Told again at the newest bar'}
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
      {faultsInWords(counts) || 'no faults'}
      {lastSeen && `, last ${formatShort(Date.parse(lastSeen))}`}
    </Tile>
  )
}

export function SeverityTile() {
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
