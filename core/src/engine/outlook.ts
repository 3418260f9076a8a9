import type { Model } from '../forecast/artifact.ts'
import { Coverage } from '../forecast/coverage.ts'
import { outcomesOf } from '../forecast/dataset.ts'
import { naive } from '../forecast/naive.ts'
import { closeVolumeRange, type HighLow, highLow, priceForecast, type Standing } from '../forecast/prices.ts'
import { at, levels } from '../forecast/quantiles.ts'
import { SkillGate } from '../forecast/skill.ts'
import { known, nth } from '../nth.ts'
import { pack, unpack } from '../state/pack.ts'
import type { Bar, Forecast, Ms, Quantiles, ScaledForecast, Skill } from '../types.ts'
import type { History } from './history.ts'

/** A forecast of the next bar, with all that judging and learning from it will need. */
export interface Pending {
  /** When the bar opens that it is made for, UTC. */
  readonly openMs: Ms
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
const kinds = ['within', 'opening'] as const

type Coverages = Readonly<Record<(typeof forecasters)[number], Readonly<Record<(typeof sides)[number], Coverage>>>>

// A month of openings. Until then their ranges are those of other bars, in the scale of openings.
const leastOpenings = 20

/** Makes the forecasts, model's and naive one's, and learns from how they turned out: their ranges, and which of them drives. */
export class Outlook {
  readonly #model: Model
  readonly #gate: SkillGate
  /** Of bars within a session, and of openings. */
  readonly #coverage: Readonly<Record<(typeof kinds)[number], Coverages>>

  constructor(model: Model, intervalMs: Ms) {
    this.#model = model
    this.#gate = new SkillGate(intervalMs)
    const { intervals } = model.calibration
    const within = (by: 'model' | 'naive') => ({
      up: new Coverage(intervals[by].up),
      down: new Coverage(intervals[by].down),
    })
    const opening = (by: 'model' | 'naive') => ({
      up: new Coverage(intervals[by].up.slice(-leastOpenings), leastOpenings),
      down: new Coverage(intervals[by].down.slice(-leastOpenings), leastOpenings),
    })
    this.#coverage = {
      within: { model: within('model'), naive: within('naive') },
      opening: { model: opening('model'), naive: opening('naive') },
    }
  }

  /**
   * Made before the bar exists, for one that opens then: the next one, unless it came at another time than expected. null
   * while there is too little past.
   */
  forecast(history: History, openMs = history.nextOpen): Pending | null {
    if (openMs === null) return null
    const now = history.now(openMs)
    if (now === null) return null
    const { standing, fastRange } = now
    const predicted = this.#model.forecaster.predict(now.past)
    const scaled = {
      model: standing.isOpening ? afterClosedHours(predicted) : predicted,
      naive: naiveQuantiles(standing, fastRange, this.#model.naive),
    }
    const coverage = this.#coverageOf(standing)
    const model = highLow(standing, scaled.model, wideningOf(coverage.model))
    const baseline = highLow(standing, scaled.naive, wideningOf(coverage.naive))
    const { skill } = this.#gate
    const forecast = {
      by: skill.by,
      high: priceForecast(skill.by, model.high, baseline.high),
      low: priceForecast(skill.by, model.low, baseline.low),
      ...closeVolumeRange(standing, scaled.model),
    }
    return { openMs, forecast, skill, standing, model, naive: baseline, scaled }
  }

  /** How the forecast of this bar turned out. */
  learn({ standing, scaled, model, naive: baseline }: Pending, bar: Bar): void {
    const [up, down] = outcomesOf(standing, bar)
    const coverage = this.#coverageOf(standing)
    for (const by of forecasters) {
      coverage[by].up.learn(scaled[by].up, up)
      coverage[by].down.learn(scaled[by].down, down)
    }
    this.#gate.learn(bar.ts, percentError(model, bar), percentError(baseline, bar))
  }

  /** The conformity scores so far of bars within a session, for the artifact of a model that is being calibrated. */
  get intervals() {
    const { within } = this.#coverage
    const of = (by: 'model' | 'naive') => ({ up: within[by].up.scores, down: within[by].down.scores })
    return { model: of('model'), naive: of('naive') }
  }

  #coverageOf({ isOpening }: Standing): Coverages {
    return isOpening ? this.#coverage.opening : this.#coverage.within
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
    return kinds.flatMap(kind => forecasters.flatMap(by => sides.map(side => this.#coverage[kind][by][side])))
  }
}

const wideningOf = ({ up, down }: Coverages['model']) => ({ up: up.widening, down: down.widening })

/**
 * The quantiles of a bar within a session as those of an opening. Within a session the high is rarely below the close
 * before; a night can take the whole bar to either side, as far below the median as above.
 */
function afterClosedHours(scaled: ScaledForecast): ScaledForecast {
  return { ...scaled, up: mirrored(scaled.up), down: mirrored(scaled.down) }
}

function mirrored(quantiles: Quantiles): Quantiles {
  const median = nth(quantiles, at.median)
  return quantiles.map((x, i) =>
    i < at.median ? Math.min(x, 2 * median - nth(quantiles, quantiles.length - 1 - i)) : x,
  )
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
