import { featureNames, VolatilityScaled } from '../features/volatility-scaled.ts'
import type { Model } from '../forecast/artifact.ts'
import { naive } from '../forecast/naive.ts'
import { toPrices } from '../forecast/prices.ts'
import { floatsFromBytes, floatsToBytes } from '../stats/floats.ts'
import type { Bar, Forecast, Ms } from '../types.ts'
import { pack, unpack } from './snapshot.ts'

/** What the market has done so far, as a forecaster sees it. */
export class History {
  readonly #model: Model
  readonly #intervalMs: Ms
  readonly #features: VolatilityScaled
  /** [rows, features], the newest `lookback` of them. */
  #rows: number[] = []
  #last: { readonly ts: number; readonly close: number } | null = null

  constructor(model: Model, intervalMs: Ms) {
    this.#model = model
    this.#intervalMs = intervalMs
    this.#features = new VolatilityScaled(intervalMs, model.seasonByHour)
  }

  /** When the newest bar closed; null before the first. */
  get lastTs(): number | null {
    return this.#last?.ts ?? null
  }

  /** S after the newest bar. */
  get scale(): number | null {
    return this.#features.scale
  }

  /** Bars that should have come between the newest one and this one. */
  missingBefore(bar: Bar): number {
    return this.#last === null ? 0 : Math.round((bar.ts - this.#last.ts) / this.#intervalMs) - 1
  }

  /** Bars still wanted after this one before there is a forecast. The very first bar makes no row: it has no return. */
  wantedAfter(bar: Bar): number {
    if (this.#restartsAt(bar)) return this.#model.forecaster.lookback - 1
    return this.#wanted - (this.#last === null ? 0 : 1)
  }

  learn(bar: Bar): void {
    const length = this.#model.forecaster.lookback * featureNames.length
    if (this.#restartsAt(bar)) this.#rows = []
    const row = this.#features.learn(bar)
    if (row) this.#rows = [...this.#rows, ...row].slice(-length)
    this.#last = { ts: bar.ts, close: bar.close }
  }

  /** The bar that comes next; null while there is too little past. */
  forecast(): Forecast | null {
    if (this.#last === null || this.#wanted > 0) return null
    const { close } = this.#last
    const baseline = naive(close, this.#features.fastRange as number, this.#model.naive)
    const scaled = this.#model.forecaster.predict(Float32Array.from(this.#rows))
    return toPrices(close, this.#features.scale as number, scaled, baseline)
  }

  get #wanted(): number {
    return this.#model.forecaster.lookback - this.#rows.length / featureNames.length
  }

  /** What a forecaster looks at must be one stretch of time: after a gap longer than that it starts anew. */
  #restartsAt(bar: Bar): boolean {
    return this.missingBefore(bar) >= this.#model.forecaster.lookback
  }

  save(): Uint8Array {
    const last = this.#last ? [this.#last.ts, this.#last.close] : []
    return pack([this.#features.save(), floatsToBytes(this.#rows), floatsToBytes(last)])
  }

  load(state: Uint8Array): void {
    const [features, rows, last] = unpack(state) as [Uint8Array, Uint8Array, Uint8Array]
    this.#features.load(features)
    this.#rows = floatsFromBytes(rows)
    const [ts, close] = floatsFromBytes(last)
    this.#last = ts === undefined || close === undefined ? null : { ts, close }
  }
}
