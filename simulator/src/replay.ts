import type { VerdictAnswer as Verdict } from '@candlewatch/api/verdict'
import type { Clock } from '@candlewatch/core/clock'
import { isoDate } from '@candlewatch/core/interval'
import { nth } from '@candlewatch/core/nth'
import { openOf } from '@candlewatch/core/time'
import type { Bar, Ms, Replay } from '@candlewatch/core/types'
import { isAlarm } from '@candlewatch/core/verdict'
import { type Client, Refused, type Timer } from './client.ts'
import { makePace } from './pace.ts'
import type { Steering } from './steering.ts'

/** The rows, the client and the clock of a replay. */
export interface ReplayParts {
  /** Oldest first. */
  readonly rows: readonly Bar[]
  /** How many of the rows were answered in an earlier run. They can be shown again and are not posted. */
  readonly answered: number
  readonly intervalMs: Ms
  readonly client: Pick<Client, 'post' | 'changeReplay'>
  readonly steering: Steering
  /** A steady clock, not the wall clock. */
  readonly clock: Clock
  readonly timer: Timer
  /** Ends after the last row; otherwise the replay stays and shows past rows again when asked. */
  readonly once: boolean
  onAnswers(verdicts: readonly Verdict[]): void
  onFailure(bar: Bar, why: string): void
  /** Called when the last row was answered, also when it was shown again. */
  onFinished(): void
}

const maxRows = 100
const longestSleepMs = 3_600_000
/** Pages are not redrawn more often than this. */
const shownEveryMs = 100

/** Posts rows in order as they become due, and shows past rows again, as the replay is controlled. Runs until it is stopped or the last row is answered. */
export async function replayRows(parts: ReplayParts): Promise<'finished' | 'stopped'> {
  const { rows, intervalMs, client, steering, clock, timer, once } = parts
  const pace = makePace(clock, steering.current().everyMs)
  const opens = (bar: Bar) => openOf(bar, intervalMs)
  let next = parts.answered
  let stepped = steering.current().steps
  let restUntilMs = 0
  for (;;) {
    const changed = steering.changed()
    const replay = steering.current()
    const { state, at, seek, until } = replay
    const isLast = at === null && next === rows.length
    if (state === 'stopped' || (state === 'finished' && !isLast)) return 'stopped'
    if (isLast) {
      if (state !== 'finished') await finish(replay)
      if (once) return 'finished'
      if (steering.current().state === 'finished') await timer.sleep(longestSleepMs, steering.changed())
      continue
    }
    pace.every(replay.everyMs)
    const isStepping = state === 'paused' && at === null && seek === null
    // Steps that were followed by another command are no longer due.
    if (!isStepping) stepped = replay.steps
    const sought = seek === null ? 0 : opensBefore(Date.parse(seek))
    if (seek !== null && sought === 0) {
      pace.restart()
      await change({ seek: null, revision: replay.revision })
      continue
    }
    const isPlaying = state === 'playing'
    const isResting = at !== null && clock.now() < restUntilMs
    const due = sought || (isPlaying ? (until ? 1 : isResting ? 0 : pace.due()) : replay.steps - stepped)
    if (due === 0) {
      const waitMs = Math.max(pace.waitMs(), isResting ? restUntilMs - clock.now() : 0)
      await timer.sleep(isPlaying ? waitMs : longestSleepMs, changed)
      if (!isPlaying) pace.restart()
      continue
    }
    const count = Math.min(due, maxRows)
    if (at !== null) await showOn(replay, Date.parse(at), count)
    else await postOn(count, until)
    if (isStepping) stepped += count
    pace.sent(count)
  }

  async function postOn(count: number, until: Replay['until']): Promise<void> {
    const batch = rows.slice(next, next + count)
    const verdicts = await post(batch)
    next += batch.length
    // Without a revision, so that it stops here whatever else was changed in between.
    if (until && verdicts.some(isAlarm)) await change({ until: null })
  }

  /** Shows more of the rows that were judged before; they are not posted again. */
  async function showOn({ revision }: Replay, atMs: number, count: number): Promise<void> {
    const index = rows.findLastIndex(bar => opens(bar) <= atMs) + count
    await change({ at: index < next - 1 ? isoDate(opens(nth(rows, index))) : null, revision })
    restUntilMs = clock.now() + shownEveryMs
  }

  async function finish({ revision }: Replay): Promise<void> {
    await change({ state: 'finished', revision })
    if (steering.current().state === 'finished') parts.onFinished()
  }

  async function post(batch: readonly Bar[]): Promise<readonly Verdict[]> {
    try {
      const verdicts = await client.post(batch, steering.current().id)
      parts.onAnswers(verdicts)
      return verdicts
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      // One bad row refuses the whole array. Sent one by one, the rows show which it was.
      if (batch.length > 1) {
        const verdicts: Verdict[] = []
        for (const bar of batch) verdicts.push(...(await post([bar])))
        return verdicts
      }
      if (batch[0]) parts.onFailure(batch[0], error.message)
      return []
    }
  }

  /** Changes the replay on the server, so that pages see it too. */
  async function change(to: Parameters<Client['changeReplay']>[1]): Promise<void> {
    const replay = steering.current()
    try {
      steering.apply(await client.changeReplay(replay.id, to))
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      steering.apply({ ...replay, ...to })
    }
  }

  function opensBefore(seekMs: number): number {
    let count = 0
    while (next + count < rows.length && opens(nth(rows, next + count)) < seekMs) count += 1
    return count
  }
}
