import type { Ms } from '@candlewatch/api/units'
import { nth } from '@candlewatch/core/nth'
import { hourMs, weekMs } from '@candlewatch/core/time'
import type { Series } from '../state/series.ts'

// Verdicts of earlier versions do not name it.
const mergeMsBefore = 6 * hourMs

/** The main figures of a series. */
export interface Score {
  /** Episodes that began in the last seven days of market time. */
  readonly lastWeek: number
  /** null until a whole week has been judged. */
  readonly averageAWeek: number | null
  /** Episodes that began in each of the last weeks, oldest first; shorter when fewer weeks have been judged. */
  readonly weeks: readonly number[]
  /** Mean absolute error of the high, quote currency; null before the first comparison. */
  readonly error: { readonly model: number; readonly baseline: number; readonly ratio: number | null } | null
}

/** Calculates the main figures from verdicts; the page judges nothing itself. */
export function score({ candles, alarms, tally }: Series, intervalMs: Ms, maxWeeks = 12): Score {
  const end = (candles.at(-1)?.at ?? 0) + intervalMs
  const judgedWeeks = (tally.judged * intervalMs) / weekMs
  const weeks = new Array<number>(Math.min(maxWeeks, Math.max(1, Math.ceil(judgedWeeks)))).fill(0)
  const starts = episodeStarts(alarms)
  for (const start of starts) {
    const age = Math.floor((end - intervalMs - start) / weekMs)
    if (age < weeks.length) weeks[weeks.length - 1 - age]! += 1
  }
  const { compared, modelError, baselineError } = tally
  return {
    lastWeek: weeks.at(-1) ?? 0,
    averageAWeek: judgedWeeks >= 1 ? starts.length / judgedWeeks : null,
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

/** The opens of the anomalies that began an episode. The engine counts in the same way: those near one another count once against the budget. */
function episodeStarts(alarms: Series['alarms']): number[] {
  const anomalies = alarms.filter(({ verdict }) => verdict?.status === 'anomaly')
  return anomalies.flatMap(({ at }, i) => {
    const before = i === 0 ? null : nth(anomalies, i - 1)
    const isNear = before?.verdict && at - before.at <= (before.verdict.mergeMs ?? mergeMsBefore)
    return isNear ? [] : [at]
  })
}
