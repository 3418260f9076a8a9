import type { BarStore, KnownBar, KnownBars } from '@candlewatch/adapters/stores/bars'
import type { HistoryStore } from '@candlewatch/adapters/stores/history'
import type { ReplayStore } from '@candlewatch/adapters/stores/replays'
import type { VerdictStore } from '@candlewatch/adapters/stores/verdicts'
import { replayMarket } from '@candlewatch/api/values/replay-market'
import { CandlewatchError } from '@candlewatch/core/errors'
import { isoDate } from '@candlewatch/core/interval'
import type { Stream } from '@candlewatch/core/time'
import { openOf } from '@candlewatch/core/time'
import type { Bar, Market, Ms, Series } from '@candlewatch/core/types'
import type { Options } from './options.ts'
import { renamed } from './source-choice.ts'

/** The rows that a run posts, and what must be in the database first. */
export interface Plan {
  /** Rows to post, oldest first; empty if all were answered in an earlier run. */
  readonly rows: readonly Bar[]
  /** Rows before those, oldest first, that the engine learns without giving a verdict. */
  readonly warmUp: readonly Bar[]
  /** Why the stored rows of this market are deleted first; null if they stay. */
  readonly startOver: string | null
  /** Rows of the range that an earlier run posted; this run continues after them. */
  readonly before: readonly Bar[]
}

type PlanStore = BarStore & VerdictStore
type SeedStore = PlanStore & HistoryStore & ReplayStore
type Asked = Pick<Options, 'fromMs' | 'toMs' | 'once' | 'restart'>
type Known = KnownBars

const defaultFromMs = Date.UTC(2021, 0, 1)
/** A forecast uses at most 24 bars, and the first of them needs one before it. */
const leastWarmUp = 25
/** The number of scores that a p-value is computed from. */
const maxWarmUp = 2_000
const closesAtATime = 1_000

/** A series whose market is prepared, and the plan of its run. */
export interface Seeded {
  readonly series: Series
  readonly plan: Plan
}

/**
 * Brings the database to the state from which a run starts, and plans the run. Where the market of the series has rows that no
 * replay sent, the replay becomes a market of its own, so that those rows stay as they are. Throws ERR_RANGE_EMPTY.
 */
export async function seed(series: Series, asked: Asked, store: SeedStore): Promise<Seeded> {
  for (const market of marketsFor(series)) {
    const named = renamed(series, market)
    const stream: Stream = { market, intervalMs: named.intervalMs }
    if (!(await store.isForReplays(stream))) continue
    const plan = await makePlan(named, asked, store)
    // A row of another source may have come since.
    const { warmUp } = plan
    if (!(await store.prepareReplay(stream, { startOver: plan.startOver !== null, warmUp }))) continue
    await store.appendHistory(named)
    return { series: named, plan }
  }
  throw new Error('Expected an end of the loop before the last market.')
}

/** The markets that a replay can have, in the order in which they are tried: without end. */
function* marketsFor({ market, name }: Series): Generator<Market, never> {
  yield market
  yield replayMarket(name, market)
  for (let n = 2; ; n++) yield replayMarket(`${n}-${name}`, market)
}

/** Compares the series with the stored rows of its market and plans the run. Throws ERR_RANGE_EMPTY. */
export async function makePlan(series: Series, asked: Asked, store: PlanStore): Promise<Plan> {
  const stream: Stream = { market: series.market, intervalMs: series.intervalMs }
  const range = rangeOf(series, asked)
  const stored = (await store.streams()).find(
    one => one.market === stream.market && one.intervalMs === stream.intervalMs,
  )
  if (!stored) return fresh(series, range, null)

  const newestTs = (stored.lastOpenMs + stream.intervalMs) as Ms
  const known = await knownOf(store, stream, series)
  const goesOn = asked.fromMs === null && !asked.once && (await isAnswered(store, stream))
  const rows = asked.once ? range : range.filter(bar => (goesOn ? bar.ts > newestTs : !known.get(bar.ts)?.verdict))
  const reason = asked.restart ? 'as --restart asks' : contradiction(series, rows, known, newestTs)
  if (reason === null) {
    const before = range.slice(0, range.length - rows.length)
    return { rows, warmUp: warmUpOf(series, rows).filter(bar => bar.ts > newestTs), startOver: null, before }
  }
  return fresh(series, range, reason)
}

function fresh(series: Series, rows: readonly Bar[], startOver: string | null): Plan {
  return { rows, warmUp: warmUpOf(series, rows), startOver, before: [] }
}

function warmUpOf({ bars }: Series, rows: readonly Bar[]): readonly Bar[] {
  const [first] = rows
  return first ? bars.filter(bar => bar.ts < first.ts).slice(-maxWarmUp) : []
}

function rangeOf({ bars, intervalMs, name }: Series, { fromMs, toMs }: Asked): readonly Bar[] {
  const opens = (bar: Bar) => openOf(bar, intervalMs)
  const from = fromMs ?? defaultFrom(bars.map(opens))
  const rows = bars.filter(bar => opens(bar) >= from && opens(bar) < (toMs ?? Infinity))
  if (rows.length > 0) return rows
  const [first, last] = [bars[0], bars.at(-1)].map(bar => (bar ? isoDate(opens(bar)) : 'nothing'))
  const asked = `from ${isoDate(from)}${toMs === null ? '' : ` to ${isoDate(toMs)}`}`
  throw new CandlewatchError(
    'ERR_RANGE_EMPTY',
    `Expected rows ${asked}, but ${name} holds rows from ${first} to ${last} (${bars.length} rows; the first ${leastWarmUp} are warm-up). Choose another --from or --to.`,
  )
}

/** Returns the start of 2021 if there are rows before it, else the open of the first row with enough rows before it. */
function defaultFrom(opens: readonly number[]): number {
  const before = opens.filter(open => open < defaultFromMs).length
  if (before > 0 && before < opens.length) return defaultFromMs
  return opens[leastWarmUp] ?? Infinity
}

async function knownOf(store: BarStore, stream: Stream, { bars }: Series): Promise<Known> {
  const known = new Map<Ms, KnownBar>()
  for (let i = 0; i < bars.length; i += closesAtATime) {
    const closes = bars.slice(i, i + closesAtATime).map(bar => bar.ts)
    for (const [ts, entry] of await store.known(stream, closes)) known.set(ts, entry)
  }
  return known
}

/** Returns why the stored rows and these rows contradict each other; null if they don't. */
function contradiction({ bars, intervalMs }: Series, rows: readonly Bar[], known: Known, newestTs: Ms): string | null {
  const dateOf = (bar: { readonly ts: Ms }) => isoDate(openOf(bar, intervalMs))
  for (const bar of bars) {
    const stored = known.get(bar.ts)?.bar
    const name = (['open', 'high', 'low', 'close', 'volume'] as const).find(it => stored && stored[it] !== bar[it])
    if (stored && name) {
      return `the bar of ${dateOf(bar)} is stored with ${name} ${stored[name]}, the source has ${bar[name]}`
    }
  }
  for (const { ts } of rows) {
    if (ts > newestTs || known.get(ts)?.verdict) continue
    const state = known.has(ts) ? 'was used as warm-up' : 'was never posted'
    return `the bar of ${dateOf({ ts })} ${state}, while later bars were answered up to ${dateOf({ ts: newestTs })}`
  }
  return null
}

async function isAnswered(store: VerdictStore, stream: Stream): Promise<boolean> {
  return (await store.verdicts({ ...stream, fromMs: null, toMs: null, limit: 1 })).length > 0
}
