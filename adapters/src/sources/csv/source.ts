import type { Row } from '@candlewatch/api/bars'
import { isoDate } from '@candlewatch/core/interval'
import type { Ms } from '@candlewatch/core/types'
import { type Batch, maxBatchRows, type Position, type Source, tracked } from '../source.ts'
import type { CsvOptions, CsvRows } from './rows.ts'
import { readCsv } from './series.ts'

/**
 * A CSV file of candles as a source, in any layout that data/README.md lists. Its position is the open of the last row
 * delivered, so that rows which were added to the file meanwhile are delivered next time. Files may be in any order,
 * therefore each read takes in the whole file first. Reading throws what `loadCsv` throws.
 *
 * @example
 * const source = csvSource('2021.csv', { market: 'bitstamp:BTC-USD' })
 * for await (const { rows, position } of source.read(null, signal)) await store(rows, position)
 */
export function csvSource(file: string, options: CsvOptions = {}): Source {
  return { name: `csv:${file}`, ...tracked(deliver) }

  async function* deliver(after: Position | null): AsyncGenerator<Batch> {
    const afterMs = after === null ? Number.NEGATIVE_INFINITY : openOfPosition(after)
    const rows = await readCsv(file, options)
    for (let from = firstAfter(rows, afterMs); from < rows.length; from += maxBatchRows) {
      const to = Math.min(from + maxBatchRows, rows.length)
      const batch = Array.from({ length: to - from }, (_, i) => rowAt(rows, from + i))
      yield { rows: batch, position: isoDate(rows.openAt(to - 1)) }
    }
  }
}

function rowAt(rows: CsvRows, row: number): Row {
  const { open, high, low, close, volume } = rows.barAt(row)
  return { market: rows.market, interval: rows.intervalMs, date: rows.openAt(row), open, high, low, close, volume }
}

function openOfPosition(position: Position): Ms {
  const openMs = Date.parse(position)
  if (!Number.isNaN(openMs)) return openMs as Ms
  throw new RangeError(`Expected a date as the position in a CSV file, found ${JSON.stringify(position)}.`)
}

/** The number of the first row that opens after a moment. Rows are oldest first. */
function firstAfter({ length, openAt }: CsvRows, afterMs: number): number {
  let [from, to] = [0, length]
  while (from < to) {
    const middle = (from + to) >> 1
    if (openAt(middle) > afterMs) to = middle
    else from = middle + 1
  }
  return from
}
