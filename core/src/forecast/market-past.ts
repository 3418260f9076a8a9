import type { TradingCalendar } from '@candlewatch/api/trading-calendar'
import { GivenHours } from '../calendar/given-hours.ts'
import { LearnedHours } from '../calendar/learned-hours.ts'
import type { Absence, MarketHours } from '../calendar/market-hours.ts'
import { makeFeatures, type SeasonByHour } from '../features/any-market.ts'
import type { Features } from '../features/features.ts'
import { type OpeningRatios, OpeningScale, ordinaryRatios } from '../features/opening-scale.ts'
import { first } from '../nth.ts'
import { floatsFromBytes, floatsToBytes } from '../state/bytes.ts'
import { pack, unpack } from '../state/pack.ts'
import { openOf } from '../time.ts'
import type { Bar, Ms } from '../types.ts'
import type { Standing } from './prices.ts'

/** What bars have shown of a market: its scale, its hours, and how much larger its openings are. One bar in, one row out. */
export class MarketPast {
  readonly #intervalMs: Ms
  readonly #features: Features
  readonly #hours: MarketHours
  readonly #openings: OpeningScale
  #last: { readonly ts: number; readonly close: number } | null = null

  /** `calendar`: the hours of the market; learned from its bars unless they are given. */
  constructor(intervalMs: Ms, seasonByHour: SeasonByHour, calendar?: TradingCalendar) {
    this.#intervalMs = intervalMs
    this.#features = makeFeatures(intervalMs, seasonByHour)
    this.#hours = calendar ? new GivenHours(calendar, intervalMs) : new LearnedHours(intervalMs)
    this.#openings = new OpeningScale(intervalMs)
  }

  /** Numbers in a row of features. */
  get width(): number {
    return this.#features.width
  }

  /** When the newest bar closed; null before the first. */
  get lastTs(): number | null {
    return this.#last?.ts ?? null
  }

  /** When the next bar is expected to open, UTC; null before the first bar. */
  get nextOpen(): Ms | null {
    return this.#hours.nextOpen()
  }

  /** True if the next bar is expected to be the first after closed hours. */
  get expectsOpening(): boolean {
    const next = this.#hours.nextOpen()
    return next !== null && this.#hours.before(next).isOpening
  }

  /** What lies between the newest bar and one that opens then. */
  absenceBefore(openMs: Ms): Absence {
    return this.#hours.before(openMs)
  }

  /** Multiplies every price that it knows, as after a change of units. */
  rescale(factor: number): void {
    this.#features.rescale(factor)
    if (this.#last) this.#last = { ts: this.#last.ts, close: factor * this.#last.close }
  }

  /** Returns the bar's row of features; null for the first bar, which has no return. */
  learn(bar: Bar): Float32Array | null {
    const openMs = openOf(bar, this.#intervalMs)
    const opening = this.#openingAt(openMs)
    const isExpected = this.#hours.expects(openMs)
    if (opening && isExpected) this.#learnOpening(opening.closedMs, bar)
    this.#hours.learn(openMs)
    const nextOpen = this.#hours.nextOpen() ?? bar.ts
    const row = this.#features.learn(bar, {
      ratios: opening?.ratios ?? ordinaryRatios,
      nextOpen,
      isNextOpening: this.#hours.before(nextOpen).isOpening,
      isUsual: isExpected,
    })
    this.#last = { ts: bar.ts, close: bar.close }
    return row
  }

  /**
   * Where a forecast of the bar that opens then starts from, and the EWMA of log(high/low), half-life 3 bars, in its
   * scale; null before the first bar.
   */
  standingAt(openMs: Ms): { readonly standing: Standing; readonly fastRange: number } | null {
    const { scale, usualVolume, fastRange } = this.#features
    if (this.#last === null || scale === null || usualVolume === null || fastRange === null) return null
    const opening = this.#openingAt(openMs)
    const { move, range, volume } = opening?.ratios ?? ordinaryRatios
    const standing = {
      close: this.#last.close,
      scale: scale * move,
      rangeScale: scale * range,
      usualVolume: usualVolume * volume,
      isOpening: opening !== null,
    }
    return { standing, fastRange: fastRange * move }
  }

  /** null for a bar that is no opening. */
  #openingAt(openMs: Ms): { readonly closedMs: number; readonly ratios: OpeningRatios } | null {
    if (this.#last === null || !this.#hours.before(openMs).isOpening) return null
    const closedMs = openMs - this.#last.ts
    return { closedMs, ratios: this.#openings.after(closedMs) }
  }

  #learnOpening(closedMs: number, bar: Bar): void {
    const { scale, usualVolume } = this.#features
    if (this.#last === null || scale === null || usualVolume === null) return
    const { close } = this.#last
    this.#openings.learn(closedMs, {
      move: Math.max(Math.log(bar.high / close), Math.log(close / bar.low)) / scale,
      range: Math.log(bar.high / bar.low) / scale,
      volume: usualVolume > 0 ? bar.volume / usualVolume : 1,
    })
  }

  save(): Uint8Array {
    const last = this.#last ? [this.#last.ts, this.#last.close] : []
    return pack([this.#features.save(), floatsToBytes(last), this.#hours.save(), this.#openings.save()])
  }

  load(state: Uint8Array): void {
    const [features, last, hours, openings] = first(unpack(state), 4)
    this.#features.load(features)
    const [ts, close] = floatsFromBytes(last)
    this.#last = ts === undefined || close === undefined ? null : { ts, close }
    this.#hours.load(hours)
    this.#openings.load(openings)
  }
}
