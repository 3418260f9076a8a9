import { setTimeout as sleep } from 'node:timers/promises'
import type { Position, Source } from '@candlewatch/adapters/sources/source'
import type { Row } from '@candlewatch/api/bars'
import type { Clock } from '@candlewatch/core/clock'
import { CandlewatchError, type ErrorCode } from '@candlewatch/core/errors'
import { openOf, type Stream, secondMs, streamKey } from '@candlewatch/core/time'
import type { Bar, Ms } from '@candlewatch/core/types'
import type { Log } from '../platform/log.ts'

/** The functions through which a runner passes the rows of a source. */
export interface SourceRunnerParts {
  /** Checks a row by itself. Throws for one that cannot be right. */
  check(row: Row, now: Ms): Bar
  /** Judges bars of one stream, oldest first. An error about one of them has its position in `details.row`. */
  answer(stream: Stream, bars: readonly Bar[]): Promise<unknown>
  /** Called with each row that is refused; the others go on. */
  refused(stream: Stream, openMs: Ms, error: CandlewatchError): void
  /** Waits before rows that could not be stored are sent again, for the first time, the second time and so on. */
  wait?(attempt: number, signal: AbortSignal): Promise<void>
  readonly clock: Clock
  readonly log: Log
}

/** Errors after which the same rows are sent again. */
const transient: readonly ErrorCode[] = ['ERR_NOT_STORED', 'ERR_BUSY', 'ERR_STREAM_MOVED', 'ERR_DATABASE_UNREACHABLE']
const maxWaitMs = 30 * secondMs

/**
 * Reads a source and hands its rows to the check and to the judge until it ends. The next batch is read when all rows of the
 * one before are stored or refused, so a slow database slows the source down. Resolves to the position that it reached.
 * Rejects when the source fails, when the signal aborts it, and for an error that sending again does not help.
 *
 * @example
 * await runSource(source, null, { check: checkRow, answer: live.answer, refused, clock, log }, signal)
 */
export async function runSource(
  source: Source,
  after: Position | null,
  parts: SourceRunnerParts,
  signal: AbortSignal,
): Promise<Position | null> {
  let reached = after
  for await (const { rows, position } of source.read(after, signal)) {
    for (const { stream, bars } of checked(rows, parts)) await judged(source.name, stream, bars, parts, signal)
    reached = position
  }
  return reached
}

/** Runs every source until it ends; a source that fails is logged. Returns the function that stops those that still run. */
export function startSources(sources: readonly Source[], parts: SourceRunnerParts): () => Promise<void> {
  const stop = new AbortController()
  const running = sources.map(async source => {
    try {
      await runSource(source, null, parts, stop.signal)
      parts.log.info({ source: source.name }, 'source ended')
    } catch (err) {
      if (!stop.signal.aborted) parts.log.error({ source: source.name, err }, 'source failed')
    }
  })
  return async () => {
    stop.abort()
    await Promise.all(running)
  }
}

/** The bars of the rows that pass the check, by stream. */
function checked(rows: readonly Row[], { check, refused, clock }: SourceRunnerParts) {
  const streams = new Map<string, { readonly stream: Stream; readonly bars: Bar[] }>()
  const now = clock.now()
  for (const row of rows) {
    const stream = { market: row.market, intervalMs: row.interval }
    try {
      const bar = check(row, now)
      const key = streamKey(stream)
      const group = streams.get(key) ?? { stream, bars: [] }
      group.bars.push(bar)
      streams.set(key, group)
    } catch (error) {
      if (!(error instanceof CandlewatchError)) throw error
      refused(stream, row.date, error)
    }
  }
  return streams.values()
}

/** Judges bars. One that does not fit what is stored is refused and left out; after a failed write all are sent again. */
async function judged(
  name: string,
  stream: Stream,
  bars: readonly Bar[],
  { answer, refused, wait = backOff, log }: SourceRunnerParts,
  signal: AbortSignal,
): Promise<void> {
  let left = bars
  for (let attempt = 1; left.length > 0; ) {
    try {
      await answer(stream, left)
      return
    } catch (error) {
      if (!(error instanceof CandlewatchError)) throw error
      const { row } = error.details
      const bar = row === undefined ? undefined : left[row]
      if (bar) {
        refused(stream, openOf(bar, stream.intervalMs), error)
        left = left.filter(one => one !== bar)
      } else if (transient.includes(error.code)) {
        log.warn({ source: name, market: stream.market, attempt, err: error }, 'rows of a source are sent again')
        await wait(attempt, signal)
        attempt += 1
      } else throw error
    }
  }
}

/** One second, two, four, up to half a minute. */
async function backOff(attempt: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.min(maxWaitMs, secondMs * 2 ** (attempt - 1)), undefined, { signal })
}
