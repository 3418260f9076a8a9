import { parseInterval } from '@candlewatch/core/interval'
import type { Ms } from '@candlewatch/core/types'
import { effect } from '@preact/signals'
import type { Query } from '../api/ask.ts'
import { fetchCandles } from '../api/bars.ts'
import { needsCoarse, serves } from '../state/coarse.ts'
import { dispatch, part, state } from '../state/store.ts'
import { firstKnown, type Range, visibleRange } from '../state/window.ts'

/** In all: a candle is then at least two pixels wide on an ordinary screen. */
const points = 600
const restMs = 150

const wanted = {
  view: part(({ view }) => view),
  first: part(({ tape }) => tape.candles[0]?.at),
  isWide: part(wideRange),
}

/** Asks the server for candles whenever the chart shows more bars than it should draw, or older ones than there are here. */
export function runCoarseFeed(query: Query): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let asked = ''
  effect(() => {
    void [wanted.view.value, wanted.first.value, wanted.isWide.value]
    clearTimeout(timer)
    // A drag reports many ranges; the last one counts.
    if (wanted.isWide.value) timer = setTimeout(() => void read(), restMs)
  })

  async function read() {
    const range = wideRange(state.value)
    if (!range || asked === range.join()) return
    asked = range.join()
    const reachMs = (range[1] - range[0]) / 2
    const { candles: bars } = state.value.tape
    const oldest = firstKnown(bars, state.value.view)
    const newest = bars.at(-1)?.at ?? oldest
    const reach: Range = [Math.max(range[0] - reachMs, oldest), Math.min(range[1] + reachMs, newest + 1)]
    const [from, to] = reach.map(time => new Date(time).toISOString()) as [string, string]
    try {
      const rows = await fetchCandles({ ...query, from, to, points })
      const widthMs = parseInterval(rows[0]?.interval ?? '') ?? state.value.intervalMs
      const candles = rows.map(row => ({ ...row, at: Date.parse(row.date) as Ms, verdict: null }))
      dispatch({ kind: 'coarse', coarse: { range: reach, widthMs, candles } })
    } catch {
      // The bars in memory stand in for them until the view moves.
      asked = ''
    }
  }
}

/** The range in sight if it asks for candles that are not here; else null. */
function wideRange({ tape, view, intervalMs, coarse }: typeof state.value): Range | null {
  const range = visibleRange(tape.candles, view, intervalMs)
  const oldest = firstKnown(tape.candles, view)
  if (!needsCoarse(tape, range, intervalMs, oldest)) return null
  return serves(coarse, range, oldest, coarse?.range[1] ?? range[1]) ? null : range
}
