import type { Clock } from '@candlewatch/core/clock'

/**
 * Counts the rows that are due. Due times are counted from where the pace started, not from when a row was sent,
 * so that late timers don't add up: at 1 ms per row, plain timers drift by a fifth.
 */
export interface Pace {
  due(): number
  /** Time until the next row is due; 0 if one is. */
  waitMs(): number
  sent(rows: number): void
  /** Changes the time between rows; the next row waits no longer than that. */
  every(ms: number): void
  /** Makes the next row due now and forgets the rows that were due before. */
  restart(): void
}

/** Makes a pace whose first row is due at once. With 0 ms, every row is always due. */
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
