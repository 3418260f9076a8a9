import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { type Candle, faultOf } from '@candlewatch/core/bar'
import { CandlewatchError } from '@candlewatch/core/errors'
import { CsvError, parse } from 'csv-parse'
import { numberOf, timeMsOf } from './csv-cell.ts'
import { baseVolumeOf, expectedLayouts, isKlineRow, klineLayout, type Layout, layoutOf } from './csv-layout.ts'

/** The rows of a file as they stand in it, one array a column: 2 million rows take 130 MB, half of what objects would. */
export interface Table {
  readonly fileName: string
  readonly layout: Layout
  /** What the symbol column says, in every row. */
  symbol: string | null
  readonly line: number[]
  readonly openMs: number[]
  readonly candle: Readonly<Record<keyof Candle, number[]>>
}

/** Every row is believable by itself (ERR_CSV_ROW otherwise); how rows stand to each other is for the caller to check. */
export async function readTable(file: string): Promise<Table> {
  const fileName = basename(file)
  let table: Table | null = null
  for await (const { cells, line } of rowsOf(file)) {
    if (table) {
      addRow(table, cells, line)
    } else if (isKlineRow(cells)) {
      table = emptyTable(fileName, klineLayout)
      addRow(table, cells, line)
    } else if (!isAddress(cells)) {
      table = emptyTable(fileName, headerLayout(fileName, cells))
    }
  }
  if (table === null || table.line.length === 0) {
    throw new CandlewatchError('ERR_CSV_EMPTY', `${file}: expected rows of candles, found none. Give a file with rows.`)
  }
  return table
}

/** The one way to say that a line is wrong. `column` is null when it is the line as a whole. */
export function rowError(fileName: string, line: number, column: string | null, expected: string, found: string) {
  const where = column === null ? `line ${line}` : `line ${line}, column ${column}`
  const message = `${fileName}, ${where}: expected ${expected}, found ${found}. Correct or delete the line, then run again.`
  return new CandlewatchError('ERR_CSV_ROW', message, column === null ? {} : { field: column })
}

interface Row {
  readonly cells: readonly string[]
  readonly line: number
}

async function* rowsOf(file: string): AsyncGenerator<Row> {
  const input = createReadStream(file)
  const parser = parse({
    bom: true,
    trim: true,
    skip_empty_lines: true,
    relax_column_count: true,
    info: true,
    // A quote that nobody closes takes in the rest of the file.
    max_record_size: 10_000,
  })
  input.on('error', error => parser.destroy(error))
  input.pipe(parser)
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      yield { cells: record, line: info.lines }
    }
  } catch (error) {
    throw translated(error, file)
  } finally {
    input.destroy()
  }
}

function translated(cause: unknown, file: string): unknown {
  if (cause instanceof CsvError) {
    const message = `${basename(file)}: expected plain comma-separated text. ${cause.message}. Correct the line, then run again.`
    return new CandlewatchError('ERR_CSV_ROW', message, { cause })
  }
  const code = (cause as NodeJS.ErrnoException).code
  if (code === undefined) return cause
  const message = `${file}: expected a CSV file that can be read, found none (${code}). Check the path and its permissions.`
  return new CandlewatchError('ERR_CSV_MISSING', message, { cause })
}

// CryptoDataDownload puts its own address above the header.
function isAddress(cells: readonly string[]): boolean {
  return cells.length === 1 && /^(https?:\/\/|www\.)/i.test(cells[0]!)
}

function headerLayout(fileName: string, cells: readonly string[]): Layout {
  const layout = layoutOf(cells)
  if (layout) return layout
  const found = cells.join(',').slice(0, 200)
  const message = `${fileName}: expected ${expectedLayouts}; found "${found}". Rename the columns or give another file.`
  throw new CandlewatchError('ERR_CSV_LAYOUT', message)
}

function emptyTable(fileName: string, layout: Layout): Table {
  const candle = { open: [], high: [], low: [], close: [], volume: [] }
  return { fileName, layout, symbol: null, line: [], openMs: [], candle }
}

function addRow(table: Table, cells: readonly string[], line: number): void {
  const { fileName, layout } = table
  const refuse = (column: number, expected: string) =>
    rowError(fileName, line, layout.names[column]!, expected, `"${cells[column]}"`)
  if (cells.length !== layout.names.length) {
    throw rowError(fileName, line, null, `${layout.names.length} columns`, `${cells.length}`)
  }
  const openMs = timeMsOf(cells[layout.time]!)
  if (Number.isNaN(openMs)) throw refuse(layout.time, 'Unix time or an ISO 8601 date')
  if (layout.symbol !== null) {
    table.symbol ??= cells[layout.symbol]!
    if (cells[layout.symbol] !== table.symbol) throw refuse(layout.symbol, `one symbol a file, "${table.symbol}"`)
  }
  const candle = candleOf(layout, cells)
  const fault = faultOf(candle)
  if (fault) throw refuse(layout.candle[fault.field], fault.expected)
  if (layout.otherVolume !== null) {
    const other = numberOf(cells[layout.otherVolume]!)
    if (!(other >= 0)) throw refuse(layout.otherVolume, 'a number that is not negative')
    candle.volume = baseVolumeOf(candle.volume, other, candle.close)
  }
  table.line.push(line)
  table.openMs.push(openMs)
  for (const field of candleFields) table.candle[field].push(candle[field])
}

export const candleFields = ['open', 'high', 'low', 'close', 'volume'] as const

function candleOf(layout: Layout, cells: readonly string[]): Record<keyof Candle, number> {
  const of = (field: keyof Candle) => numberOf(cells[layout.candle[field]]!)
  return { open: of('open'), high: of('high'), low: of('low'), close: of('close'), volume: of('volume') }
}
