import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { BarStore } from '@candlewatch/adapters/stores/bars'
import type { HistoryStore } from '@candlewatch/adapters/stores/history'
import type { Import } from '@candlewatch/api/imports'
import { CandlewatchError } from '@candlewatch/core/errors'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import type { Bar, Ms } from '@candlewatch/core/types'
import type { Live } from '../judging/live.ts'
import type { Log } from '../platform/log.ts'
import { stored } from '../platform/stored.ts'
import { barsBetween, type CheckedFile, type CheckParts, checkFile, type FileOptions } from './import-file.ts'

/** Imports of files with past rows, one at a time, while live rows go on. */
export interface Imports {
  /** Reads a file and reports what is in it; writes nothing. Throws what `checkFile` throws, and ERR_IMPORT_RUNNING. */
  check(input: Readable, options: FileOptions): Promise<CheckedFile>
  /**
   * Reads a file and, if it has no fault, starts to import it. Throws what `check` throws. Rows that are stored stay, whatever
   * happens to the rest; the same file sent again continues there.
   */
  start(input: Readable, options: FileOptions): Promise<Import>
  /** The last imports, newest first. */
  list(): readonly Import[]
  get(id: string): Import | null
  /** Stops an import after the batch under way; null if there is no such import. */
  stop(id: string): Import | null
  /** Stops the import under way. */
  close(): Promise<void>
}

/** The parts that imports work with. */
export interface ImportsParts extends CheckParts {
  readonly live: Pick<Live, 'takeIn'>
  readonly store: Pick<BarStore & HistoryStore, 'bars' | 'stored' | 'appendHistory'>
  readonly log: Log
  /** Called with each import as it starts, makes progress and ends. */
  changed(shown: Import): void
}

// A batch is judged in a fifth of a second: live rows wait no longer than that.
const batchRows = 1_000
const importsKept = 20
const rowsPerFill = 10_000

interface Running {
  readonly id: string
  stopped: boolean
  readonly ended: Promise<void>
}

/** Makes the imports; none is under way yet. */
export function makeImports(parts: ImportsParts): Imports {
  const { live, store, clock, log, changed } = parts
  const kept = new Map<string, Import>()
  let reading = false
  let running: Running | null = null

  return {
    check: read,
    async start(input, options) {
      refuseWhileRunning()
      const file = await read(input, options)
      refuseWhileRunning()
      const shown = importOf(file, clock.now())
      keep(shown)
      running = { id: shown.id, stopped: false, ended: Promise.resolve().then(() => run(file, shown.id)) }
      return shown
    },
    list: () => [...kept.values()].reverse(),
    get: id => kept.get(id) ?? null,
    stop(id) {
      if (running?.id === id) running.stopped = true
      return kept.get(id) ?? null
    },
    async close() {
      if (!running) return
      running.stopped = true
      await running.ended
    },
  }

  function refuseWhileRunning(): void {
    if (!running) return
    const { name, done, rows } = kept.get(running.id)!
    const message = `Expected one import at a time; ${name} is being imported (${done} of ${rows} rows). Send the file when it has ended.`
    throw new CandlewatchError('ERR_IMPORT_RUNNING', message)
  }

  /** Reads one file at a time: a table of 2 million rows takes 130 MB. */
  async function read(input: Readable, options: FileOptions): Promise<CheckedFile> {
    if (reading) {
      const message = 'Expected one file at a time; another one is being read. Send it again in a few seconds.'
      throw new CandlewatchError('ERR_IMPORT_RUNNING', message)
    }
    reading = true
    try {
      return await checkFile(parts, input, options)
    } finally {
      reading = false
    }
  }

  async function run(file: CheckedFile, id: string): Promise<void> {
    changed(kept.get(id)!)
    const { rows, newestTs } = file
    const filling: Bar[] = []
    try {
      for (let from = 0; from < rows.length && !running?.stopped; from += batchRows) {
        const bars = barsBetween(rows, from, from + batchRows)
        await stored(() => store.appendHistory({ ...file.stream, name: rows.fileName, bars }))
        filling.push(...bars.filter(bar => fillsGap(file, bar)))
        await takeIn(
          id,
          file,
          bars.filter(bar => bar.ts > newestTs),
        )
        update(id, { done: Math.min(rows.length, kept.get(id)!.done + batchRows) })
      }
      // Each time, the bars after the first of them are judged again.
      for (let from = 0; from < filling.length && !running?.stopped; from += rowsPerFill) {
        await takeIn(id, file, filling.slice(from, from + rowsPerFill))
        update(id, {})
      }
      end(id, { state: running?.stopped && kept.get(id)!.done < rows.length ? 'stopped' : 'done' })
      log.info({ import: id, market: rows.market, rows: rows.length, after: isoDate(newestTs) }, 'import ended')
    } catch (error) {
      const known = error instanceof CandlewatchError ? error : null
      const detail = known?.message ?? 'Internal error. The log of the server has the details.'
      log[known ? 'warn' : 'error']({ import: id, err: error }, 'import failed')
      end(id, { state: 'failed', error: { code: known?.code ?? 'ERR_INTERNAL', detail } })
    }
  }

  /** Lets rows be judged and counts them. Those that can no longer be judged are history only. */
  async function takeIn(id: string, { stream, newestTs }: CheckedFile, bars: readonly Bar[]): Promise<void> {
    if (bars.length === 0) return
    const seen = clock.now()
    const taken = await live.takeIn(
      stream,
      bars.map(bar => ({ ...bar, seen })),
      newestTs,
    )
    const shown = kept.get(id)!
    kept.set(id, { ...shown, judged: shown.judged + taken.judged, late: shown.late + taken.late })
  }

  function end(id: string, change: Partial<Import>): void {
    running = null
    update(id, { ...change, endedAt: isoDate(clock.now()) })
  }

  function update(id: string, change: Partial<Import>): void {
    const shown = { ...kept.get(id)!, ...change }
    kept.set(id, shown)
    changed(shown)
  }

  function keep(shown: Import): void {
    kept.set(shown.id, shown)
    const [oldest] = kept.keys()
    if (kept.size > importsKept && oldest !== undefined) kept.delete(oldest)
  }
}

const fillsGap = ({ newestTs, fillAfterTs }: CheckedFile, { ts }: Bar) =>
  fillAfterTs !== null && ts > fillAfterTs && ts <= newestTs

function importOf({ rows, stream, counts }: CheckedFile, now: Ms): Import {
  return {
    id: randomUUID(),
    name: rows.fileName,
    market: stream.market,
    interval: formatInterval(stream.intervalMs),
    state: 'running',
    rows: rows.length,
    done: 0,
    judged: 0,
    known: counts.known,
    fills: counts.fills,
    late: counts.late,
    first: isoDate(rows.openAt(0)),
    last: isoDate(rows.openAt(rows.length - 1)),
    startedAt: isoDate(now),
    endedAt: null,
    error: null,
  }
}
