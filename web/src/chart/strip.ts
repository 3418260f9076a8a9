import type { Candle } from '../state/series.ts'
import type { Marked } from './overlay.ts'
import type { Palette } from './palette.ts'
import type { Column } from './paths.ts'

/** The height of a p-value in its pane: 0.01 is 2. */
export const rareness = (pValue: number) => -Math.log10(Math.max(pValue, 1e-6))

/** The columns of p-values, higher for rarer bars; `everyBars` neighbours share the column of the rarest. Alarms come last, above the rest. */
export function pValues(candles: readonly Candle[], everyBars: number, palette: Palette): Column[] {
  const columns: Column[] = []
  for (let from = 0; from < candles.length; from += everyBars) {
    const rarest = rarestOf(candles, from, Math.min(from + everyBars, candles.length))
    const { pValue, severity, status } = rarest?.verdict ?? {}
    if (!rarest || pValue === null || pValue === undefined) continue
    const fill = status === 'feed-fault' ? palette.fault : severity ? palette.severity[severity] : palette.volume
    columns.push({ at: rarest.at, value: rareness(pValue), fill })
  }
  const isQuiet = ({ fill }: Column) => fill === palette.volume
  return [...columns.filter(isQuiet), ...columns.filter(column => !isQuiet(column))]
}

/** The columns of alarms and faults whose bars are not in memory. */
export function pValuesOfMarks(marked: readonly Marked[], palette: Palette): Column[] {
  return marked.flatMap(({ at, kind, pValue }) =>
    pValue === null
      ? []
      : { at, value: rareness(pValue), fill: kind === 'fault' ? palette.fault : palette.severity[kind] },
  )
}

/** The level of late: the largest p-value that alarmed. null before the first alarm. */
export function alarmLevel(alarms: readonly Candle[], until: number, intervalMs: number): number | null {
  // The level itself looks back as far.
  const since = until - 3_000 * intervalMs
  let level: number | null = null
  for (const { at, verdict } of alarms) {
    if (at < since || at > until || verdict?.status !== 'anomaly' || verdict.pValue === null) continue
    level = Math.max(level ?? 0, verdict.pValue)
  }
  return level
}

function rarestOf(candles: readonly Candle[], from: number, to: number): Candle | null {
  let rarest: Candle | null = null
  for (const candle of candles.slice(from, to)) {
    const p = candle.verdict?.pValue ?? null
    if (p !== null && p < (rarest?.verdict?.pValue ?? 2)) rarest = candle
  }
  return rarest
}
