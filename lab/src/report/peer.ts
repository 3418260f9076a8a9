import { basename } from 'node:path'
import { numberOf, timeMsOf } from '@candlewatch/adapters/sources/csv/cell'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { HighLowPoint } from '@candlewatch/core/eval/baselines'
import { readCsvLines } from '../csv-lines.ts'

/** Predictions that another forecaster made elsewhere, keyed by the open of the bar that they forecast. */
export interface Peer {
  readonly name: string
  readonly byOpen: ReadonlyMap<number, HighLowPoint>
}

const columns = ['date', 'high', 'low'] as const

/** Reads a CSV file with the columns date (the bar's open), high and low, in any order; other columns are ignored. Throws ERR_CSV_MISSING and ERR_PEER_INVALID. */
export async function readPeer(file: string): Promise<Peer> {
  const [first, ...lines] = await readCsvLines(file)
  const header = (first?.cells ?? []).map(name => name.toLowerCase())
  if (columns.some(name => !header.includes(name)))
    throw invalid(file, 'line 1: expected the columns date, high and low', header.join(','))
  const byOpen = new Map<number, HighLowPoint>()
  for (const { cells, line } of lines) {
    const cell = (name: (typeof columns)[number]) => cells[header.indexOf(name)] ?? ''
    const date = cell('date')
    const openMs = timeMsOf(date)
    const point = { high: numberOf(cell('high')), low: numberOf(cell('low')) }
    if (Number.isNaN(openMs)) throw invalid(file, `line ${line}, column date: expected an ISO 8601 date`, date)
    for (const price of ['high', 'low'] as const) {
      if (!(point[price] > 0))
        throw invalid(file, `line ${line}, column ${price}: expected a positive number`, cells.join(','))
    }
    if (byOpen.has(openMs)) throw invalid(file, `line ${line}: expected each date once`, date)
    byOpen.set(openMs, point)
  }
  return { name: basename(file).replace(/\.csv$/i, ''), byOpen }
}

function invalid(file: string, expected: string, found: string): CandlewatchError {
  const message = `${basename(file)}, ${expected}, found "${found.slice(0, 100)}". Correct the file, then run again.`
  return new CandlewatchError('ERR_PEER_INVALID', message)
}

/** Throws ERR_PEER_INVALID when the peer predicted none of the rows. */
export function refuseStranger({ name, byOpen }: Peer, rows: readonly { readonly openMs: number }[]): void {
  if (rows.some(row => byOpen.has(row.openMs))) return
  throw invalid(
    `${name}.csv`,
    `expected predictions of at least one of the ${rows.length} rows judged`,
    `${byOpen.size} other dates`,
  )
}
