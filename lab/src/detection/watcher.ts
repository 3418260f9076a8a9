import { type Observation, observationOf } from '@candlewatch/core/detectors/observation'
import { History } from '@candlewatch/core/engine/history'
import type { Model } from '@candlewatch/core/forecast/artifact'
import { naive } from '@candlewatch/core/forecast/naive'
import { highLow } from '@candlewatch/core/forecast/prices'
import type { Bar, Ms } from '@candlewatch/core/types'

const uncorrected = { up: 0, down: 0 }

/** Prepares bars as the engine does, for detectors that are run one by one. */
export class Watcher {
  readonly #model: Model
  readonly #intervalMs: Ms
  readonly #history: History

  constructor(model: Model, intervalMs: Ms) {
    this.#model = model
    this.#intervalMs = intervalMs
    this.#history = new History(intervalMs, model.forecaster.lookback, model.seasonByHour)
  }

  /** Returns the bar with its forecasts; null if there was no forecast for it: with too little history, or after a gap. */
  observe(bar: Bar): Observation | null {
    const now = this.#history.now()
    if (now === null || this.#history.missingBefore(bar) > 0) return null
    const { standing, past, fastRange } = now
    const quantiles = this.#model.forecaster.predict(past)
    const plain = naive(standing.close, fastRange, this.#model.naive)
    return observationOf(bar, {
      intervalMs: this.#intervalMs,
      standing,
      quantiles,
      model: highLow(standing, quantiles, uncorrected),
      naive: { high: { expected: plain.high }, low: { expected: plain.low } },
    })
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
