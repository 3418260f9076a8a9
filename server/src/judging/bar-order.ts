import type { KnownBars } from '@candlewatch/adapters/stores/bars'
import { differingField } from '@candlewatch/core/bar'
import { isoDate } from '@candlewatch/core/interval'
import type { Stream } from '@candlewatch/core/time'
import { openOf } from '@candlewatch/core/time'
import type { Bar, Ms } from '@candlewatch/core/types'
import { refusal } from './row-check.ts'

/** The stored bars and verdicts at some closes. */
export type Known = KnownBars

/** The bars that are not stored yet. Throws for the first row that is out of order or contradicts a stored bar. */
export function checkOrder({ intervalMs }: Stream, bars: readonly Bar[], known: Known): readonly Bar[] {
  const date = (bar: Bar) => isoDate(openOf(bar, intervalMs))
  const fresh: Bar[] = []
  bars.forEach((bar, row) => {
    const before = bars[row - 1]
    if (before && bar.ts < before.ts) {
      throw refusal(
        {
          code: 'ERR_BAR_LATE',
          field: 'date',
          expected: 'rows oldest first',
          found: `row ${row}, of ${date(bar)}, after that of ${date(before)}`,
          advice: 'Sort the rows, then send them again.',
        },
        row,
      )
    }
    const entry = known.get(bar.ts)
    const earlier = entry?.bar ?? (before?.ts === bar.ts ? before : null)
    const field = earlier && differingField(bar, earlier)
    if (earlier && field) {
      throw refusal(
        {
          code: 'ERR_BAR_CONFLICT',
          field,
          expected: `${field} ${earlier[field]}, as first received for the bar of ${date(bar)}`,
          found: `${field} ${bar[field]}`,
          advice:
            'Send the first numbers again, or, if those were wrong, send the right ones to POST /api/corrections.',
        },
        row,
      )
    }
    if (entry && !entry.verdict) {
      throw refusal(
        {
          code: 'ERR_BAR_WARM_UP',
          field: 'date',
          expected: 'a bar after the warm-up',
          found: `the bar of ${date(bar)}, which was part of it and has no verdict`,
          advice: 'Send the bars that come after the warm-up.',
        },
        row,
      )
    }
    if (!earlier) fresh.push(bar)
  })
  return fresh
}

/** Throws ERR_BAR_LATE if the oldest of the fresh bars is not newer than all bars of its stream. */
export function refuseLate({ intervalMs }: Stream, fresh: readonly Bar[], bars: readonly Bar[], newestTs: Ms): void {
  const late = fresh[0]
  if (!late || late.ts > newestTs) return
  throw refusal(
    {
      code: 'ERR_BAR_LATE',
      field: 'date',
      expected: `a bar after the newest one of its market, which opened at ${isoDate(openOf({ ts: newestTs }, intervalMs))}`,
      found: `an older one, of ${isoDate(openOf(late, intervalMs))}, that was never received before`,
      advice: 'Send bars as they close: an older one can no longer be judged.',
    },
    bars.indexOf(late),
  )
}
