import type { Ms } from '@candlewatch/core/types'
import type { Tape } from './tape.ts'

const weekMs = 7 * 86_400_000

export interface Score {
  /** Anomalies of the last seven days of market time. */
  readonly lastWeek: number
  /** null until a whole week has been judged. */
  readonly averageAWeek: number | null
  /** Anomalies in each of the last weeks, oldest first; shorter when fewer weeks have been judged. */
  readonly weeks: readonly number[]
  /** Mean absolute error of the high, quote currency; null before the first comparison. */
  readonly error: { readonly model: number; readonly baseline: number; readonly ratio: number | null } | null
}

/** What the header figures say: sums over verdicts, never an opinion of the page's own. */
export function score({ candles, alarms, tally }: Tape, intervalMs: Ms, maxWeeks = 12): Score {
  const end = (candles.at(-1)?.at ?? 0) + intervalMs
  const judgedWeeks = (tally.judged * intervalMs) / weekMs
  const weeks = new Array<number>(Math.min(maxWeeks, Math.max(1, Math.ceil(judgedWeeks)))).fill(0)
  for (let index = alarms.length - 1; index >= 0; index--) {
    const alarm = alarms[index]!
    const age = Math.floor((end - intervalMs - alarm.at) / weekMs)
    if (age >= weeks.length) break
    if (alarm.verdict?.status === 'anomaly') weeks[weeks.length - 1 - age]! += 1
  }
  const { compared, modelError, baselineError } = tally
  return {
    lastWeek: weeks.at(-1)!,
    averageAWeek: judgedWeeks >= 1 ? tally.anomalies / judgedWeeks : null,
    weeks,
    error:
      compared === 0
        ? null
        : {
            model: modelError / compared,
            baseline: baselineError / compared,
            ratio: baselineError > 0 ? modelError / baselineError : null,
          },
  }
}
