import type { Verdict } from '@candlewatch/core/types'

/** One line of the file that --scores writes: the verdict of a bar, or of a row of a series. */
export type ScoredRow = Pick<Verdict, 'date' | 'pValue' | 'isAnomaly' | 'status' | 'lane'> & {
  readonly value: number
  readonly score: number | null
}

const columns = ['date', 'value', 'score', 'pValue', 'isAnomaly', 'status', 'lane'] as const

/** Makes the line of a bar: its close, and the score of the forecaster that was the driver. */
export function scoredRow(verdict: Verdict): ScoredRow {
  const { date, bar, detectors, skill, pValue, isAnomaly, status, lane } = verdict
  const driver = skill?.by === 'naive' ? 'naive-residual' : 'residual'
  const score = skill === null ? null : (detectors.find(({ id }) => id === driver)?.score ?? null)
  return { date, value: bar.close, score, pValue, isAnomaly, status, lane }
}

/** Writes the lines as CSV. A cell is empty where there is no opinion; isAnomaly is true or false. */
export function toScoresCsv(rows: readonly ScoredRow[]): string {
  return [columns.join(','), ...rows.map(row => columns.map(column => row[column] ?? '').join(',')), ''].join('\n')
}
