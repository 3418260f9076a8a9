import { AlarmBudget } from '../decide/budget.ts'
import { Conformal } from '../decide/conformal.ts'
import { surprise } from '../detectors/surprise.ts'
import type { FeedCalibration } from '../forecast/artifact.ts'
import { outcomesOf } from '../forecast/dataset.ts'
import { fisher } from '../stats/fisher.ts'
import { MixtureDensity } from '../stats/mixture.ts'
import type { Bar, Detector, DetectorOpinion, Ms, ScaledForecast } from '../types.ts'
import { type Judgement, judgementOf, opinionOf } from './judge.ts'
import type { Pending } from './outlook.ts'
import { pack, unpack } from './snapshot.ts'

/** What was forecast of a bar, and what came: up, down, close, range and volume as `outcomesOf` has them. */
export interface Row {
  readonly quantiles: ScaledForecast
  readonly outcomes: readonly number[]
}

export function rowOf({ scaled, standing }: Pending, bar: Bar): Row {
  return { quantiles: scaled.model, outcomes: outcomesOf(standing.close, standing.scale, standing.usualVolume, bar) }
}

/**
 * Is this row believable at all? Two witnesses: how improbable it is under the forecast's quantiles, and how unlike any bar
 * of the training rows it is in shape (a Gaussian mixture over its outcomes). Each gets its own p-value, Fisher's method
 * makes one number of the two, and that has its own calibration and its own share of the budget.
 */
export class FeedLane {
  readonly #witnesses: readonly { readonly detector: Detector<Row>; readonly calibrator: Conformal }[]
  readonly #calibrator: Conformal
  readonly #budget: AlarmBudget

  constructor({ mixture, scores }: FeedCalibration, alarmsPerWeek: number, intervalMs: Ms) {
    const detectors = [surprise('surprise'), ...(mixture ? [shape(new MixtureDensity(mixture))] : [])]
    this.#witnesses = detectors.map((detector, i) => ({ detector, calibrator: new Conformal(scores.witnesses[i]) }))
    this.#calibrator = new Conformal(scores.both)
    this.#budget = new AlarmBudget(alarmsPerWeek, intervalMs, scores.both)
  }

  set alarmsPerWeek(alarmsPerWeek: number) {
    this.#budget.alarmsPerWeek = alarmsPerWeek
  }

  /** The lane's judgement and what each witness says; null while too few scores are known. */
  score(row: Row): { readonly lane: Judgement; readonly opinions: readonly DetectorOpinion[] } | null {
    const heard = this.#hear(row)
    const both = combined(heard)
    const lane = both === null ? null : judgementOf('feed', both, this.#calibrator, this.#budget)
    return lane && { lane, opinions: heard.map(({ id, score, pValue }) => opinionOf(id, score, pValue as number)) }
  }

  learn(row: Row): void {
    const heard = this.#hear(row)
    const both = combined(heard)
    this.#witnesses.forEach(({ calibrator }, i) => {
      calibrator.learn(heard[i]?.score as number)
    })
    if (both === null) return
    this.#calibrator.learn(both)
    this.#budget.learn(both)
  }

  #hear(row: Row) {
    return this.#witnesses.map(({ detector, calibrator }) => {
      const score = detector.score(row) as number
      return { id: detector.id, score, pValue: calibrator.pValue(score) }
    })
  }

  /** For the artifact of a model that is being calibrated. */
  get scores(): FeedCalibration['scores'] {
    return {
      witnesses: this.#witnesses.map(({ calibrator }) => [...calibrator.scores]),
      both: [...this.#calibrator.scores],
    }
  }

  save(): Uint8Array {
    return pack([
      this.#calibrator.save(),
      this.#budget.save(),
      ...this.#witnesses.map(({ calibrator }) => calibrator.save()),
    ])
  }

  load(state: Uint8Array): void {
    const [calibrator, budget, ...witnesses] = unpack(state) as [Uint8Array, Uint8Array, ...Uint8Array[]]
    this.#calibrator.load(calibrator)
    this.#budget.load(budget)
    this.#witnesses.forEach((witness, i) => {
      witness.calibrator.load(witnesses[i] as Uint8Array)
    })
  }
}

function combined(heard: readonly { readonly pValue: number | null }[]): number | null {
  const known = heard.map(({ pValue }) => pValue).filter(pValue => pValue !== null)
  return known.length < heard.length ? null : fisher(known.map(Math.log))
}

/** How unlike the training rows' bars this one is: minus the log of their density at it. Without state. */
function shape(density: MixtureDensity): Detector<Row> {
  return {
    id: 'mixture',
    score: ({ outcomes }) => -density.logLikelihood(Float64Array.from(outcomes), 0),
    learn() {},
    save: () => new Uint8Array(0),
    load() {},
  }
}
