import { Conformal } from '../decide/conformal.ts'
import { gaussianMixture } from '../detectors/gaussian-mixture.ts'
import { isolationForest } from '../detectors/isolation-forest.ts'
import { kmeans } from '../detectors/kmeans.ts'
import { move } from '../detectors/move.ts'
import { observationsOf, rules } from '../detectors/rules.ts'
import { surprise } from '../detectors/surprise.ts'
import { zscore } from '../detectors/zscore.ts'
import { outcomesOf } from '../forecast/dataset.ts'
import type { Standing } from '../forecast/prices.ts'
import { pack, unpack } from '../stats/pack.ts'
import type { Bar, Detector, DetectorOpinion, Ms, ScaledForecast } from '../types.ts'
import { opinionOf } from './ledger.ts'

/** A bar, and all that was known of it before it came. */
export interface Observation {
  readonly bar: Bar
  readonly intervalMs: Ms
  readonly standing: Standing
  readonly quantiles: ScaledForecast
  /** What the bar did, in units of the scale known before it; in the order of `targets`. */
  readonly outcomes: readonly number[]
}

export function observed(bar: Bar, intervalMs: Ms, standing: Standing, quantiles: ScaledForecast): Observation {
  const outcomes = outcomesOf(standing.close, standing.scale, standing.usualVolume, bar)
  return { bar, intervalMs, standing, quantiles, outcomes }
}

/** Every detector that decides nothing, each on what it takes of an observation. */
export function makeOnlookers(): Detector<Observation>[] {
  return [
    taking(move('move'), ({ bar, standing }) => ({ high: bar.high, low: bar.low, previousClose: standing.close })),
    taking(zscore('zscore'), ({ bar, standing }) => ({ logReturn: Math.log(bar.close / standing.close) })),
    taking(isolationForest('isolation-forest'), of => of.outcomes),
    taking(kmeans('kmeans'), of => of.outcomes),
    taking(gaussianMixture('gaussian-mixture'), of => of.outcomes),
    taking(surprise('surprise'), ({ quantiles, outcomes }) => ({ quantiles, outcomes })),
    taking(rules('rules'), ({ bar, intervalMs }) => observationsOf(bar, intervalMs)),
  ]
}

/** A detector that finds what it needs in something larger. */
export function taking<Part, Whole>(detector: Detector<Part>, of: (whole: Whole) => Part): Detector<Whole> {
  // A bar is scored and then learned: what is needed of it is looked for once.
  let last: { readonly whole: Whole; readonly part: Part } | null = null
  const partOf = (whole: Whole) => {
    if (last?.whole !== whole) last = { whole, part: of(whole) }
    return last.part
  }
  return {
    id: detector.id,
    score: whole => detector.score(partOf(whole)),
    learn: whole => detector.learn(partOf(whole)),
    save: () => detector.save(),
    load: state => detector.load(state),
  }
}

/** They are heard when something is to be said of a bar: how rare it is to each, against its own past. */
export class Onlookers {
  readonly #all = makeOnlookers().map(detector => ({ detector, calibrator: new Conformal() }))

  opinions(of: Observation): DetectorOpinion[] {
    return this.#all.flatMap(({ detector, calibrator }) => {
      const score = detector.score(of)
      const pValue = score === null ? null : calibrator.pValue(score)
      return score === null || pValue === null ? [] : [opinionOf(detector.id, score, pValue)]
    })
  }

  learn(of: Observation): void {
    for (const { detector, calibrator } of this.#all) {
      const score = detector.score(of)
      if (score !== null) calibrator.learn(score)
      detector.learn(of)
    }
  }

  save(): Uint8Array {
    return pack(this.#all.flatMap(({ detector, calibrator }) => [detector.save(), calibrator.save()]))
  }

  load(state: Uint8Array): void {
    const parts = unpack(state)
    this.#all.forEach(({ detector, calibrator }, i) => {
      detector.load(parts[2 * i] as Uint8Array)
      calibrator.load(parts[2 * i + 1] as Uint8Array)
    })
  }
}
