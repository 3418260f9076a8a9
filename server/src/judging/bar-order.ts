import type { Store, Stream } from '@candlewatch/adapters/stores/store'
import { CandlewatchError } from '@candlewatch/core/errors'
import { isoDate } from '@candlewatch/core/interval'
import type { Bar, Ms } from '@candlewatch/core/types'

export type Known = Awaited<ReturnType<Store['known']>>

/** The bars that nobody has seen yet. Throws for the first row that is out of order or contradicts what is known. */
export function checkOrder(stream: Stream, bars: readonly Bar[], known: Known): readonly Bar[] {
  const opened = openOf(stream)
  const fresh: Bar[] = []
  bars.forEach((bar, row) => {
    const before = bars[row - 1]
    if (before && bar.ts < before.ts) {
      throw new CandlewatchError(
        'ERR_BAR_LATE',
        `Row ${row} opens at ${opened(bar.ts)}, before the row ahead of it (${opened(before.ts)}). Send the rows oldest first.`,
        { field: `[${row}].date` },
      )
    }
    const entry = known.get(bar.ts)
    const earlier = entry?.bar ?? (before?.ts === bar.ts ? before : null)
    if (earlier) refuseContradiction(bar, earlier, row, opened)
    if (entry && !entry.verdict) {
      throw new CandlewatchError(
        'ERR_BAR_WARM_UP',
        `The bar of ${opened(bar.ts)} was taken in to warm up, so there is no verdict of it. Send the bars that come after the warm-up.`,
        { field: `[${row}].date` },
      )
    }
    if (!earlier) fresh.push(bar)
  })
  return fresh
}

function refuseContradiction(bar: Bar, earlier: Bar, row: number, opened: (ts: Ms) => string): void {
  for (const name of ['open', 'high', 'low', 'close', 'volume'] as const) {
    if (bar[name] === earlier[name]) continue
    throw new CandlewatchError(
      'ERR_BAR_CONFLICT',
      `The bar of ${opened(bar.ts)} was seen before with ${name} ${earlier[name]}, and now comes with ${name} ${bar[name]}. Send the first numbers again, or, if those were wrong, the right ones to POST /api/corrections.`,
      { field: `[${row}].${name}` },
    )
  }
}

export function refuseLate(stream: Stream, fresh: readonly Bar[], bars: readonly Bar[], newestTs: Ms): void {
  const late = fresh[0]
  if (!late || late.ts > newestTs) return
  throw new CandlewatchError(
    'ERR_BAR_LATE',
    `The bar of ${openOf(stream)(late.ts)} is older than the newest one of its market (${openOf(stream)(newestTs)}) and was never seen. Send bars as they close; an older one can't be judged any more.`,
    { field: `[${bars.indexOf(late)}].date` },
  )
}

/** Rows come with their opens, so that is how they are spoken of. */
function openOf({ intervalMs }: Stream): (ts: Ms) => string {
  return ts => isoDate(ts - intervalMs)
}
