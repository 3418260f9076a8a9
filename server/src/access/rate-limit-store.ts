import type { Clock } from '@candlewatch/core/clock'
import type { ClientRateLimitInfo, Store } from 'express-rate-limit'

/** Counts requests by key over a window. It holds at most `maxKeys` keys; a new one then replaces the oldest, so memory is bounded. */
export class RateLimitStore implements Store {
  readonly localKeys = true
  readonly #clock: Clock
  readonly #windowMs: number
  readonly #maxKeys: number
  readonly #counts = new Map<string, ClientRateLimitInfo & { resetTime: Date }>()

  constructor(clock: Clock, windowMs: number, maxKeys = 10_000) {
    this.#clock = clock
    this.#windowMs = windowMs
    this.#maxKeys = maxKeys
  }

  get size(): number {
    return this.#counts.size
  }

  get(key: string): (ClientRateLimitInfo & { resetTime: Date }) | undefined {
    const found = this.#counts.get(key)
    if (!found || found.resetTime.getTime() > this.#clock.now()) return found
    this.#counts.delete(key)
    return undefined
  }

  increment(key: string): ClientRateLimitInfo & { resetTime: Date } {
    const before = this.get(key)
    if (before) {
      before.totalHits += 1
      return before
    }
    const first = { totalHits: 1, resetTime: new Date(this.#clock.now() + this.#windowMs) }
    // A map keeps the order of insertion: its first window is the one that began first.
    if (this.#counts.size >= this.#maxKeys) this.#counts.delete(this.#counts.keys().next().value!)
    this.#counts.set(key, first)
    return first
  }

  decrement(key: string): void {
    const found = this.get(key)
    if (found) found.totalHits -= 1
  }

  resetKey(key: string): void {
    this.#counts.delete(key)
  }
}
