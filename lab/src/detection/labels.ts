import { basename } from 'node:path'
import { numberOf, timeMsOf } from '@candlewatch/adapters/sources/csv/cell'
import { CandlewatchError, type ErrorCode } from '@candlewatch/core/errors'
import type { LabelledEvent } from '@candlewatch/core/eval/labels'
import { hourMs } from '@candlewatch/core/time'
import { readCsvLines } from '../csv-lines.ts'

/** The market events that a detector should find. */
export interface Labels {
  /** The name of the file that they come from. */
  readonly file: string
  /** Oldest first. */
  readonly events: readonly LabelledEvent[]
}

const needed = ['start_utc', 'hours'] as const

/**
 * Reads a CSV file of market events: the columns start_utc and hours, optionally tier (1 by default) and label, in any order;
 * other columns are ignored. Throws ERR_CSV_MISSING, ERR_CSV_EMPTY, ERR_CSV_LAYOUT and, naming the line, ERR_CSV_ROW.
 */
export async function readLabels(file: string): Promise<Labels> {
  const name = basename(file)
  const [first, ...lines] = await readCsvLines(file)
  const header = (first?.cells ?? []).map(column => column.toLowerCase())
  if (needed.some(column => !header.includes(column))) {
    throw refused('ERR_CSV_LAYOUT', name, 'line 1: expected the columns start_utc and hours', header.join(','))
  }
  const events = lines.map(({ cells, line }) => eventOf(name, line, column => cells[header.indexOf(column)] ?? ''))
  if (events.length === 0) throw refused('ERR_CSV_EMPTY', name, 'line 2: expected at least one event', '')
  return { file: name, events: events.sort((a, b) => a.startMs - b.startMs) }
}

function eventOf(name: string, line: number, cell: (column: string) => string): LabelledEvent {
  const wrong = (column: string, expected: string) =>
    refused('ERR_CSV_ROW', name, `line ${line}, column ${column}: expected ${expected}`, cell(column))
  // The minutes may be left out, as in 2021-01-02T20.
  const startMs = timeMsOf(cell('start_utc').replace(/^(\d{4}-\d\d-\d\d[ T]\d\d)Z?$/, '$1:00'))
  if (Number.isNaN(startMs)) throw wrong('start_utc', 'an ISO 8601 date, as in 2021-05-19T11')
  const hours = numberOf(cell('hours'))
  if (!(hours > 0)) throw wrong('hours', 'a positive number')
  const tier = cell('tier') === '' ? 1 : numberOf(cell('tier'))
  if (!(Number.isInteger(tier) && tier >= 1)) throw wrong('tier', 'a whole number from 1 on')
  return { startMs, endMs: startMs + hours * hourMs, tier, label: cell('label') }
}

function refused(code: ErrorCode, name: string, expected: string, found: string): CandlewatchError {
  return new CandlewatchError(code, `${name}, ${expected}, found "${found.slice(0, 100)}". Correct the file.`)
}
