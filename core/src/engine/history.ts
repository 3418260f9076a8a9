import { featureNames, VolatilityScaled } from '../features/volatility-scaled.ts'
import type { Standing } from '../forecast/prices.ts'
import { first } from '../nth.ts'
import { floatsFromBytes, floatsToBytes } from '../state/bytes.ts'
import { pack, unpack } from '../state/pack.ts'
import type { Bar, Ms } from '../types.ts'

/** The market's past, as a forecaster sees it. */
export class History {
  readonly #intervalMs: Ms
  readonly #lookback: number
  readonly #features: VolatilityScaled
  /** [rows, features], the newest `lookback` of them. */
  #rows: number[] = []
  #last: { readonly ts: number; readonly close: number } | null = null

  constructor(intervalMs: Ms, lookback: number, seasonByHour: readonly number[]) {
    this.#intervalMs = intervalMs
    this.#lookback = lookback
    this.#features = new VolatilityScaled(intervalMs, seasonByHour)
  }

  /** When the newest bar closed; null before the first. */
  get lastTs(): number | null {
    return this.#last?.ts ?? null
  }

  /** Bars that should have come between the newest one and this one. */
  missingBefore(bar: Bar): number {
    return this.#last === null ? 0 : Math.round((bar.ts - this.#last.ts) / this.#intervalMs) - 1
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

  /** A forecaster needs one stretch of time without a gap: after a longer gap it starts anew. */
  #restartsAt(bar: Bar): boolean {
    return this.missingBefore(bar) >= this.#lookback
  }

  save(): Uint8Array {
    const last = this.#last ? [this.#last.ts, this.#last.close] : []
    return pack([this.#features.save(), floatsToBytes(this.#rows), floatsToBytes(last)])
  }

  load(state: Uint8Array): void {
    const [features, rows, last] = first(unpack(state), 3)
    this.#features.load(features)
    this.#rows = floatsFromBytes(rows)
    const [ts, close] = floatsFromBytes(last)
    this.#last = ts === undefined || close === undefined ? null : { ts, close }
  }
}
