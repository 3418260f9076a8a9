import { Conformal } from '../decide/conformal.ts'
import type { Observation } from '../detectors/observation.ts'
import { registry, type UsualMiss } from '../detectors/registry.ts'
import { nth } from '../nth.ts'
import { pack, unpack } from '../state/pack.ts'
import type { DetectorOpinion } from '../types.ts'
import { opinionOf } from './score-history.ts'

/** The detectors that decide nothing. Their opinions are asked for when a bar alarms or is not believed. */
export class Observers {
  readonly #all

  constructor(miss: UsualMiss) {
    const observers = Object.values(registry).filter(({ kind }) => kind === 'observer')
    this.#all = observers.map(({ makeReading }) => ({ detector: makeReading(miss), calibrator: new Conformal() }))
  }

  /** How rare the bar is to each, against its own past. */
  opinions(observation: Observation): DetectorOpinion[] {
    return this.#all.flatMap(({ detector, calibrator }) => {
      const score = detector.score(observation)
      const pValue = score === null ? null : calibrator.pValue(score)
      return score === null || pValue === null ? [] : [opinionOf(detector.id, score, pValue)]
    })
  }

  learn(observation: Observation): void {
    for (const { detector, calibrator } of this.#all) {
      const score = detector.score(observation)
      if (score !== null) calibrator.learn(score)
      detector.learn(observation)
    }
  }

  save(): Uint8Array {
    return pack(this.#all.flatMap(({ detector, calibrator }) => [detector.save(), calibrator.save()]))
  }

  load(state: Uint8Array): void {
    const parts = unpack(state)
    this.#all.forEach(({ detector, calibrator }, i) => {
      detector.load(nth(parts, 2 * i))
      calibrator.load(nth(parts, 2 * i + 1))
    })
  }
}
