import type { Model } from '../forecast/artifact.ts'
import { Coverage } from '../forecast/coverage.ts'
import { outcomesOf } from '../forecast/dataset.ts'
import { naive } from '../forecast/naive.ts'
import { closeVolumeRange, type HighLow, highLow, priceForecast, type Standing } from '../forecast/prices.ts'
import { levels } from '../forecast/quantiles.ts'
import { SkillGate } from '../forecast/skill.ts'
import { known, nth } from '../nth.ts'
import { pack, unpack } from '../state/pack.ts'
import type { Bar, Forecast, Ms, Quantiles, ScaledForecast, Skill } from '../types.ts'
import type { History } from './history.ts'

/** A forecast of the next bar, with all that judging and learning from it will need. */
export interface Pending {
  readonly forecast: Forecast
  readonly skill: Skill
  readonly standing: Standing
  readonly model: HighLow
  readonly naive: HighLow
  /** Before any widening. */
  readonly scaled: {
    readonly model: ScaledForecast
    readonly naive: Pick<ScaledForecast, 'up' | 'down'>
  }
}

const forecasters = ['model', 'naive'] as const
const sides = ['up', 'down'] as const

/** Makes the forecasts, model's and naive one's, and learns from how they turned out: their ranges, and which of them drives. */
export class Outlook {
  readonly #model: Model
  readonly #gate: SkillGate
  readonly #coverage: Readonly<Record<(typeof forecasters)[number], Readonly<Record<(typeof sides)[number], Coverage>>>>

  constructor(model: Model, intervalMs: Ms) {
    this.#model = model
    this.#gate = new SkillGate(intervalMs)
    const { intervals } = model.calibration
    const of = (by: 'model' | 'naive') => ({
      up: new Coverage(intervals[by].up),
      down: new Coverage(intervals[by].down),
    })
    this.#coverage = { model: of('model'), naive: of('naive') }
  }

  /** Made before the bar exists; null while there is too little past. */
  forecast(history: History): Pending | null {
    const now = history.now()
    if (now === null) return null
    const { standing, fastRange } = now
    const scaled = {
      model: this.#model.forecaster.predict(now.past),
      naive: naiveQuantiles(standing, fastRange, this.#model.naive),
    }
    const model = highLow(standing, scaled.model, this.#widening('model'))
    const baseline = highLow(standing, scaled.naive, this.#widening('naive'))
    const { skill } = this.#gate
    const forecast = {
      by: skill.by,
      high: priceForecast(skill.by, model.high, baseline.high),
      low: priceForecast(skill.by, model.low, baseline.low),
      ...closeVolumeRange(standing, scaled.model),
    }
    return { forecast, skill, standing, model, naive: baseline, scaled }
  }

  /** How the forecast of this bar turned out. */
  learn({ standing, scaled, model, naive: baseline }: Pending, bar: Bar): void {
    const [up, down] = outcomesOf(standing.close, standing.scale, standing.usualVolume, bar)
    for (const by of forecasters) {
      this.#coverage[by].up.learn(scaled[by].up, up)
      this.#coverage[by].down.learn(scaled[by].down, down)
    }
    this.#gate.learn(percentError(model, bar), percentError(baseline, bar))
  }

  /** The conformity scores so far, for the artifact of a model that is being calibrated. */
  get intervals() {
    const of = (by: 'model' | 'naive') => ({ up: this.#coverage[by].up.scores, down: this.#coverage[by].down.scores })
    return { model: of('model'), naive: of('naive') }
  }

  #widening(by: 'model' | 'naive') {
    return { up: this.#coverage[by].up.widening, down: this.#coverage[by].down.widening }
  }

  save(): Uint8Array {
    return pack([this.#gate.save(), ...this.#all().map(coverage => coverage.save())])
  }

  load(state: Uint8Array): void {
    const [gate, ...rest] = unpack(state)
    this.#gate.load(known(gate))
    this.#all().forEach((coverage, i) => {
      coverage.load(nth(rest, i))
    })
  }

  #all(): readonly Coverage[] {
    return forecasters.flatMap(by => sides.map(side => this.#coverage[by][side]))
  }
}

/** The naive point as a distribution whose quantiles are all the same: its range is what its errors have needed of late. */
function naiveQuantiles({ close, scale }: Standing, fastRange: number, k: Model['naive']) {
  const { high, low } = naive(close, fastRange, k)
  const same = (x: number): Quantiles => levels.map(() => x)
  return { up: same(Math.log(high / close) / scale), down: same(Math.log(close / low) / scale) }
}

/** Mean absolute error of high and low, in percent of the price. */
function percentError({ high, low }: HighLow, bar: Bar): number {
  return 50 * (Math.abs(Math.log(bar.high / high.expected)) + Math.abs(Math.log(bar.low / low.expected)))
}
