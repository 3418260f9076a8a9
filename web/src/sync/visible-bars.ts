import { parseInterval } from '@candlewatch/core/interval'
import type { Ms } from '@candlewatch/core/types'
import { effect, untracked } from '@preact/signals'
import { pages, type Query } from '../api/ask.ts'
import { fetchBars, fetchCandles, fetchVerdicts } from '../api/bars.ts'
import type { Range } from '../format/when.ts'
import { type Coarse, mayStandIn, serves } from '../state/coarse.ts'
import { joins, type Older } from '../state/older.ts'
import { candlesOf } from '../state/reduce.ts'
import { emptySeries, extendSeries } from '../state/series.ts'
import { dispatch, part, state } from '../state/store.ts'
import { firstKnown, visibleRange } from '../state/view.ts'
import { missingOf } from '../state/visible-range.ts'

/** In all: a candle is then at least two pixels wide on an ordinary screen. */
const points = 600
/** On either side of the bars in view, for the next move. */
const reachBars = 500
const pageRows = 2_000
/** Between two questions while the view is on the move. */
const restMs = 150
/** Going back and forth asks once. Pasts are large: thousands of bars with all that was said of them. */
const mostKept = { coarse: 12, older: 3 }

const changes = [
  part(({ view }) => view),
  part(({ series }) => series.candles[0]?.at),
  // Another market may be shown, or the past be watched again.
  part(missingOf),
]

/** Asks the server for what the chart lacks: candles of a wide range, bars and verdicts of an old one. The first move asks at once. */
export function runVisibleBars(query: Query): void {
  const coarses: Coarse[] = []
  const keptOlder: Older[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let restUntil = 0
  let question: Question | null = null
  effect(() => {
    for (const change of changes) void change.value
    untracked(look)
  })
  void readWhole()

  function look() {
    clearTimeout(timer)
    const lacks = missingOf(state.value)
    const { range } = visible()
    // What was asked for a place that is out of view again would come too late.
    if (question && (range[1] < question.range[0] || range[0] > question.range[1])) question.stop.abort()
    if (!lacks || giveKept(lacks) || (question && answers(question, lacks, range))) return
    timer = setTimeout(() => void ask(lacks), Math.max(0, restUntil - performance.now()))
  }

  /** What was fetched before, if it is all that is lacking; else the finest candles that can stand in for it. */
  function giveKept(lacks: 'candles' | 'bars'): boolean {
    const { series, range, oldest } = visible()
    const older = lacks === 'bars' ? keptOlder.find(one => joins(one, series, range, oldest)) : undefined
    if (older) {
      dispatch({ kind: 'older', older })
      return true
    }
    const finest = coarses
      .filter(one => mayStandIn(one, series, range, oldest))
      .reduce<Coarse | null>((best, one) => (best && best.widthMs <= one.widthMs ? best : one), null)
    if (finest && finest !== state.value.coarse) dispatch({ kind: 'coarse', coarse: finest })
    return lacks === 'candles' && serves(finest, series, range, oldest)
  }

  async function ask(lacks: 'candles' | 'bars') {
    restUntil = performance.now() + restMs
    question?.stop.abort()
    const { range: shown } = visible()
    const halfMs = (shown[1] - shown[0]) / 2
    const reachMs = lacks === 'candles' ? halfMs : Math.min(halfMs, reachBars * state.value.intervalMs)
    const mine = { lacks, shown, range: widened(shown, reachMs), stop: new AbortController() }
    question = mine
    try {
      if (lacks === 'bars') await readBars(mine.range, mine.stop.signal)
      else dispatch({ kind: 'coarse', coarse: await readCandles(mine.range, mine.stop.signal) })
    } catch {
      // What is at hand stands in for it until the view moves.
    }
    if (question === mine) question = null
  }

  /** All there is in a few candles, before anybody asks: whatever is zoomed out to can be drawn at once. */
  async function readWhole() {
    try {
      await readCandles(widened([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY], 0))
      look()
    } catch {
      // Then the first that zooms out waits for it.
    }
  }

  async function readCandles(range: Range, signal?: AbortSignal): Promise<Coarse> {
    const rows = await fetchCandles({ ...query, ...datesOf(range), points }, signal)
    const widthMs = parseInterval(rows[0]?.interval ?? '') ?? state.value.intervalMs
    const candles = rows.map(row => ({ ...row, at: Date.parse(row.date) as Ms, verdict: null }))
    const coarse = { range, widthMs, candles }
    coarses.push(coarse)
    // The first stays: it is all there is.
    if (coarses.length > mostKept.coarse) coarses.splice(1, 1)
    return coarse
  }

  /** Bars first, which are quick, then what was said of them. */
  async function readBars(range: Range, signal: AbortSignal) {
    const limit = Math.ceil((range[1] - range[0]) / state.value.intervalMs) + 1
    const asked = { ...query, ...datesOf(range) }
    const { bars } = await fetchBars({ ...asked, limit }, signal)
    let older: Older = { range, series: extendSeries(emptySeries, candlesOf(bars, [])) }
    dispatch({ kind: 'older', older })
    const answers = pages(cursor => fetchVerdicts({ ...asked, limit: pageRows, ...cursor }, signal))
    for await (const { verdicts } of answers) {
      older = { range, series: extendSeries(older.series, candlesOf([], verdicts)) }
      dispatch({ kind: 'older', older })
    }
    keptOlder.push(older)
    if (keptOlder.length > mostKept.older) keptOlder.shift()
  }
}

/** What is on its way. */
interface Question {
  readonly lacks: 'candles' | 'bars'
  /** The range in view when it was asked. */
  readonly shown: Range
  /** What was asked for. */
  readonly range: Range
  readonly stop: AbortController
}

/** Whether its answer will do for a range that has moved on with the newest bar since. */
function answers({ lacks, shown, range }: Question, lacking: 'candles' | 'bars', [from, to]: Range): boolean {
  const wider = (to - from) / (shown[1] - shown[0])
  return lacks === lacking && from >= shown[0] && to <= Math.max(shown[1], range[1]) && wider > 0.9 && wider < 1.1
}

function visible() {
  const { series, view, intervalMs } = state.value
  return { series, range: visibleRange(series.candles, view, intervalMs), oldest: firstKnown(series.candles, view) }
}

/** As far as there are bars. */
function widened([from, to]: Range, byMs: number): Range {
  const { series, oldest } = visible()
  const newest = series.candles.at(-1)?.at ?? oldest
  return [Math.max(from - byMs, oldest), Math.min(to + byMs, newest + 1)]
}

function datesOf([from, to]: Range) {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
}
