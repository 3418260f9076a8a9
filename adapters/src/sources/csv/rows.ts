import type { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { candleFields } from '@candlewatch/core/bar'
import { CandlewatchError } from '@candlewatch/core/errors'
import { formatInterval, isoDate, monthMs } from '@candlewatch/core/interval'
import { closeOf, dayMs, lastOpening, minuteMs, secondMs } from '@candlewatch/core/time'
import type { Bar, Market, Ms } from '@candlewatch/core/types'
import type { ReportFault } from './fault.ts'
import { defaultMarket } from './layout.ts'
import { ascending } from './order.ts'
import { at, readTable, type Table, type TableLimits } from './table.ts'

/** The facts about a file that the caller knows. */
export interface CsvOptions extends TableLimits {
  /** Takes precedence over the market that the file names or suggests. */
  readonly market?: Market
  /** Takes precedence over the most common spacing of the rows. */
  readonly intervalMs?: Ms
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
  const table = await readTable(input, fileName, counted, options)
  if (table === null || (table.line.length === 0 && faults === 0)) {
    throw new CandlewatchError(
      'ERR_CSV_EMPTY',
      `${fileName}: expected rows of candles, found none. Give a file with rows.`,
    )
  }
  const rows = await orderedRows(table, counted)
  const repeated = table.line.length - rows.length
  // A file with faults is refused anyway, so it need not have enough good lines.
  const spacing = faults > 0 && rows.length < 2 ? null : await commonSpacing(table, rows, options.intervalMs)
  const intervalMs = options.intervalMs ?? spacing ?? secondMs
  if (spacing !== null) await reportMisaligned(table, rows, intervalMs, counted)
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
    openAt: row => table.openMs.at(at(rows, row)) as Ms,
    lineAt: row => table.line.at(at(rows, row)),
    columnOf: field => at(names, field === 'time' ? time : candle[field]),
  }
}

/** Returns the table's row numbers, oldest first, without repetitions. A file may be oldest first, newest first or mixed. */
async function orderedRows(table: Table, report: ReportFault): Promise<Uint32Array> {
  const { openMs } = table
  const rows = await ascending(openMs.length, row => openMs.at(row))
  let length = 0
  await inTurns(rows.length, i => {
    const row = at(rows, i)
    const isRepeated = length > 0 && repeats(table, at(rows, length - 1), row, report)
    if (!isRepeated) rows[length++] = row
  })
  return rows.subarray(0, length)
}

// Some ten milliseconds: others get their turn in between.
const rowsPerTurn = 50_000
const quarterMs = (15 * minuteMs) as Ms

/** Calls `each` with the numbers 0 to `length` − 1, and yields now and then. */
async function inTurns(length: number, each: (i: number) => void): Promise<void> {
  for (let i = 0; i < length; i++) {
    each(i)
    if (i % rowsPerTurn === 0) await setImmediate()
  }
}

function repeats(table: Table, before: number, row: number, report: ReportFault): boolean {
  if (table.openMs.at(before) !== table.openMs.at(row)) return false
  const field = candleFields.find(name => table.candle[name].at(before) !== table.candle[name].at(row))
  if (field === undefined) return true
  report({
    line: table.line.at(row),
    column: at(table.layout.names, table.layout.candle[field]),
    expected: `${table.candle[field].at(before)} as in line ${table.line.at(before)}, which has the same date`,
    found: String(table.candle[field].at(row)),
  })
  return true
}

async function commonSpacing(table: Table, rows: Uint32Array, given: Ms | undefined): Promise<Ms> {
  if (given !== undefined) return given
  const counts = new Map<number, number>()
  const openAt = (i: number) => table.openMs.at(at(rows, i))
  await inTurns(rows.length - 1, i => {
    const spacing = openAt(i + 1) - openAt(i)
    counts.set(spacing, (counts.get(spacing) ?? 0) + 1)
  })
  const commonest = [...counts].sort(([aMs, a], [bMs, b]) => b - a || aMs - bMs)[0]?.[0]
  if (commonest === undefined) {
    const message = `${table.fileName}: expected at least two rows, whose distance is the interval, found one. Give more rows.`
    throw new CandlewatchError('ERR_CSV_EMPTY', message)
  }
  if (commonest % secondMs !== 0) {
    const message = `${table.fileName}: expected candles of whole seconds, found rows ${commonest} ms apart. Give candles, not trades.`
    throw new CandlewatchError('ERR_CSV_LAYOUT', message)
  }
  return isMonthly(commonest, rows.length, openAt) ? monthMs : (commonest as Ms)
}

function isMonthly(spacingMs: number, count: number, openAt: (i: number) => number): boolean {
  if (spacingMs < 28 * dayMs || spacingMs > 31 * dayMs) return false
  return Array.from({ length: count }, (_, i) => openAt(i)).every(openMs => openMs === lastOpening(openMs, monthMs))
}

async function reportMisaligned(table: Table, rows: Uint32Array, intervalMs: Ms, report: ReportFault): Promise<void> {
  const column = at(table.layout.names, table.layout.time)
  const expected = `the opening of an interval of ${formatInterval(intervalMs)}`
  const gridMs = await gridOf(table, rows, intervalMs)
  await inTurns(rows.length, i => {
    const row = at(rows, i)
    const openMs = table.openMs.at(row)
    if (openMs !== lastOpening(openMs, gridMs))
      report({ line: table.line.at(row), column, expected, found: isoDate(openMs) })
  })
}

/**
 * Returns what openings are multiples of: the interval, or quarters of an hour where most rows say so, since the sessions of
 * stocks begin at half past or a quarter past and their longer bars with them.
 */
async function gridOf(table: Table, rows: Uint32Array, intervalMs: Ms): Promise<Ms> {
  if (intervalMs <= quarterMs || intervalMs >= dayMs) return intervalMs
  let onGrid = 0
  await inTurns(rows.length, i => {
    const openMs = table.openMs.at(at(rows, i))
    if (openMs === lastOpening(openMs, intervalMs)) onGrid++
  })
  return 2 * onGrid < rows.length ? quarterMs : intervalMs
}

function barOf({ candle, openMs }: Table, row: number, market: Market, intervalMs: Ms): Bar {
  const ts = closeOf(openMs.at(row), intervalMs)
  return {
    market,
    ts,
    seen: ts,
    open: candle.open.at(row),
    high: candle.high.at(row),
    low: candle.low.at(row),
    close: candle.close.at(row),
    volume: candle.volume.at(row),
  }
}
