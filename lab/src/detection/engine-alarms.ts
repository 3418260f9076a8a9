import type { LabelledEvent } from '@candlewatch/core/eval/labels'
import { isoDate } from '@candlewatch/core/interval'
import type { Episode, Ms, Verdict } from '@candlewatch/core/types'
import { below1Percent } from './alarms.ts'
import type { EpisodeReport, MonthRate } from './detection-report.ts'

const weekMs = 7 * 86_400_000

/** Episodes of the engine's verdicts beside what each of them met. */
export function episodeReports(
  verdicts: readonly Verdict[],
  episodes: readonly Episode[],
  matched: readonly (LabelledEvent | null)[],
): EpisodeReport[] {
  const byDate = new Map(verdicts.map(verdict => [verdict.date, verdict]))
  return episodes.map(({ start, peak, end, severity, lane, pValue, size }, i) => ({
    ...{ start, peak, end, severity, lane, pValue },
    matched: nameOf(matched[i] ?? null),
    movePercent: size === null ? null : 100 * size,
    rangePercent: rangePercentOf(byDate.get(peak) as Verdict),
  }))
}

function nameOf(event: LabelledEvent | null): string | null {
  return event && (event.label || isoDate(event.startMs))
}

const rangePercentOf = ({ bar }: Verdict) => 100 * (bar.high / bar.low - 1)

/** What each calendar month brought, UTC, beside what was promised; an episode counts to the month that it began in. */
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

export function rareShare(verdicts: readonly Verdict[]) {
  return below1Percent(verdicts.flatMap(({ pValue }) => (pValue === null ? [] : [pValue])))
}

export function perWeekOf(count: number, bars: number, intervalMs: Ms): number {
  return (count * weekMs) / (bars * intervalMs)
}

/** The score of whoever drove; NaN where there was none. */
export function engineScore({ detectors, skill }: Verdict): number {
  const driver = skill?.by === 'naive' ? 'naive-residual' : 'residual'
  return detectors.find(({ id }) => id === driver)?.score ?? Number.NaN
}
