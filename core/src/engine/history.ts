import type { TradingCalendar } from '@candlewatch/api/trading-calendar'
import type { Absence } from '../calendar/market-hours.ts'
import type { SeasonByHour } from '../features/any-market.ts'
import { MarketPast } from '../forecast/market-past.ts'
import type { Standing } from '../forecast/prices.ts'
import { first } from '../nth.ts'
import { floatsFromBytes, floatsToBytes } from '../state/bytes.ts'
import { pack, unpack } from '../state/pack.ts'
import { openOf } from '../time.ts'
import type { Bar, Ms } from '../types.ts'

/** The market's past, as a forecaster sees it. */
export class History {
  readonly #intervalMs: Ms
  readonly #lookback: number
  readonly #past: MarketPast
  /** [rows, features], the newest `lookback` of them. */
  #rows: number[] = []

  /** `calendar`: the hours of the market; learned from its bars unless they are given. */
  constructor(intervalMs: Ms, lookback: number, seasonByHour: SeasonByHour, calendar?: TradingCalendar) {
    this.#intervalMs = intervalMs
    this.#lookback = lookback
    this.#past = new MarketPast(intervalMs, seasonByHour, calendar)
  }

  /** When the newest bar closed; null before the first. */
  get lastTs(): number | null {
    return this.#past.lastTs
  }

  /** When the next bar is expected to open, UTC; null before the first bar. */
  get nextOpen(): Ms | null {
    return this.#past.nextOpen
  }

  /** What lies between the newest bar and this one. */
  absenceBefore(bar: Bar): Absence {
    return this.#past.absenceBefore(openOf(bar, this.#intervalMs))
  }

  /** Bars that should have come between the newest one and this one; bars of closed hours are none. */
  missingBefore(bar: Bar): number {
    return this.absenceBefore(bar).missing
  }

  /** Bars still wanted after this one before there is a forecast. The very first bar makes no row: it has no return. */
  wantedAfter(bar: Bar): number {
    if (this.#restartsAt(bar)) return this.#lookback - 1
    return this.#wanted - (this.lastTs === null ? 0 : 1)
  }

  /** Multiplies every price of the past, as after a change of units. */
  rescale(factor: number): void {
    this.#past.rescale(factor)
  }

  learn(bar: Bar): void {
    if (this.#restartsAt(bar)) this.#rows = []
    const row = this.#past.learn(bar)
    if (row) this.#rows = [...this.#rows, ...row].slice(-this.#lookback * this.#past.width)
  }

  /**
   * [lookback, features], oldest first, and where the bar that opens then stands, which is the next one unless it is named;
   * null while there is too little past.
   */
  now(
    openMs = this.nextOpen,
  ): { readonly past: Float32Array; readonly standing: Standing; readonly fastRange: number } | null {
    if (this.#wanted > 0 || openMs === null) return null
    const at = this.#past.standingAt(openMs)
    return at && { past: Float32Array.from(this.#rows), standing: at.standing, fastRange: at.fastRange }
  }

  get #wanted(): number {
    return this.#lookback - this.#rows.length / this.#past.width
  }

  /** A forecaster needs one stretch of trading without a gap: after a longer gap it starts anew. */
  #restartsAt(bar: Bar): boolean {
    return this.missingBefore(bar) >= this.#lookback
  }

  save(): Uint8Array {
    return pack([this.#past.save(), floatsToBytes(this.#rows)])
  }

  load(state: Uint8Array): void {
    const [past, rows] = first(unpack(state), 2)
    this.#past.load(past)
    this.#rows = floatsFromBytes(rows)
  }
}
