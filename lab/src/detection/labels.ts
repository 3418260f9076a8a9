import { basename } from 'node:path'
import { numberOf, timeMsOf } from '@candlewatch/adapters/sources/csv/cell'
import { CandlewatchError, type ErrorCode } from '@candlewatch/core/errors'
import type { LabelledEvent } from '@candlewatch/core/eval/labels'
import { readCsv } from '../read-csv.ts'

export interface Labels {
  /** The file's name. */
  readonly file: string
  /** Oldest first. */
  readonly events: readonly LabelledEvent[]
}

const needed = ['start_utc', 'hours'] as const

/**
 * A CSV file of market events: the columns start_utc and hours, optionally tier (1 without it) and label, in any order,
 * others ignored. Throws ERR_CSV_MISSING, ERR_CSV_EMPTY, ERR_CSV_LAYOUT and, naming the line, ERR_CSV_ROW.
 */
export async function readLabels(file: string): Promise<Labels> {
  const name = basename(file)
  const lines = (await readCsv(file)).replace(/^\uFEFF/, '').split(/\r?\n/)
  const header = cellsOf(lines[0] ?? '').map(column => column.toLowerCase())
  if (needed.some(column => !header.includes(column))) {
    throw refused('ERR_CSV_LAYOUT', name, 'line 1: expected the columns start_utc and hours', lines[0] ?? '')
  }
  const events = lines.flatMap((line, i) => {
    if (i === 0 || line.trim() === '') return []
    const cells = cellsOf(line)
    return [eventOf(name, i + 1, column => cells[header.indexOf(column)] ?? '')]
  })
  if (events.length === 0) throw refused('ERR_CSV_EMPTY', name, 'line 2: expected at least one event', '')
  return { file: name, events: events.sort((a, b) => a.startMs - b.startMs) }
}

function eventOf(name: string, line: number, cell: (column: string) => string): LabelledEvent {
  const wrong = (column: string, expected: string) =>
    refused('ERR_CSV_ROW', name, `line ${line}, column ${column}: expected ${expected}`, cell(column))
  // An hour without its minutes, as in 2021-01-02T20.
  const startMs = timeMsOf(cell('start_utc').replace(/^(\d{4}-\d\d-\d\d[ T]\d\d)Z?$/, '$1:00'))
  if (Number.isNaN(startMs)) throw wrong('start_utc', 'an ISO 8601 date, as in 2021-05-19T11')
  const hours = numberOf(cell('hours'))
  if (!(hours > 0)) throw wrong('hours', 'a positive number')
  const tier = cell('tier') === '' ? 1 : numberOf(cell('tier'))
  if (!(Number.isInteger(tier) && tier >= 1)) throw wrong('tier', 'a whole number from 1 on')
  return { startMs, endMs: startMs + hours * 3_600_000, tier, label: cell('label') }
}

const cellsOf = (line: string) => line.split(',').map(cell => cell.trim().replace(/^"(.*)"$/, '$1'))

function refused(code: ErrorCode, name: string, expected: string, found: string): CandlewatchError {
  return new CandlewatchError(code, `${name}, ${expected}, found "${found.slice(0, 100)}". Correct the file.`)
}
