import { basename } from 'node:path'
import { numberOf, timeMsOf } from '@candlewatch/adapters/sources/csv/cell'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { HighLowPoint } from '@candlewatch/core/eval/baselines'
import { readCsv } from '../read-csv.ts'

/** Another forecaster's predictions, made elsewhere, by the open of the bar that they are of. */
export interface Peer {
  readonly name: string
  readonly byOpen: ReadonlyMap<number, HighLowPoint>
}

const columns = ['date', 'high', 'low'] as const

/** A CSV file with the columns date (the bar's open), high and low, in any order, others ignored. Throws ERR_CSV_MISSING and ERR_PEER_INVALID. */
export async function readPeer(file: string): Promise<Peer> {
  const lines = (await readCsv(file)).replace(/^\uFEFF/, '').split(/\r?\n/)
  const cells = (line: string) => line.split(',').map(cell => cell.trim().replace(/^"(.*)"$/, '$1'))
  const header = cells(lines[0] ?? '').map(name => name.toLowerCase())
  const at = columns.map(name => header.indexOf(name))
  if (at.includes(-1)) throw invalid(file, 'line 1: expected the columns date, high and low', lines[0] ?? '')
  const byOpen = new Map<number, HighLowPoint>()
  lines.forEach((line, i) => {
    if (i === 0 || line.trim() === '') return
    const [date, high, low] = at.map(column => cells(line)[column] ?? '') as [string, string, string]
    const openMs = timeMsOf(date)
    const point = { high: numberOf(high), low: numberOf(low) }
    if (Number.isNaN(openMs)) throw invalid(file, `line ${i + 1}, column date: expected an ISO 8601 date`, date)
    for (const price of ['high', 'low'] as const) {
      if (!(point[price] > 0)) throw invalid(file, `line ${i + 1}, column ${price}: expected a positive number`, line)
    }
    if (byOpen.has(openMs)) throw invalid(file, `line ${i + 1}: expected each date once`, date)
    byOpen.set(openMs, point)
  })
  return { name: basename(file).replace(/\.csv$/i, ''), byOpen }
}

function invalid(file: string, expected: string, found: string): CandlewatchError {
  const message = `${basename(file)}, ${expected}, found "${found.slice(0, 100)}". Correct the file, then run again.`
  return new CandlewatchError('ERR_PEER_INVALID', message)
}

/** Throws ERR_PEER_INVALID when it knows none of the rows. */
export function refuseStranger({ name, byOpen }: Peer, rows: readonly { readonly openMs: number }[]): void {
  if (rows.some(row => byOpen.has(row.openMs))) return
  throw invalid(`${name}.csv`, `expected at least one of the ${rows.length} opens judged`, `${byOpen.size} other dates`)
}
