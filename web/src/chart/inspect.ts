import type { Ms } from '@candlewatch/core/types'
import { firstFrom, type Tape } from '../state/tape.ts'

/** The open of the bar that a pointer at `time` means; an alarm within `reachMs` goes first. null without bars. */
export function barNear(tape: Tape, time: number, reachMs: number): Ms | null {
  const alarm = nearest(tape.alarms, time)
  if (alarm && Math.abs(alarm.at - time) <= reachMs) return alarm.at
  const last = tape.candles.at(-1)
  const next = last?.verdict?.next ? (Date.parse(last.verdict.next.date) as Ms) : null
  if (last && next !== null && time > (last.at + next) / 2) return next
  return nearest(tape.candles, time)?.at ?? null
}

/** One bar on (1) or back (−1) from the one under inspection, starting at the newest. */
export function barBeside(tape: Tape, at: Ms | null, step: 1 | -1): Ms | null {
  const { candles } = tape
  if (at === null) return candles.at(-1)?.at ?? null
  const index = firstFrom(candles, at)
  return candles[Math.min(Math.max(index + step, 0), candles.length - 1)]?.at ?? null
}

function nearest<T extends Tape['candles'][number]>(candles: readonly T[], time: number): T | null {
  const index = firstFrom(candles, time)
  const after = candles[index] ?? null
  const before = candles[index - 1] ?? null
  if (!after || !before) return after ?? before
  return time - before.at <= after.at - time ? before : after
}
