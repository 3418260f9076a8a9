import { setTimeout as wait } from 'node:timers/promises'
import { formatInterval } from '@candlewatch/core/interval'
import { nth } from '@candlewatch/core/nth'
import type { Bar, Market, Ms } from '@candlewatch/core/types'
import { Client, rowOf } from '../load/client.ts'
import type { Watched } from './subject.ts'

const mostRows = 10_000

/** Posts the rows of one market, each once and in order. */
export class Feed {
  readonly #client: Client
  readonly #market: Market
  readonly #intervalMs: Ms
  readonly #bars: readonly Bar[]
  #posted = 0

  constructor(url: string, market: Market, intervalMs: Ms, bars: readonly Bar[]) {
    this.#client = new Client(url)
    this.#market = market
    this.#intervalMs = intervalMs
    this.#bars = bars
  }

  /** Posts `count` rows in arrays, as fast as the server accepts them. */
  async fill(count: number): Promise<void> {
    for (const end = this.#posted + count; this.#posted < end; ) {
      await this.#post(Math.min(mostRows, end - this.#posted))
    }
  }

  /** Posts rows one by one at a rate; rows that are late follow at once. */
  async play(perSecond: number, seconds: number): Promise<number> {
    const from = performance.now()
    for (let sent = 0; sent < perSecond * seconds; sent++) {
      await wait(Math.max(0, from + (sent * 1_000) / perSecond - performance.now()))
      await this.#post(1)
    }
    return perSecond * seconds
  }

  /** The text that the page should show. */
  watched(): Watched {
    return {
      market: this.#market,
      interval: formatInterval(this.#intervalMs),
      bars: this.#posted,
      fromMs: nth(this.#bars, 0).ts - this.#intervalMs,
      toMs: nth(this.#bars, this.#posted - 1).ts,
    }
  }

  close(): void {
    this.#client.close()
  }

  async #post(count: number): Promise<void> {
    const bars = this.#bars.slice(this.#posted, this.#posted + count)
    if (bars.length < count) throw new Error(`${this.#market} has no more rows than ${this.#bars.length}.`)
    const { status, text } = await this.#client.post(bars.map(bar => rowOf(bar, this.#market, this.#intervalMs)))
    if (status !== 200) throw new Error(`${status}: ${text}`)
    this.#posted += count
  }
}
