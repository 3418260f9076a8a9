import type { TradingCalendar } from '@candlewatch/api/trading-calendar'
import { GivenHours } from '../calendar/given-hours.ts'
import { LearnedHours } from '../calendar/learned-hours.ts'
import type { Absence, MarketHours } from '../calendar/market-hours.ts'
import { featureNames, VolatilityScaled } from '../features/volatility-scaled.ts'
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
  readonly #features: VolatilityScaled
  readonly #hours: MarketHours
  /** [rows, features], the newest `lookback` of them. */
  #rows: number[] = []
  #last: { readonly ts: number; readonly close: number } | null = null

  /** `calendar`: the hours of the market; learned from its bars unless they are given. */
  constructor(intervalMs: Ms, lookback: number, seasonByHour: readonly number[], calendar?: TradingCalendar) {
    this.#intervalMs = intervalMs
    this.#lookback = lookback
    this.#features = new VolatilityScaled(intervalMs, seasonByHour)
    this.#hours = calendar ? new GivenHours(calendar, intervalMs) : new LearnedHours(intervalMs)
  }

  /** When the newest bar closed; null before the first. */
  get lastTs(): number | null {
    return this.#last?.ts ?? null
  }

  /** What lies between the newest bar and this one. */
  absenceBefore(bar: Bar): Absence {
    return this.#hours.before(openOf(bar, this.#intervalMs))
  }

  /** Bars that should have come between the newest one and this one; bars of closed hours are none. */
  missingBefore(bar: Bar): number {
    return this.absenceBefore(bar).missing
  }

  /** When the next bar is expected to open, UTC; null before the first bar. */
  get nextOpen(): Ms | null {
    return this.#hours.nextOpen()
  }

  /** Bars still wanted after this one before there is a forecast. The very first bar makes no row: it has no return. */
  wantedAfter(bar: Bar): number {
    if (this.#restartsAt(bar)) return this.#lookback - 1
    return this.#wanted - (this.#last === null ? 0 : 1)
  }

  learn(bar: Bar): void {
    if (this.#restartsAt(bar)) this.#rows = []
    const row = this.#features.learn(bar)
    if (row) this.#rows = [...this.#rows, ...row].slice(-this.#lookback * featureNames.length)
    this.#hours.learn(openOf(bar, this.#intervalMs))
    this.#last = { ts: bar.ts, close: bar.close }
  }

  /** [lookback, features], oldest first, and where it stands; null while there is too little past. */
  now(): { readonly past: Float32Array; readonly standing: Standing; readonly fastRange: number } | null {
    const { scale, usualVolume, fastRange } = this.#features
    if (this.#last === null || this.#wanted > 0 || scale === null || usualVolume === null || fastRange === null)
      return null
    return {
      past: Float32Array.from(this.#rows),
      standing: { close: this.#last.close, scale, usualVolume },
      fastRange,
    }
  }

  get #wanted(): number {
    return this.#lookback - this.#rows.length / featureNames.length
  }

  /** A forecaster needs one stretch of trading without a gap: after a longer gap it starts anew. */
  #restartsAt(bar: Bar): boolean {
    return this.missingBefore(bar) >= this.#lookback
  }

  save(): Uint8Array {
    const last = this.#last ? [this.#last.ts, this.#last.close] : []
    return pack([this.#features.save(), floatsToBytes(this.#rows), floatsToBytes(last), this.#hours.save()])
  }

  load(state: Uint8Array): void {
    const [features, rows, last, hours] = first(unpack(state), 4)
    this.#features.load(features)
    this.#rows = floatsFromBytes(rows)
    const [ts, close] = floatsFromBytes(last)
    this.#last = ts === undefined || close === undefined ? null : { ts, close }
    this.#hours.load(hours)
  }
}
