import type { Clock } from '@candlewatch/core/clock'

/**
 * How many rows have fallen due. Due times are counted from where the pace started, never from when a row was sent,
 * so that late timers don't add up: at 1 ms a row plain timers drift by a fifth.
 */
export interface Pace {
  due(): number
  /** Until the next row falls due; 0 when one is. */
  waitMs(): number
  sent(rows: number): void
  /** Another gap between rows; the next one then waits no longer than that. */
  every(ms: number): void
  /** The next row is due now, and what fell due before is forgotten. */
  restart(): void
}

/** The first row is due at once. With 0 ms every row is due, always. */
export function makePace(clock: Clock, everyMs: number): Pace {
  let gapMs = everyMs
  let nextMs: number = clock.now()
  return {
    due() {
      if (gapMs === 0) return Infinity
      const lateMs = clock.now() - nextMs
      return lateMs < 0 ? 0 : Math.floor(lateMs / gapMs) + 1
    },
    waitMs: () => (gapMs === 0 ? 0 : Math.max(0, nextMs - clock.now())),
    sent(rows) {
      nextMs = gapMs === 0 ? clock.now() : nextMs + rows * gapMs
    },
    every(ms) {
      if (ms === gapMs) return
      const now = clock.now()
      nextMs = Math.max(now, Math.min(nextMs, now + ms))
      gapMs = ms
    },
    restart() {
      nextMs = clock.now()
    },
  }
}
