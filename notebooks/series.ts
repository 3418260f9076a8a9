import { resolve } from 'node:path'
import { loadCsv } from '@candlewatch/adapters/sources/csv/series'
import { type Anomaly, syntheticYear } from '@candlewatch/core/eval/synthetic'
import { isoDate } from '@candlewatch/core/interval'
import type { Series } from '@candlewatch/core/types'
import { csvFile } from './env.ts'

export interface Rows {
  readonly series: Series
  /** The anomalies that were injected into the synthetic year; empty for a file. */
  readonly anomalies: readonly Anomaly[]
  readonly synthetic: boolean
  /** A description of the series in one sentence. */
  readonly notice: string
}

/** The file that CANDLEWATCH_CSV names, else the seeded synthetic year, which is the same on every machine. */
export async function rows(): Promise<Rows> {
  if (csvFile !== null) {
    const series = await loadCsv(resolve(csvFile))
    return { series, anomalies: [], synthetic: false, notice: `Rows of a file.\n${spanOf(series)}` }
  }
  const { series, anomalies } = syntheticYear()
  const notice = `SYNTHETIC rows (${series.name}): made up by a seeded generator, not prices of any exchange.\n${spanOf(series)}`
  return { series, anomalies, synthetic: true, notice }
}

function spanOf({ bars, intervalMs, market }: Series): string {
  const [first, last] = [bars[0], bars.at(-1)].map(bar => (bar ? isoDate(bar.ts - intervalMs) : '–'))
  return `${bars.length.toLocaleString('en-US')} bars of ${market}, ${first} to ${last}.`
}
