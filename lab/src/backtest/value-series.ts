import { basename } from 'node:path'
import { numberOf, timeMsOf } from '@candlewatch/adapters/sources/csv/cell'
import type { Sample, ValueVerdict } from '@candlewatch/core/engine/value-series'
import { CandlewatchError } from '@candlewatch/core/errors'
import { isoDate } from '@candlewatch/core/interval'
import type { Ms } from '@candlewatch/core/types'
import { type CsvLine, readCsvLines } from '../csv-lines.ts'

/**
 * Reads a two-column CSV file, timestamp and value, with or without a header; timestamps are ISO 8601 (UTC
 * unless they name a zone) or Unix s or ms. Throws ERR_CSV_MISSING, ERR_CSV_EMPTY, ERR_CSV_LAYOUT when the first line
 * has other columns, and ERR_CSV_ROW with the line: a cell that cannot be read, or, unless `asListed`, a timestamp that
 * is not after the one before it.
 */
export async function readSamples(file: string, asListed = false): Promise<Sample[]> {
  const samples: Sample[] = []
  let before: { readonly line: number; readonly ts: number } | null = null
  for (const { cells, line } of await rowsOf(file)) {
    const sample = sampleOf(cells, line, file)
    if (before !== null && sample.ts <= before.ts && !asListed) throw disorder(file, line, sample.ts, before)
    before = { line, ts: sample.ts }
    samples.push(sample)
  }
  if (samples.length > 0) return samples
  throw new CandlewatchError('ERR_CSV_EMPTY', `${file}: expected rows, found none. Give a file with timestamp,value.`)
}

async function rowsOf(file: string): Promise<readonly CsvLine[]> {
  const lines = await readCsvLines(file)
  const [first] = lines
  if (first && first.cells.length !== 2) throw otherLayout(file, first)
  return first && isHeader(first) ? lines.slice(1) : lines
}

/** A header has two cells that cannot be read; a line with one that can is a row with a mistake. */
function isHeader({ cells: [time = '', value = ''] }: CsvLine): boolean {
  return Number.isNaN(timeMsOf(time)) && Number.isNaN(numberOf(value))
}

function sampleOf(cells: readonly string[], line: number, file: string): Sample {
  if (cells.length !== 2) throw rowError(file, `line ${line}`, '2 columns', String(cells.length))
  const [time = '', number = ''] = cells
  const ts = timeMsOf(time)
  if (Number.isNaN(ts)) {
    throw rowError(file, `line ${line}, column 1`, 'an ISO 8601 date or Unix time in s or ms', `"${time}"`, 'timestamp')
  }
  const value = numberOf(number)
  if (!Number.isFinite(value)) throw rowError(file, `line ${line}, column 2`, 'a finite number', `"${number}"`, 'value')
  return { ts: ts as Ms, value }
}

function rowError(file: string, where: string, expected: string, found: string, field?: string): CandlewatchError {
  const message = `${basename(file)}, ${where}: expected ${expected}, found ${found.slice(0, 100)}. Correct or delete the line, then run again.`
  return new CandlewatchError('ERR_CSV_ROW', message, field === undefined ? {} : { field })
}

function disorder(file: string, line: number, ts: number, before: { line: number; ts: number }): CandlewatchError {
  const [found, previous] = [isoDate(ts), isoDate(before.ts)]
  const what = ts === before.ts ? `${found} again` : `${found}, which is earlier`
  const message =
    `${basename(file)}, line ${line}: expected a timestamp after ${previous} of line ${before.line}, found ${what}. ` +
    'Sort the file and keep one row a timestamp, or add --as-listed to judge the rows in the order they stand.'
  return new CandlewatchError('ERR_CSV_ROW', message, { field: 'timestamp' })
}

function otherLayout(file: string, { cells, line }: CsvLine): CandlewatchError {
  const message = `${basename(file)}, line ${line}: expected two columns, timestamp and value, found ${cells.length}. Give those two; a file of candles goes to --csv.`
  return new CandlewatchError('ERR_CSV_LAYOUT', message)
}

/** Alarming rows of a series that lie within six hours of one another. */
export interface Stretch {
  readonly start: string
  readonly end: string
  readonly alarms: number
  /** The row with the highest score. */
  readonly peak: string
  readonly value: number
  readonly score: number
  readonly pValue: number
}

/** The rows of a series that alarm, grouped into episodes, in their order. */
export function stretchesOf(verdicts: readonly ValueVerdict[]): Stretch[] {
  const stretches: Stretch[] = []
  for (const { isAnomaly, status, date, value, score, pValue } of verdicts) {
    if (status !== 'anomaly' || score === null || pValue === null) continue
    const last = stretches.at(-1)
    const peak = { peak: date, value, score, pValue }
    if (!last || isAnomaly) {
      stretches.push({ start: date, end: date, alarms: 1, ...peak })
    } else {
      const higher = score > last.score ? peak : {}
      stretches[stretches.length - 1] = { ...last, end: date, alarms: last.alarms + 1, ...higher }
    }
  }
  return stretches
}
