import type { Anomaly } from '@candlewatch/core/eval/synthetic'
import { weekMs } from '@candlewatch/core/time'
import type { Ms } from '@candlewatch/core/types'
import type { Judged } from './rehearsal.ts'

export interface AlarmReport {
  readonly alarmsPerWeek: number
  readonly alarms: readonly Judged[]
  readonly found: readonly Anomaly[]
  readonly missed: readonly Anomaly[]
  /** The number of alarms on a labelled bar, in the hours after one, and elsewhere. */
  readonly counts: { readonly onLabel: number; readonly aftershock: number; readonly elsewhere: number }
}

// The bars after a shock move as much: an alarm there belongs to the same event.
const aftershockBars = 6

/** Returns the p-value at or below which single bars alarm that often by chance: 1 per week on hourly bars is 1/168. */
export function alarmLevel(alarmsPerWeek: number, intervalMs: Ms): number {
  return Math.min(1, (alarmsPerWeek * intervalMs) / weekMs)
}

/** Finds the bars that alarm at this budget and the labelled anomalies among them; only the same bar counts as found. */
export function alarmReport(
  judged: readonly Judged[],
  labels: readonly Anomaly[],
  intervalMs: Ms,
  alarmsPerWeek: number,
): AlarmReport {
  const level = alarmLevel(alarmsPerWeek, intervalMs)
  const alarms = judged.filter(({ verdict }) => verdict.pValue <= level)
  const times = new Set<number>(alarms.map(({ bar }) => bar.ts))
  const found = labels.filter(label => times.has(label.ts))
  const labelled = new Set<number>(labels.map(label => label.ts))
  const aftershock = alarms.filter(
    ({ bar }) =>
      !labelled.has(bar.ts) &&
      labels.some(label => bar.ts > label.ts && bar.ts <= label.ts + aftershockBars * intervalMs),
  ).length
  return {
    alarmsPerWeek,
    alarms,
    found,
    missed: labels.filter(label => !times.has(label.ts)),
    counts: { onLabel: found.length, aftershock, elsewhere: alarms.length - found.length - aftershock },
  }
}
