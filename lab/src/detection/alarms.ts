import { AlarmBudget } from '@candlewatch/core/decide/budget'
import { episodesOf } from '@candlewatch/core/decide/episodes'
import { mergeWindow } from '@candlewatch/core/decide/merge-window'
import { makeRarity } from '@candlewatch/core/decide/rarity'
import type { Alarm } from '@candlewatch/core/episode'
import type { LabelledEvent, Span } from '@candlewatch/core/eval/labels'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import { openOf, weekMs } from '@candlewatch/core/time'
import type { Bar, Episode, Ms, Verdict } from '@candlewatch/core/types'
import type { EpisodeReport, MonthRate } from './detection-report.ts'

/** The alarms of one detector. */
export interface Alarms {
  /** Each from its first alarm's open to its last alarm's close. */
  readonly episodes: readonly Span[]
  readonly barsBelow1Percent: number | null
}

/** The scores of one detector. */
export interface AlarmParts {
  readonly bars: readonly Bar[]
  /** The detector's score of each bar; NaN is no opinion. */
  readonly scores: readonly number[]
  /** Its scores of the rows before the range, which calibrate it. */
  readonly before: readonly number[]
  readonly intervalMs: Ms
  readonly alarmsPerWeek: number
}

/** Finds the alarms that a detector's scores would have raised. Calibrator and budget know only what came before each bar. */
export function alarmsOf({ bars, scores, before, intervalMs, alarmsPerWeek }: AlarmParts): Alarms {
  const past = before.filter(score => !Number.isNaN(score))
  const mergeMs = mergeWindow(alarmsPerWeek)
  const calibrator = makeRarity(intervalMs)
  const budget = new AlarmBudget({ alarmsPerWeek, intervalMs, mergeMs })
  for (const score of past) {
    calibrator.learn(score)
    budget.learn(score, null)
  }
  const pValues: number[] = []
  const alarms = bars.map((bar, i): Alarm => {
    const score = scores[i] ?? Number.NaN
    if (Number.isNaN(score)) return alarm(bar, intervalMs, mergeMs, false)
    const { threshold } = budget
    const pValue = calibrator.pValue(score)
    if (pValue !== null) pValues.push(pValue)
    calibrator.learn(score)
    budget.learn(score, bar.ts)
    return alarm(bar, intervalMs, mergeMs, threshold !== null && score >= threshold)
  })
  return { episodes: episodesOf(alarms).map(episode => spanOf(episode, intervalMs)), ...below1Percent(pValues) }
}

function below1Percent(pValues: readonly number[]): { readonly barsBelow1Percent: number | null } {
  const rare = pValues.filter(pValue => pValue <= 0.01).length
  return { barsBelow1Percent: pValues.length === 0 ? null : rare / pValues.length }
}

/** Returns the time from the open of the first bar to the close of the last. Dates are opens. */
export function spanOf({ start, end }: { readonly start: string; readonly end: string }, intervalMs: Ms): Span {
  return { startMs: Date.parse(start), endMs: Date.parse(end) + intervalMs }
}

// Episodes begin and end by the times of alarms alone, so the rest of an alarm may be anything.
const anyAlarm: Pick<Alarm, 'lane' | 'severity' | 'pValue' | 'reason' | 'high' | 'low' | 'side' | 'detectors'> = {
  lane: 'market',
  severity: 'low',
  pValue: 0,
  reason: { code: 'stored-text', text: '' },
  high: null,
  low: null,
  side: null,
  detectors: [],
}

function alarm({ market, ts }: Bar, intervalMs: Ms, mergeMs: Ms, isAnomaly: boolean): Alarm {
  const date = isoDate(openOf({ ts }, intervalMs))
  return { id: date, market, interval: formatInterval(intervalMs), date, ts, isAnomaly, mergeMs, ...anyAlarm }
}

/** Describes the engine's episodes and the event that each of them matched. */
export function episodeReports(
  verdicts: readonly Verdict[],
  episodes: readonly Episode[],
  matched: readonly (LabelledEvent | null)[],
): EpisodeReport[] {
  const byDate = new Map(verdicts.map(verdict => [verdict.date, verdict]))
  return episodes.map(({ start, peak, end, severity, lane, pValue, size }, i) => ({
    start,
    peak,
    end,
    severity,
    lane,
    pValue,
    matched: nameOf(matched[i] ?? null),
    movePercent: size === null ? null : 100 * size,
    rangePercent: rangePercentOf(byDate.get(peak)),
  }))
}

function nameOf(event: LabelledEvent | null): string | null {
  return event && (event.label || isoDate(event.startMs))
}

function rangePercentOf(verdict: Verdict | undefined): number {
  return verdict ? 100 * (verdict.bar.high / verdict.bar.low - 1) : Number.NaN
}

/** Compares each calendar month (UTC) with the budget. An episode counts in the month that it began in. */
export function rateByMonth(
  verdicts: readonly Verdict[],
  episodes: readonly Episode[],
  intervalMs: Ms,
  promisedPerWeek: number,
): Record<string, MonthRate> {
  const months = [...new Set(verdicts.map(({ date }) => date.slice(0, 7)))]
  return Object.fromEntries(
    months.map(month => {
      const of = verdicts.filter(({ date }) => date.startsWith(month))
      const begun = episodes.filter(({ start }) => start.startsWith(month)).length
      const perWeek = perWeekOf(begun, of.length, intervalMs)
      return [month, { bars: of.length, episodes: begun, perWeek, promisedPerWeek, ...rareShare(of) }]
    }),
  )
}

/** Returns the share of bars whose p-value is at most 1 %. */
export function rareShare(verdicts: readonly Verdict[]) {
  return below1Percent(verdicts.flatMap(({ pValue }) => (pValue === null ? [] : [pValue])))
}

/** Converts a count over a number of bars to a weekly rate. */
export function perWeekOf(count: number, bars: number, intervalMs: Ms): number {
  return (count * weekMs) / (bars * intervalMs)
}

/** Returns the score of the driver; NaN if there was none. */
export function engineScore({ detectors, skill }: Verdict): number {
  const driver = skill?.by === 'naive' ? 'naive-residual' : 'residual'
  return detectors.find(({ id }) => id === driver)?.score ?? Number.NaN
}
