import type { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { type FaultList, makeFaultList } from '@candlewatch/adapters/sources/csv/fault'
import { type CsvRows, readRows } from '@candlewatch/adapters/sources/csv/rows'
import type { BarStore } from '@candlewatch/adapters/stores/bars'
import type { Gap, HistoryStore } from '@candlewatch/adapters/stores/history'
import { market as marketSchema } from '@candlewatch/api/fields'
import { maxFileRows, maxIntervalMs } from '@candlewatch/api/values/limits'
import { differingField } from '@candlewatch/core/bar'
import { LearnedHours } from '@candlewatch/core/calendar/learned-hours'
import type { Clock } from '@candlewatch/core/clock'
import { CandlewatchError, type ErrorCode } from '@candlewatch/core/errors'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import { nth } from '@candlewatch/core/nth'
import { closeOf, type Stream } from '@candlewatch/core/time'
import type { Bar, Market, Ms } from '@candlewatch/core/types'

/** Checks the time of a row by its open; returns the fault, or null. */
export type CheckTime = (
  openMs: Ms,
  intervalMs: Ms,
  now: Ms,
) => { readonly expected: string; readonly found: string } | null

/** The name of a file, and the market and interval that the sender gives. */
export interface FileOptions {
  /** The file's name, for messages and for `history`; that of an archive contains the market. */
  readonly name: string
  /** Override the market and interval of the file. */
  readonly market?: Market | undefined
  readonly intervalMs?: Ms | undefined
}

/** A file without faults, and what an import would do with its rows. */
export interface CheckedFile {
  readonly rows: CsvRows
  readonly stream: Stream
  /** Close of the newest stored bar: rows after it are judged. 0 without any. */
  readonly newestTs: Ms
  /** Rows up to the newest bar that closed after this fill gaps; null if none does. */
  readonly fillAfterTs: Ms | null
  readonly counts: Counts
  /** Bars that were expected and are not in the file; closed hours, as far as they can be learned from it, have none. */
  readonly missing: number
  readonly gapCount: number
  /** Newest first. */
  readonly gaps: readonly Gap[]
}

/** The rows of a file by what an import does with them. */
export interface Counts {
  /** Newer than all stored bars: they are judged. */
  readonly fresh: number
  /** Stored already, with the same numbers. */
  readonly known: number
  /** Not stored, and in a gap that can still be filled: they are judged, and the bars after them again. */
  readonly fills: number
  /** Not stored, and too old to fill a gap: they can no longer be judged and go to `history` only. */
  readonly late: number
  /** Rows that fill gaps or are late, and that an earlier import had with other numbers. */
  readonly replaced: number
}

const faultsKept = 100
// A file with so many faults is the wrong file: the rest of it is not read.
const maxFaults = 1_000
const maxGaps = 20
const closesAtATime = 5_000
const rowsPerTurn = 50_000

/** The parts that the check of a file works with. */
export interface CheckParts {
  readonly store: Pick<BarStore & HistoryStore, 'bars' | 'stored'>
  readonly clock: Clock
  readonly checkTime: CheckTime
  /** The close after which rows fill gaps; null if none does. */
  fillableAfter(stream: Stream): Promise<Ms | null>
}

/**
 * Reads a file and compares it with what is stored; writes nothing. Throws ERR_CSV_ROW for invalid lines and ERR_BAR_CONFLICT
 * for lines with other numbers than those stored (both with the first faults in `details`), ERR_CSV_EMPTY, ERR_CSV_LAYOUT and ERR_CSV_LONG.
 */
export async function checkFile(
  { store, clock, checkTime, fillableAfter }: CheckParts,
  input: Readable,
  { name, market, intervalMs }: FileOptions,
): Promise<CheckedFile> {
  const faults = makeFaultList(faultsKept)
  const given = { ...(market && { market }), ...(intervalMs && { intervalMs }) }
  const rows = await readRows(input, name, faults.report, { ...given, maxRows: maxFileRows, maxFaults })
  refuseFaults(rows, faults)
  refuseForeign(rows)
  await reportTimes(rows, clock.now(), checkTime, faults)
  refuseFaults(rows, faults)
  const stream = { market: rows.market, intervalMs: rows.intervalMs }
  const [newest] = await store.bars({ ...stream, fromMs: null, toMs: null, limit: 1 })
  const newestTs = newest?.ts ?? (0 as Ms)
  const fillAfterTs = await fillableAfter(stream)
  const counts = await compared(store, stream, rows, { newestTs, fillAfterTs })
  return { rows, stream, newestTs, fillAfterTs, counts, ...(await gapsOf(rows)) }
}

function refuseFaults({ fileName }: CsvRows, faults: FaultList): void {
  if (faults.count === 0) return
  const { line, column, expected, found } = nth(faults.first, 0)
  const where = column === null ? `line ${line}` : `line ${line}, column ${column}`
  const others =
    faults.count > 1 ? ` (the first of ${faults.count >= maxFaults ? 'at least ' : ''}${faults.count} faults)` : ''
  const message = `${fileName}: nothing was imported; ${where}: expected ${expected}, found ${found}${others}. Correct or delete such lines, then send the file again.`
  throw refused('ERR_CSV_ROW', message, faults)
}

function refused(code: ErrorCode, message: string, { first, count }: FaultList): CandlewatchError {
  return new CandlewatchError(code, message, { details: { errors: first, errorCount: count } })
}

function refuseForeign({ fileName, market, intervalMs }: CsvRows): void {
  if (!marketSchema.safeParse(market).success) {
    const message = `${fileName}: expected the market as venue:INSTRUMENT, such as bitstamp:BTC-USD, found "${market.slice(0, 80)}". Give the market with the file.`
    throw new CandlewatchError('ERR_CSV_LAYOUT', message, { field: 'market' })
  }
  if (intervalMs > maxIntervalMs) {
    const message = `${fileName}: expected rows at most a month apart, found ${formatInterval(intervalMs)}. Use candles of a month or less.`
    throw new CandlewatchError('ERR_CSV_LAYOUT', message, { field: 'interval' })
  }
}

/** The reader has checked the candles; what depends on the clock is checked here. */
async function reportTimes(rows: CsvRows, now: Ms, checkTime: CheckTime, faults: FaultList): Promise<void> {
  const column = rows.columnOf('time')
  for (let row = 0; row < rows.length && faults.count < maxFaults; row++) {
    if (row % rowsPerTurn === 0) await setImmediate()
    const fault = checkTime(rows.openAt(row), rows.intervalMs, now)
    if (fault) faults.report({ line: rows.lineAt(row), column, expected: fault.expected, found: fault.found })
  }
}

async function compared(
  store: Pick<HistoryStore, 'stored'>,
  stream: Stream,
  rows: CsvRows,
  { newestTs, fillAfterTs }: Pick<CheckedFile, 'newestTs' | 'fillAfterTs'>,
): Promise<Counts> {
  const faults = makeFaultList(faultsKept)
  const counts = { fresh: 0, known: 0, fills: 0, late: 0, replaced: 0 }
  for (let from = 0; from < rows.length; from += closesAtATime) {
    const bars = barsBetween(rows, from, from + closesAtATime)
    const found = await store.stored(
      stream,
      bars.map(bar => bar.ts),
    )
    bars.forEach((bar, i) => {
      const before = found.get(bar.ts)
      const field = before && differingField(before.bar, bar)
      if (before?.observed && field) {
        const expected = `${before.bar[field]}, as stored for ${isoDate(rows.openAt(from + i))}`
        const where = { line: rows.lineAt(from + i), column: rows.columnOf(field) }
        faults.report({ ...where, expected, found: String(bar[field]) })
      }
      if (before?.observed) counts.known += 1
      else if (bar.ts > newestTs) counts.fresh += 1
      else if (fillAfterTs !== null && bar.ts > fillAfterTs) counts.fills += 1
      else counts.late += 1
      if (field && bar.ts <= newestTs && !before.observed) counts.replaced += 1
    })
  }
  if (faults.count === 0) return counts
  const of = `${stream.market} ${formatInterval(stream.intervalMs)}`
  const message = `${rows.fileName}: nothing was imported. ${faults.count} of its ${rows.length} rows have other numbers than the stored bars of ${of}. Correct the lines or, if the stored numbers are wrong, send the right ones to POST /api/corrections.`
  throw refused('ERR_BAR_CONFLICT', message, faults)
}

/** Rows of a file as bars, `to` excluded. */
export function barsBetween(rows: CsvRows, from: number, to: number): readonly Bar[] {
  const length = Math.max(0, Math.min(to, rows.length) - from)
  return Array.from({ length }, (_, i) => rows.barAt(from + i))
}

async function gapsOf(rows: CsvRows): Promise<Pick<CheckedFile, 'missing' | 'gapCount' | 'gaps'>> {
  const hours = new LearnedHours(rows.intervalMs)
  let gaps: readonly Gap[] = []
  let [missing, gapCount] = [0, 0]
  for (let row = 0; row < rows.length; row++) {
    if (row % rowsPerTurn === 0) await setImmediate()
    const openMs = rows.openAt(row)
    const absence = hours.before(openMs)
    hours.learn(openMs)
    if (absence.kind !== 'gap') continue
    const fromMs = closeOf(rows.openAt(row - 1), rows.intervalMs)
    gaps = [{ fromMs, toMs: openMs, missing: absence.missing }, ...gaps].slice(0, maxGaps)
    missing += absence.missing
    gapCount += 1
  }
  return { missing, gapCount, gaps }
}
