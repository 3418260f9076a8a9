import { maxSmallBodyBytes } from '@candlewatch/api/values/limits'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { RequestHandler } from 'express'
import type { MemoryLimits } from '../platform/memory-limits.ts'

/** What a request holds in memory until it is answered. Each call throws ERR_BUSY when all requests together hold too much. */
export interface Held {
  /** Counts bytes of a body. */
  bytes(more: number): void
  /** Counts rows that were received or will be answered. */
  rows(more: number): void
}

declare global {
  namespace Express {
    interface Request {
      held: Held
    }
  }
}

// The usual body and answer of a feed or a page. They are counted by themselves, so that large ones never keep them out.
const smallRows = 1_000

/** Gives each request its `held`, which counts until the request is answered. */
export function bounded(limits: Pick<MemoryLimits, 'bodyBytes' | 'rows'>): RequestHandler {
  const bytes = makeInFlight(limits.bodyBytes, maxSmallBodyBytes, 'bytes')
  const rows = makeInFlight(limits.rows, smallRows, 'rows')
  return (request, response, next) => {
    const shares = [bytes.begin(), rows.begin()] as const
    const [ofBytes, ofRows] = shares
    request.held = { bytes: ofBytes.take, rows: ofRows.take }
    response.once('close', () => {
      for (const share of shares) share.release()
    })
    next()
  }
}

/** The share of one request. */
interface Share {
  /** Throws ERR_BUSY if there is no room for more. */
  take(more: number): void
  release(): void
}

/** Makes a count over all requests. A single large request always has room, or it could never be answered. */
function makeInFlight(max: number, small: number, unit: string): { begin(): Share } {
  const sums = { small: 0, large: 0 }
  // Half of the room again for those that are small.
  const most = { small: max / 2, large: max }
  return {
    begin() {
      let held = 0
      let isReleased = false
      const laneOf = (amount: number): keyof typeof sums => (amount <= small ? 'small' : 'large')
      return {
        take(more) {
          if (isReleased) return
          const [from, to] = [laneOf(held), laneOf(held + more)]
          const others = sums[to] - (from === to ? held : 0)
          if (others > 0 && others + held + more > most[to]) throw busy(most[to], unit)
          sums[from] -= held
          held += more
          sums[to] += held
        },
        release() {
          isReleased = true
          sums[laneOf(held)] -= held
          held = 0
        },
      }
    },
  }
}

function busy(most: number, unit: string): CandlewatchError {
  return new CandlewatchError(
    'ERR_BUSY',
    `Expected at most ${Math.floor(most)} ${unit} in all requests under way. Send it again in a second.`,
  )
}
