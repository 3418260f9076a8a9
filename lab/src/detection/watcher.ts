import { History } from '@candlewatch/core/engine/history'
import type { Model } from '@candlewatch/core/forecast/artifact'
import { outcomesOf } from '@candlewatch/core/forecast/dataset'
import { naive } from '@candlewatch/core/forecast/naive'
import { type HighLow, highLow, type Standing } from '@candlewatch/core/forecast/prices'
import type { Bar, Ms, ScaledForecast } from '@candlewatch/core/types'

/** The expected high and low, quote currency. */
export type Expected = { readonly [Price in keyof HighLow]: { readonly expected: number } }

/** A bar, and all that was known of it before it came. */
export interface Observation {
  readonly bar: Bar
  readonly intervalMs: Ms
  readonly standing: Standing
  readonly quantiles: ScaledForecast
  readonly model: Expected
  readonly naive: Expected
  /** What the bar did, in units of the scale known before it; in the order of `targets`. */
  readonly outcomes: readonly number[]
}

const asItIs = { up: 0, down: 0 }

/** Looks at bars as the engine does, for detectors that the engine does not run. */
export class Watcher {
  readonly #model: Model
  readonly #intervalMs: Ms
  readonly #history: History

  constructor(model: Model, intervalMs: Ms) {
    this.#model = model
    this.#intervalMs = intervalMs
    this.#history = new History(intervalMs, model.forecaster.lookback, model.seasonByHour)
  }

  /** null where no forecast was made for this very bar: with too little past, or after a gap. */
  observe(bar: Bar): Observation | null {
    const now = this.#history.now()
    if (now === null || this.#history.missingBefore(bar) > 0) return null
    const { standing, past, fastRange } = now
    const quantiles = this.#model.forecaster.predict(past)
    const plain = naive(standing.close, fastRange, this.#model.naive)
    return {
      ...{ bar, intervalMs: this.#intervalMs, standing, quantiles },
      model: highLow(standing, quantiles, asItIs),
      naive: { high: { expected: plain.high }, low: { expected: plain.low } },
      outcomes: outcomesOf(standing.close, standing.scale, standing.usualVolume, bar),
    }
  }

  learn(bar: Bar): void {
    this.#history.learn(bar)
  }

  save(): Uint8Array {
    return this.#history.save()
  }

  load(state: Uint8Array): void {
    this.#history.load(state)
  }
}
