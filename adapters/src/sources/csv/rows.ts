import type { Readable } from 'node:stream'
import { CandlewatchError } from '@candlewatch/core/errors'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import type { Bar, Market, Ms } from '@candlewatch/core/types'
import type { ReportFault } from './fault.ts'
import { defaultMarket } from './layout.ts'
import { candleFields, readTable, type Table } from './table.ts'

export interface CsvOptions {
  /** Wins over what the file says or suggests. */
  readonly market?: Market
  /** Wins over the most common spacing of the rows. */
  readonly intervalMs?: Ms
  /** More rows than that are refused. */
  readonly mostRows?: number
}

/** What a CSV file holds, oldest first and without repetitions, in the columns that it was read into. */
export interface CsvRows {
  readonly fileName: string
  readonly market: Market
  readonly intervalMs: Ms
  /** The file's own names of its columns. */
  readonly columns: readonly string[]
  readonly length: number
  /** Rows that stood in the file once more, with the same numbers. */
  readonly repeated: number
  barAt(row: number): Bar
  openAt(row: number): Ms
  lineAt(row: number): number
  /** What the file calls it. */
  columnOf(field: (typeof candleFields)[number] | 'time'): string
}

/**
 * All rows of CSV text, in any layout that data/README.md lists and in any order; a row's date is its open. Equal rows count
 * once. `seen` is the close: the past was learned of as it happened. Lines that cannot be right are reported, each of its
 * faults, and then left out. Throws ERR_CSV_EMPTY, ERR_CSV_LAYOUT, ERR_CSV_LONG, and what the input and `report` throw.
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
  const table = await readTable(input, fileName, counted, options.mostRows)
  if (table === null || (table.line.length === 0 && faults === 0)) {
    throw new CandlewatchError(
      'ERR_CSV_EMPTY',
      `${fileName}: expected rows of candles, found none. Give a file with rows.`,
    )
  }
  const rows = orderedRows(table, counted)
  const repeated = table.line.length - rows.length
  // Of a file that is at fault anyway, a few good lines may not suffice.
  const spacing = faults > 0 && rows.length < 2 ? null : commonSpacing(table, rows, options.intervalMs)
  const intervalMs = options.intervalMs ?? spacing ?? (1_000 as Ms)
  if (spacing !== null) reportMisaligned(table, rows, intervalMs, counted)
  const market = options.market ?? defaultMarket(table.layout, fileName, table.symbol)
  const { names, time, candle } = table.layout
  return {
    ...{ fileName, market, intervalMs, columns: names, length: rows.length, repeated },
    barAt: row => barOf(table, rows[row]!, market, intervalMs),
    openAt: row => table.openMs[rows[row]!]! as Ms,
    lineAt: row => table.line[rows[row]!]!,
    columnOf: field => names[field === 'time' ? time : candle[field]]!,
  }
}

/** The table's row numbers, oldest first, without repetitions. Files come oldest first, newest first, or glued together. */
function orderedRows(table: Table, report: ReportFault): number[] {
  const { openMs } = table
  const rows = openMs.map((_, row) => row).sort((a, b) => openMs[a]! - openMs[b]!)
  return rows.filter((row, at) => at === 0 || !repeats(table, rows[at - 1]!, row, report))
}

function repeats(table: Table, before: number, row: number, report: ReportFault): boolean {
  if (table.openMs[before] !== table.openMs[row]) return false
  const field = candleFields.find(name => table.candle[name][before] !== table.candle[name][row])
  if (field === undefined) return true
  report({
    line: table.line[row]!,
    column: table.layout.names[table.layout.candle[field]]!,
    expected: `${table.candle[field][before]} as in line ${table.line[before]}, which has the same date`,
    found: String(table.candle[field][row]),
  })
  return true
}

function commonSpacing(table: Table, rows: readonly number[], given: Ms | undefined): Ms {
  if (given !== undefined) return given
  const counts = new Map<number, number>()
  for (let at = 1; at < rows.length; at++) {
    const spacing = table.openMs[rows[at]!]! - table.openMs[rows[at - 1]!]!
    counts.set(spacing, (counts.get(spacing) ?? 0) + 1)
  }
  const commonest = [...counts].sort(([aMs, a], [bMs, b]) => b - a || aMs - bMs)[0]?.[0]
  if (commonest === undefined) {
    const message = `${table.fileName}: expected at least two rows, whose distance is the interval, found one. Give more rows.`
    throw new CandlewatchError('ERR_CSV_EMPTY', message)
  }
  if (commonest % 1_000 !== 0) {
    const message = `${table.fileName}: expected candles of whole seconds, found rows ${commonest} ms apart. Give candles, not trades.`
    throw new CandlewatchError('ERR_CSV_LAYOUT', message)
  }
  return commonest as Ms
}

function reportMisaligned(table: Table, rows: readonly number[], intervalMs: Ms, report: ReportFault): void {
  const column = table.layout.names[table.layout.time]!
  const expected = `the opening of an interval of ${formatInterval(intervalMs)}`
  for (const row of rows) {
    if (table.openMs[row]! % intervalMs === 0) continue
    report({ line: table.line[row]!, column, expected, found: isoDate(table.openMs[row]!) })
  }
}

function barOf({ candle, openMs }: Table, row: number, market: Market, intervalMs: Ms): Bar {
  const ts = (openMs[row]! + intervalMs) as Ms
  return {
    market,
    ts,
    seen: ts,
    open: candle.open[row]!,
    high: candle.high[row]!,
    low: candle.low[row]!,
    close: candle.close[row]!,
    volume: candle.volume[row]!,
  }
}
