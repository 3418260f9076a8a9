import type { KnownBars } from '@candlewatch/adapters/stores/bars'
import { differingField } from '@candlewatch/core/bar'
import { isoDate } from '@candlewatch/core/interval'
import type { Stream } from '@candlewatch/core/time'
import { openOf } from '@candlewatch/core/time'
import type { Bar, Ms } from '@candlewatch/core/types'
import type { Fillable } from './correct.ts'
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

/** Throws ERR_BAR_MISALIGNED for a bar that opens before the one before it has closed: bars of a week may open on any day. */
export function refuseOverlap({ intervalMs }: Stream, newer: readonly Bar[], bars: readonly Bar[], newestTs: Ms): void {
  newer.forEach((bar, i) => {
    const before = newer[i - 1]?.ts ?? newestTs
    if (openOf(bar, intervalMs) >= before) return
    throw refusal(
      {
        code: 'ERR_BAR_MISALIGNED',
        field: 'date',
        expected: `a bar that opens at ${isoDate(before)}, when the one before it closes, or later`,
        found: `one of ${isoDate(openOf(bar, intervalMs))}`,
        advice: 'Send all rows of a market with the same first day of the week.',
      },
      bars.indexOf(bar),
    )
  })
}

/** Throws ERR_BAR_LATE for the oldest of the late bars if it can't be filled in any more. */
export function refuseTooLate(
  { intervalMs }: Stream,
  late: readonly Bar[],
  bars: readonly Bar[],
  newestTs: Ms,
  fillable: Fillable | null,
): void {
  const [oldest] = late
  if (!oldest || (fillable && oldest.ts > fillable.afterTs)) return
  const date = (ts: Ms) => isoDate(openOf({ ts }, intervalMs))
  const expected = fillable
    ? `a bar after ${fillable.after}, which opened at ${date(fillable.afterTs)}`
    : `a bar after the newest one of its market, which opened at ${date(newestTs)}`
  throw refusal(
    {
      code: 'ERR_BAR_LATE',
      field: 'date',
      expected,
      found: `an older one, of ${date(oldest.ts)}, that was never received before`,
      advice: 'It can no longer be judged. Import it with POST /api/imports to keep it for training.',
    },
    bars.indexOf(oldest),
  )
}
