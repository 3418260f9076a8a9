import type { Readable } from 'node:stream'
import { CandlewatchError } from '@candlewatch/core/errors'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import { closeOf, secondMs } from '@candlewatch/core/time'
import type { Bar, Market, Ms } from '@candlewatch/core/types'
import type { ReportFault } from './fault.ts'
import { defaultMarket } from './layout.ts'
import { at, candleFields, readTable, type Table } from './table.ts'

/** The facts about a file that the caller knows. */
export interface CsvOptions {
  /** Takes precedence over the market that the file names or suggests. */
  readonly market?: Market
  /** Takes precedence over the most common spacing of the rows. */
  readonly intervalMs?: Ms
  /** A file with more rows is refused. */
  readonly maxRows?: number
}

/** The rows of a CSV file, oldest first and without repetitions, in the columns that they were read into. */
export interface CsvRows {
  readonly fileName: string
  readonly market: Market
  readonly intervalMs: Ms
  /** The names of the columns in the file. */
  readonly columns: readonly string[]
  readonly length: number
  /** How many rows were repetitions with the same numbers. */
  readonly repeated: number
  barAt(row: number): Bar
  openAt(row: number): Ms
  lineAt(row: number): number
  /** The name of a column in the file. */
  columnOf(field: (typeof candleFields)[number] | 'time'): string
}

/**
 * Reads all rows of CSV text, in any layout that data/README.md lists and in any order; a row's date is its open. Equal rows
 * count once. `seen` is the close, as if each bar had been received when it closed. Lines that cannot be right are reported,
 * fault by fault, and left out. Throws ERR_CSV_EMPTY, ERR_CSV_LAYOUT, ERR_CSV_LONG, and what the input and `report` throw.
 */
export async function readRows(
  input: Readable,
  fileName: string,
  report: ReportFault,
  options: CsvOptions = {},
): Promise<CsvRows> {
  let faults = 0
  const counted: ReportFault = fault => {
    faults += 1
    report(fault)
  }
  const table = await readTable(input, fileName, counted, options.maxRows)
  if (table === null || (table.line.length === 0 && faults === 0)) {
    throw new CandlewatchError(
      'ERR_CSV_EMPTY',
      `${fileName}: expected rows of candles, found none. Give a file with rows.`,
    )
  }
  const rows = orderedRows(table, counted)
  const repeated = table.line.length - rows.length
  // A file with faults is refused anyway, so it need not have enough good lines.
  const spacing = faults > 0 && rows.length < 2 ? null : commonSpacing(table, rows, options.intervalMs)
  const intervalMs = options.intervalMs ?? spacing ?? secondMs
  if (spacing !== null) reportMisaligned(table, rows, intervalMs, counted)
  const market = options.market ?? defaultMarket(table.layout, fileName, table.symbol)
  const { names, time, candle } = table.layout
  return {
    fileName,
    market,
    intervalMs,
    columns: names,
    length: rows.length,
    repeated,
    barAt: row => barOf(table, at(rows, row), market, intervalMs),
    openAt: row => at(table.openMs, at(rows, row)) as Ms,
    lineAt: row => at(table.line, at(rows, row)),
    columnOf: field => at(names, field === 'time' ? time : candle[field]),
  }
}

/** Returns the table's row numbers, oldest first, without repetitions. A file may be oldest first, newest first or mixed. */
function orderedRows(table: Table, report: ReportFault): number[] {
  const { openMs } = table
  const rows = openMs.map((_, row) => row).sort((a, b) => at(openMs, a) - at(openMs, b))
  return rows.filter((row, i) => i === 0 || !repeats(table, at(rows, i - 1), row, report))
}

function repeats(table: Table, before: number, row: number, report: ReportFault): boolean {
  if (table.openMs[before] !== table.openMs[row]) return false
  const field = candleFields.find(name => table.candle[name][before] !== table.candle[name][row])
  if (field === undefined) return true
  report({
    line: at(table.line, row),
    column: at(table.layout.names, table.layout.candle[field]),
    expected: `${table.candle[field][before]} as in line ${table.line[before]}, which has the same date`,
    found: String(table.candle[field][row]),
  })
  return true
}

function commonSpacing(table: Table, rows: readonly number[], given: Ms | undefined): Ms {
  if (given !== undefined) return given
  const counts = new Map<number, number>()
  const openAt = (i: number) => at(table.openMs, at(rows, i))
  for (let i = 1; i < rows.length; i++) {
    const spacing = openAt(i) - openAt(i - 1)
    counts.set(spacing, (counts.get(spacing) ?? 0) + 1)
  }
  const commonest = [...counts].sort(([aMs, a], [bMs, b]) => b - a || aMs - bMs)[0]?.[0]
  if (commonest === undefined) {
    const message = `${table.fileName}: expected at least two rows, whose distance is the interval, found one. Give more rows.`
    throw new CandlewatchError('ERR_CSV_EMPTY', message)
  }
  if (commonest % secondMs !== 0) {
    const message = `${table.fileName}: expected candles of whole seconds, found rows ${commonest} ms apart. Give candles, not trades.`
    throw new CandlewatchError('ERR_CSV_LAYOUT', message)
  }
  return commonest as Ms
}

function reportMisaligned(table: Table, rows: readonly number[], intervalMs: Ms, report: ReportFault): void {
  const column = at(table.layout.names, table.layout.time)
  const expected = `the opening of an interval of ${formatInterval(intervalMs)}`
  for (const row of rows) {
    const openMs = at(table.openMs, row)
    if (openMs % intervalMs !== 0) report({ line: at(table.line, row), column, expected, found: isoDate(openMs) })
  }
}

function barOf({ candle, openMs }: Table, row: number, market: Market, intervalMs: Ms): Bar {
  const ts = closeOf(at(openMs, row), intervalMs)
  return {
    market,
    ts,
    seen: ts,
    open: at(candle.open, row),
    high: at(candle.high, row),
    low: at(candle.low, row),
    close: at(candle.close, row),
    volume: at(candle.volume, row),
  }
}
