import { parseInterval } from '@candlewatch/core/interval'
import { msOf } from '@candlewatch/core/time'
import { effect, untracked } from '@preact/signals'
import { ask, pages, type StreamQuery } from '../api/ask.ts'
import type { Range } from '../format/when.ts'
import { type Coarse, mayStandIn, serves } from '../state/coarse.ts'
import { joins, type Older } from '../state/older.ts'
import { candlesOf } from '../state/reduce.ts'
import { emptySeries, extendSeries } from '../state/series.ts'
import { dispatch, part, state } from '../state/store.ts'
import { firstKnown, visibleRange } from '../state/view.ts'
import { missingOf } from '../state/visible-range.ts'

/** Candles of one answer: a candle is then at least two pixels wide on an ordinary screen. */
const points = 600
/** Bars that are fetched on either side of the visible ones, for the next move. */
const reachBars = 500
const pageRows = 2_000
/** The pause between two requests while the view moves. */
const restMs = 150
/** Answers that are kept, so that going back and forth asks once. Older bars are large: thousands, with their verdicts. */
const mostKept = { coarse: 12, older: 3 }

type Missing = 'candles' | 'bars'

const changes = [
  part(({ view }) => view),
  part(({ series }) => series.candles[0]?.at),
  // Another market may be shown, or past bars be replayed again.
  part(missingOf),
]

/** Fetches what the chart misses: candles of a wide range, bars and verdicts of an old one. Lasts as long as the page. */
export function runVisibleBars(stream: StreamQuery): void {
  const coarses: Coarse[] = []
  const keptOlder: Older[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let restUntil = 0
  let pending: Pending | null = null
  effect(() => {
    for (const change of changes) void change.value
    untracked(look)
  })
  void readWhole()

  function look() {
    clearTimeout(timer)
    const missing = missingOf(state.value)
    const { range } = shown()
    // An answer for a place that is no longer visible would come too late.
    if (pending && (range[1] < pending.range[0] || range[0] > pending.range[1])) pending.stop.abort()
    if (!missing || showKept(missing) || (pending && suffices(pending, missing, range))) return
    timer = setTimeout(() => void fetchMissing(missing), Math.max(0, restUntil - performance.now()))
  }

  /** Shows what was fetched before, or the finest candles that can stand in for it. Returns whether nothing is missing then. */
  function showKept(missing: Missing): boolean {
    const { series, range, oldest } = shown()
    const older = missing === 'bars' ? keptOlder.find(one => joins(one, series, range, oldest)) : undefined
    if (older) {
      dispatch({ kind: 'older', older })
      return true
    }
    const finest = coarses
      .filter(one => mayStandIn(one, series, range, oldest))
      .reduce<Coarse | null>((best, one) => (best && best.widthMs <= one.widthMs ? best : one), null)
    if (finest && finest !== state.value.coarse) dispatch({ kind: 'coarse', coarse: finest })
    return missing === 'candles' && serves(finest, series, range, oldest)
  }

  async function fetchMissing(missing: Missing) {
    restUntil = performance.now() + restMs
    pending?.stop.abort()
    const { range: visible } = shown()
    const halfMs = (visible[1] - visible[0]) / 2
    const reachMs = missing === 'candles' ? halfMs : Math.min(halfMs, reachBars * state.value.intervalMs)
    const mine = { missing, visible, range: widened(visible, reachMs), stop: new AbortController() }
    pending = mine
    try {
      if (missing === 'bars') await readBars(mine.range, mine.stop.signal)
      else dispatch({ kind: 'coarse', coarse: await readCandles(mine.range, mine.stop.signal) })
    } catch {
      // The data already shown stays until the view moves.
    }
    if (pending === mine) pending = null
  }

  /** Fetches the whole history in a few candles beforehand, so that zooming out draws at once. */
  async function readWhole() {
    try {
      await readCandles(widened([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY], 0))
      look()
    } catch {
      // Zooming out fetches them then.
    }
  }

  async function readCandles(range: Range, signal?: AbortSignal): Promise<Coarse> {
    const query = { ...stream, ...datesOf(range), points }
    const { bars } = await ask('GET /api/bars', { query }, signal && { signal })
    const widthMs = parseInterval(bars[0]?.interval ?? '') ?? state.value.intervalMs
    const candles = bars.map(({ date, open, high, low, close, volume }) => {
      return { at: msOf(date), open, high, low, close, volume, verdict: null }
    })
    const coarse = { range, widthMs, candles }
    coarses.push(coarse)
    // The first stays: it is the whole history.
    if (coarses.length > mostKept.coarse) coarses.splice(1, 1)
    return coarse
  }

  /** Reads the bars first, which are quick, then their verdicts. */
  async function readBars(range: Range, signal: AbortSignal) {
    const limit = Math.ceil((range[1] - range[0]) / state.value.intervalMs) + 1
    const query = { ...stream, ...datesOf(range) }
    const { bars } = await ask('GET /api/bars', { query: { ...query, limit } }, { signal })
    let older: Older = { range, series: extendSeries(emptySeries, candlesOf(bars, [])) }
    dispatch({ kind: 'older', older })
    const answers = pages(cursor =>
      ask('GET /api/verdicts', { query: { ...query, limit: pageRows, ...cursor } }, { signal }),
    )
    for await (const { verdicts } of answers) {
      older = { range, series: extendSeries(older.series, candlesOf([], verdicts)) }
      dispatch({ kind: 'older', older })
    }
    keptOlder.push(older)
    if (keptOlder.length > mostKept.older) keptOlder.shift()
  }
}

/** A request that is not answered yet. */
interface Pending {
  readonly missing: Missing
  /** The visible range when it was sent. */
  readonly visible: Range
  /** The range that was asked for. */
  readonly range: Range
  readonly stop: AbortController
}

/** Returns whether the answer of a request is enough for a range that has since moved on with the newest bar. */
function suffices({ missing, visible, range }: Pending, wanted: Missing, [from, to]: Range): boolean {
  const wider = (to - from) / (visible[1] - visible[0])
  return missing === wanted && from >= visible[0] && to <= Math.max(visible[1], range[1]) && wider > 0.9 && wider < 1.1
}

function shown() {
  const { series, view, intervalMs } = state.value
  return { series, range: visibleRange(series.candles, view, intervalMs), oldest: firstKnown(series.candles, view) }
}

/** A wider range, as far as there are bars. */
function widened([from, to]: Range, byMs: number): Range {
  const { series, oldest } = shown()
  const newest = series.candles.at(-1)?.at ?? oldest
  return [Math.max(from - byMs, oldest), Math.min(to + byMs, newest + 1)]
}

function datesOf([from, to]: Range) {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
}
