import { AlarmBudget } from '@candlewatch/core/decide/budget'
import { Conformal } from '@candlewatch/core/decide/conformal'
import { episodesOf } from '@candlewatch/core/decide/episodes'
import type { Alarm } from '@candlewatch/core/episode'
import type { Span } from '@candlewatch/core/eval/labels'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import type { Bar, Ms } from '@candlewatch/core/types'

export interface Alarms {
  /** From the first alarm's open to the last one's close. */
  readonly episodes: readonly Span[]
  readonly barsBelow1Percent: number | null
}

/**
 * What a detector's scores would have alarmed, its calibrator and its budget knowing the past alone: `before` are its scores
 * of the rows before the range. NaN is no opinion.
 */
export function alarmsOf(
  bars: readonly Bar[],
  scores: readonly number[],
  before: readonly number[],
  intervalMs: Ms,
  alarmsPerWeek: number,
): Alarms {
  const past = before.filter(score => !Number.isNaN(score))
  const calibrator = new Conformal(past)
  const budget = new AlarmBudget(alarmsPerWeek, intervalMs, past)
  const pValues: number[] = []
  const alarms = bars.map((bar, i): Alarm => {
    const score = scores[i] as number
    if (Number.isNaN(score)) return alarm(bar, intervalMs, false)
    const { threshold } = budget
    const pValue = calibrator.pValue(score)
    if (pValue !== null) pValues.push(pValue)
    calibrator.learn(score)
    budget.learn(score)
    return alarm(bar, intervalMs, threshold !== null && score >= threshold)
  })
  return { episodes: episodesOf(alarms).map(episode => spanOf(episode, intervalMs)), ...below1Percent(pValues) }
}

export function below1Percent(pValues: readonly number[]): { readonly barsBelow1Percent: number | null } {
  const rare = pValues.filter(pValue => pValue <= 0.01).length
  return { barsBelow1Percent: pValues.length === 0 ? null : rare / pValues.length }
}

export function spanOf({ start, end }: { readonly start: string; readonly end: string }, intervalMs: Ms): Span {
  return { startMs: Date.parse(start), endMs: Date.parse(end) + intervalMs }
}

// Only when it alarmed matters for where episodes begin and end.
const unsaid: Pick<Alarm, 'lane' | 'severity' | 'pValue' | 'reason' | 'high' | 'low' | 'side' | 'detectors'> = {
  ...{ lane: 'market', severity: 'low', pValue: 0, reason: { code: 'stored-text', text: '' } },
  ...{ high: null, low: null, side: null, detectors: [] },
}

function alarm({ market, ts }: Bar, intervalMs: Ms, isAnomaly: boolean): Alarm {
  const date = isoDate(ts - intervalMs)
  return { id: date, market, interval: formatInterval(intervalMs), date, ts, isAnomaly, ...unsaid }
}
