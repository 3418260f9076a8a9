import { CandlewatchError } from '@candlewatch/core/errors'
import { formatInterval } from '@candlewatch/core/interval'
import type { Stream } from '@candlewatch/core/time'
import type { Bar, Ms, Step } from '@candlewatch/core/types'

/** An engine's memory after the bar that closed at `ts` (0 = before any bar). */
export interface Snapshot extends Stream {
  /** name@version */
  readonly model: string
  readonly ts: Ms
  readonly state: Uint8Array
}

/** Writes of judged bars. */
export interface CommitStore {
  /**
   * Writes bars, their verdicts and the snapshot, if given, in one transaction. Returns one seq per step, in ascending order.
   * Throws ERR_STEP_MISPLACED; and ERR_STEP_NOT_NEW if a bar or verdict is stored already, because another process judged it.
   * When ERR_DATABASE_UNREACHABLE is thrown, it is unknown whether the rows are stored.
   */
  commit(stream: Stream, steps: readonly Step[], snapshot: Snapshot | null): Promise<readonly number[]>
}

/** The newest snapshot of each stream and model. */
export interface SnapshotStore {
  snapshot(stream: Stream, model: string): Promise<Snapshot | null>
  /** Replaces an older snapshot; a newer one stays. */
  saveSnapshot(snapshot: Snapshot): Promise<void>
}

/** Refuses bars of another market or without finite numbers before anything is written. Throws ERR_STEP_MISPLACED. */
export function checkBars(stream: Pick<Stream, 'market'>, bars: readonly Bar[]): void {
  for (const bar of bars) {
    if (bar.market !== stream.market) refuse(`a bar of ${stream.market}`, `one of ${bar.market}`)
    for (const field of ['open', 'high', 'low', 'close', 'volume', 'ts', 'seen'] as const) {
      if (!Number.isFinite(bar[field])) refuse(`a number as the bar's ${field}`, String(bar[field]))
    }
  }
}

/** Refuses a verdict that is not about its step's bar or not of this stream. Throws ERR_STEP_MISPLACED. */
export function checkSteps(stream: Stream, steps: readonly Step[]): void {
  const interval = formatInterval(stream.intervalMs)
  checkBars(
    stream,
    steps.map(step => step.bar),
  )
  for (const { bar, verdict } of steps) {
    if (verdict.market !== stream.market) refuse(`a verdict on ${stream.market}`, `one on ${verdict.market}`)
    if (verdict.interval !== interval) refuse(`a verdict on a ${interval} bar`, `one on ${verdict.interval}`)
    if (verdict.ts !== bar.ts) refuse(`a verdict on the bar that closed at ${bar.ts}`, `one on ${verdict.ts}`)
  }
}

function refuse(expected: string, found: string): never {
  throw new CandlewatchError(
    'ERR_STEP_MISPLACED',
    `Expected ${expected}, found ${found}. Give each stream its own bars and verdicts.`,
  )
}
