import { CandlewatchError } from '@candlewatch/core/errors'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import type { Bar, Market, Ms, Series } from '@candlewatch/core/types'
import { defaultMarket } from './csv-layout.ts'
import { candleFields, readTable, rowError, type Table } from './csv-table.ts'

export interface CsvOptions {
  /** Wins over what the file says or suggests. */
  readonly market?: Market
  /** Wins over the most common spacing of the rows. */
  readonly intervalMs?: Ms
}

/**
 * All rows of a CSV file of candles, in any layout that data/README.md lists and in any order; a row's date is its open.
 * Equal rows count once. `seen` is the close: the past was learned of as it happened.
 * Throws ERR_CSV_MISSING, ERR_CSV_EMPTY, ERR_CSV_LAYOUT and, for a row that cannot be right, ERR_CSV_ROW.
 */
export async function loadCsv(file: string, options: CsvOptions = {}): Promise<Series> {
  const table = await readTable(file)
  const rows = orderedRows(table)
  const intervalMs = options.intervalMs ?? commonSpacing(table, rows)
  refuseMisaligned(table, rows, intervalMs)
  const market = options.market ?? defaultMarket(table.layout, table.fileName, table.symbol)
  return { name: table.fileName, market, intervalMs, bars: rows.map(row => barOf(table, row, market, intervalMs)) }
}

/** The table's row numbers, oldest first, without repetitions. Files come oldest first, newest first, or glued together. */
function orderedRows(table: Table): number[] {
  const { openMs } = table
  const rows = openMs.map((_, row) => row).sort((a, b) => openMs[a]! - openMs[b]!)
  return rows.filter((row, at) => at === 0 || !repeats(table, rows[at - 1]!, row))
}

function repeats(table: Table, before: number, row: number): boolean {
  if (table.openMs[before] !== table.openMs[row]) return false
  const field = candleFields.find(name => table.candle[name][before] !== table.candle[name][row])
  if (field === undefined) return true
  const column = table.layout.names[table.layout.candle[field]]!
  const expected = `${table.candle[field][before]} as in line ${table.line[before]}, which has the same date`
  throw rowError(table.fileName, table.line[row]!, column, expected, String(table.candle[field][row]))
}

function commonSpacing(table: Table, rows: readonly number[]): Ms {
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

function refuseMisaligned(table: Table, rows: readonly number[], intervalMs: Ms): void {
  const row = rows.find(candidate => table.openMs[candidate]! % intervalMs !== 0)
  if (row === undefined) return
  const column = table.layout.names[table.layout.time]!
  const expected = `the opening of an interval of ${formatInterval(intervalMs)}`
  throw rowError(table.fileName, table.line[row]!, column, expected, isoDate(table.openMs[row]!))
}

function barOf({ candle, openMs }: Table, row: number, market: Market, intervalMs: Ms): Bar {
  const ts = (openMs[row]! + intervalMs) as Ms
  return {
    kind: 'bar',
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
