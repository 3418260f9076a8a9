import type { Readable } from 'node:stream'
import { type Candle, candleFields, faultOf } from '@candlewatch/core/bar'
import { CandlewatchError } from '@candlewatch/core/errors'
import { CsvError, parse } from 'csv-parse'
import { numberOf, timeMsOf } from './cell.ts'
import type { ReportFault } from './fault.ts'
import { baseVolumeOf, expectedLayouts, isKlineRow, klineLayout, type Layout, layoutOf } from './layout.ts'
import { lineLimit, maxLineBytes } from './line-limit.ts'
import { makeNumbers, type Numbers } from './numbers.ts'

/** The rows of a file in the order of the file, one list per column: 2 million rows take 130 MB, half of what objects would take. */
export interface Table {
  readonly fileName: string
  readonly layout: Layout
  /** The value of the column of symbols or markets, which is the same in every row. */
  symbol: string | null
  readonly line: Numbers
  readonly openMs: Numbers
  readonly candle: Readonly<Record<keyof Candle, Numbers>>
}

/** How much of a file is read. */
export interface TableLimits {
  /** A file with more rows is refused. */
  readonly maxRows?: number
  /** Reading ends after this many faults. */
  readonly maxFaults?: number
}

/** The most columns of a file. */
const maxColumns = 100

/**
 * Reads the rows that are plausible on their own; the others are reported and left out. The caller checks how rows relate to
 * each other. Throws ERR_CSV_LAYOUT, also for lines or columns without end, ERR_CSV_LONG for more than `maxRows`, and what the
 * input and `report` throw.
 */
export async function readTable(
  input: Readable,
  fileName: string,
  report: ReportFault,
  { maxRows = Number.POSITIVE_INFINITY, maxFaults = Number.POSITIVE_INFINITY }: TableLimits = {},
): Promise<Table | null> {
  let table: Table | null = null
  let faults = 0
  const counted: ReportFault = fault => {
    faults += 1
    report(fault)
  }
  const take = (cells: readonly string[], line: number) => {
    if (table) {
      addRow(table, cells, line, counted)
    } else if (isKlineRow(cells)) {
      table = emptyTable(fileName, klineLayout)
      addRow(table, cells, line, counted)
    } else if (!isAddress(cells)) {
      table = emptyTable(fileName, headerLayout(fileName, cells))
    }
    if (table !== null && table.line.length > maxRows) {
      const message = `${fileName}: expected at most ${maxRows} rows, found more. Split the file.`
      throw new CandlewatchError('ERR_CSV_LONG', message)
    }
    return faults < maxFaults
  }
  await eachRecord(input, fileName, take, counted)
  return table
}

/**
 * Passes on each record as it is parsed, so that those before a broken one are not lost. Reading ends once `take` returns false,
 * and with an error from it.
 */
function eachRecord(
  input: Readable,
  fileName: string,
  take: (cells: readonly string[], line: number) => boolean,
  report: ReportFault,
): Promise<void> {
  let wantsMore = true
  const limit = lineLimit(() => {
    const message = `${fileName}: expected lines of at most ${maxLineBytes} bytes, found a longer one after line ${parser.info.lines}. Give a text file of comma-separated rows.`
    return new CandlewatchError('ERR_CSV_LAYOUT', message)
  })
  const parser = parse({
    bom: true,
    trim: true,
    skip_empty_lines: true,
    relax_column_count: true,
    // A quote that is never closed takes in the rest of the file.
    max_record_size: maxLineBytes,
    on_record(cells: string[], { lines }) {
      if (wantsMore) wantsMore = take(cells, lines)
      if (!wantsMore) parser.destroy()
      return null
    },
  })
  return new Promise<void>((resolve, reject) => {
    input.on('error', reject)
    // The sender may disconnect without an error.
    input.on('close', () => {
      if (!input.readableEnded) reject(new Error('The input was cut off before its end.'))
    })
    parser.on('end', resolve)
    // Nothing more is wanted; an error came before.
    parser.on('close', resolve)
    limit.on('error', reject)
    parser.on('error', error => {
      if (!(error instanceof CsvError)) {
        reject(error)
        return
      }
      // It is no longer known where one record ends and the next begins, so nothing after it is read.
      const line = 'lines' in error ? Number(error.lines) : 1
      try {
        report({
          line,
          column: null,
          expected: 'plain comma-separated text',
          found: `something else: ${error.message}`,
        })
        resolve()
      } catch (refusal) {
        reject(refusal)
      }
    })
    input.pipe(limit).pipe(parser).resume()
  }).finally(() => {
    for (const stream of [input.unpipe(limit), limit, parser]) stream.destroy()
  })
}

// CryptoDataDownload puts its own address above the header.
function isAddress(cells: readonly string[]): boolean {
  return cells.length === 1 && /^(https?:\/\/|www\.)/i.test(at(cells, 0))
}

function headerLayout(fileName: string, cells: readonly string[]): Layout {
  if (cells.length > maxColumns) {
    const message = `${fileName}: expected at most ${maxColumns} columns, found ${cells.length}. Leave out those that are no part of a candle.`
    throw new CandlewatchError('ERR_CSV_LAYOUT', message)
  }
  const layout = layoutOf(cells)
  if (layout) return layout
  const text = cells.join(',')
  // A spreadsheet's own format, a picture, an archive.
  const isText = !/[^\P{Cc}\s]|\ufffd/u.test(text)
  const found = isText ? `"${text.slice(0, 200)}"` : 'something that is not text'
  const message = `${fileName}: expected ${expectedLayouts}; found ${found}. Rename the columns or give another file.`
  throw new CandlewatchError('ERR_CSV_LAYOUT', message)
}

function emptyTable(fileName: string, layout: Layout): Table {
  const candle = {
    open: makeNumbers(),
    high: makeNumbers(),
    low: makeNumbers(),
    close: makeNumbers(),
    volume: makeNumbers(),
  }
  return { fileName, layout, symbol: null, line: makeNumbers(), openMs: makeNumbers(), candle }
}

function addRow(table: Table, cells: readonly string[], line: number, report: ReportFault): void {
  const { layout } = table
  let isRight = true
  const refuse = (column: number, expected: string) => {
    isRight = false
    report({ line, column: at(layout.names, column), expected, found: `"${at(cells, column).slice(0, 80)}"` })
  }
  if (cells.length !== layout.names.length) {
    report({ line, column: null, expected: `${layout.names.length} columns`, found: String(cells.length) })
    return
  }
  const openMs = timeMsOf(at(cells, layout.time))
  if (Number.isNaN(openMs)) refuse(layout.time, 'Unix time or an ISO 8601 date')
  if (layout.symbol !== null) {
    table.symbol ??= at(cells, layout.symbol)
    if (cells[layout.symbol] !== table.symbol) refuse(layout.symbol, `one symbol per file, "${table.symbol}"`)
  }
  const candle = candleOf(layout, cells)
  const fault = faultOf(candle)
  if (fault) refuse(layout.candle[fault.field], fault.expected)
  if (layout.otherVolume !== null) {
    const other = numberOf(at(cells, layout.otherVolume))
    if (!(other >= 0)) refuse(layout.otherVolume, 'a number that is not negative')
    candle.volume = baseVolumeOf(candle.volume, other, candle.close)
  }
  if (!isRight) return
  table.line.push(line)
  table.openMs.push(openMs)
  for (const field of candleFields) table.candle[field].push(candle[field])
}

/** Returns an element that exists. Throws a RangeError otherwise. */
export function at<T>(values: { readonly [index: number]: T; readonly length: number }, index: number): T {
  const value = values[index]
  if (value === undefined) throw new RangeError(`Expected an index below ${values.length}, found ${index}.`)
  return value
}

function candleOf(layout: Layout, cells: readonly string[]): Record<keyof Candle, number> {
  const of = (field: keyof Candle) => numberOf(at(cells, layout.candle[field]))
  return { open: of('open'), high: of('high'), low: of('low'), close: of('close'), volume: of('volume') }
}
