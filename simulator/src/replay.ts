import type { Clock } from '@candlewatch/core/clock'
import type { Bar, Ms, Verdict } from '@candlewatch/core/types'
import { type Client, Refused, type Timer } from './client.ts'
import { makePace } from './pace.ts'
import type { Steering } from './steering.ts'

export interface ReplayParts {
  /** Oldest first. */
  readonly rows: readonly Bar[]
  readonly intervalMs: Ms
  readonly client: Pick<Client, 'post' | 'changeReplay'>
  readonly steering: Steering
  /** Steady, not the wall clock. */
  readonly clock: Clock
  readonly timer: Timer
  onAnswers(verdicts: readonly Verdict[]): void
  onFailure(bar: Bar, why: string): void
}

const mostRows = 100
const longestSleepMs = 3_600_000

/** Posts the rows as they fall due, in order, obeying play, pause, speed and seek. Lasts until the last row or until stopped. */
export async function replayRows(parts: ReplayParts): Promise<'finished' | 'stopped'> {
  const { rows, intervalMs, client, steering, clock, timer } = parts
  const pace = makePace(clock, steering.current().everyMs)
  let next = 0
  while (next < rows.length) {
    const changed = steering.changed()
    const replay = steering.current()
    if (replay.state === 'stopped' || replay.state === 'finished') return 'stopped'
    pace.every(replay.everyMs)
    const sought = replay.seek === null ? 0 : opensBefore(rows, next, intervalMs, Date.parse(replay.seek))
    if (replay.seek !== null && sought === 0) {
      pace.restart()
      await arrived()
      continue
    }
    const due = sought > 0 ? sought : replay.state === 'paused' ? 0 : pace.due()
    if (due === 0) {
      const paused = replay.state === 'paused'
      await timer.sleep(paused ? longestSleepMs : pace.waitMs(), changed)
      if (paused) pace.restart()
      continue
    }
    const batch = rows.slice(next, next + Math.min(due, mostRows))
    await post(batch)
    next += batch.length
    pace.sent(batch.length)
  }
  return 'finished'

  async function post(batch: readonly Bar[]): Promise<void> {
    try {
      parts.onAnswers(await client.post(batch))
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      // One bad row refuses the whole array: alone, each shows whether it was the one.
      if (batch.length === 1) parts.onFailure(batch[0]!, error.message)
      else for (const bar of batch) await post([bar])
    }
  }

  /** The seek is done; said to the server so that pages see it too. */
  async function arrived(): Promise<void> {
    const replay = steering.current()
    try {
      steering.apply(await client.changeReplay(replay.id, { seek: null }))
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      steering.apply({ ...replay, seek: null })
    }
  }
}

function opensBefore(rows: readonly Bar[], next: number, intervalMs: Ms, seekMs: number): number {
  let count = 0
  while (next + count < rows.length && rows[next + count]!.ts - intervalMs < seekMs) count += 1
  return count
}
