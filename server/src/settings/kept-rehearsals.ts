import type { Rehearsal } from '@candlewatch/api/budget'
import { CandlewatchError } from '@candlewatch/core/errors'
import { makeQueue } from '../platform/queue.ts'
import type { RehearsalAsked } from './rehearsal.ts'

/** Answers a rehearsal. `isWanted` tells whether the caller still waits. Throws ERR_BUSY when too many wait. */
export type Rehearse = (asked: RehearsalAsked, isWanted: () => boolean) => Promise<Rehearsal>

interface Kept {
  readonly answer: Promise<Rehearsal>
  readonly callers: (() => boolean)[]
}

const maxKept = 32
const maxWaiting = 8

/**
 * Runs rehearsals one at a time, since each takes seconds of a processor, and keeps the last answers. `stateOf` names what
 * else an answer depends on: while it is the same, the same question gets the same answer. One that nobody waits for any more is left out.
 */
export function keptRehearsals(
  rehearse: (asked: RehearsalAsked) => Promise<Rehearsal>,
  stateOf: (asked: RehearsalAsked) => Promise<string>,
): Rehearse {
  const queue = makeQueue(maxWaiting)
  const kept = new Map<string, Kept>()

  return async (asked, isWanted) => {
    const { market, intervalMs, fromMs, toMs, alarmsPerWeek } = asked
    const key = [market, intervalMs, fromMs, toMs, alarmsPerWeek, await stateOf(asked)].join(' ')
    const found = kept.get(key) ?? begin(key, asked)
    found.callers.push(isWanted)
    return found.answer
  }

  function begin(key: string, asked: RehearsalAsked): Kept {
    const callers: (() => boolean)[] = []
    const answer = queue.add('rehearsal', async () => {
      if (callers.some(isWanted => isWanted())) return rehearse(asked)
      throw new CandlewatchError('ERR_BUSY', 'Expected a caller who waits, found none. Send it again.')
    })
    // Only the callers that wait now get the failure; it is not kept.
    answer.catch(() => kept.delete(key))
    const begun = { answer, callers }
    kept.set(key, begun)
    const [oldest] = kept.keys()
    if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest)
    return begun
  }
}
