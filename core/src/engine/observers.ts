import type { DetectorId } from '@candlewatch/api/values/detectors'
import { type Fit, FittingWindow } from '../detectors/fitted.ts'
import { type Observation, plainSizes } from '../detectors/observation.ts'
import { detectorIds, registry, type UsualMiss } from '../detectors/registry.ts'
import { first, known, nth } from '../nth.ts'
import { ByteReader, ByteWriter } from '../state/bytes.ts'
import { pack, unpack } from '../state/pack.ts'
import type { Rows } from '../stats/rows.ts'
import type { Detector, DetectorOpinion, Ms } from '../types.ts'
import { opinionOf } from './score-history.ts'

/** Says how rare a bar is to one detector; null while it has no opinion. */
interface Observer {
  readonly id: DetectorId
  opinion(observation: Observation): DetectorOpinion | null
}

/**
 * The detectors that decide nothing. Their opinions are asked for when a bar alarms or is not believed. Those that are fitted
 * to rows share the rows and are fitted only then; the others follow every bar.
 */
export class Observers {
  readonly #window = new FittingWindow()
  readonly #followers: readonly Follower[]
  readonly #all: readonly Observer[]

  constructor(miss: UsualMiss, intervalMs: Ms) {
    const observers = detectorIds.filter(id => registry[id].kind === 'observer')
    this.#all = observers.map(id => {
      const { fit, makeReading } = registry[id]
      return fit ? new Fitted(id, fit, this.#window) : new Follower(id, makeReading(miss, intervalMs))
    })
    this.#followers = this.#all.filter(one => one instanceof Follower)
  }

  /** How rare the bar is to each, against its own past. */
  opinions(observation: Observation): DetectorOpinion[] {
    return this.#all.flatMap(one => one.opinion(observation) ?? [])
  }

  learn(observation: Observation): void {
    for (const follower of this.#followers) follower.learn(observation)
    this.#window.push(plainSizes(observation))
  }

  save(): Uint8Array {
    return pack([this.#window.save(), ...this.#followers.map(follower => follower.save())])
  }

  load(state: Uint8Array): void {
    const [window, ...followers] = unpack(state)
    this.#window.load(known(window))
    this.#followers.forEach((follower, i) => {
      follower.load(nth(followers, i))
    })
  }
}

// Twelve weeks of hours.
const scoresKept = 2_000
// With fewer scores than this "one in a hundred" has no meaning.
const leastScores = 100

/** A detector that learns every bar, and its last scores. */
class Follower implements Observer {
  readonly id: DetectorId
  readonly #detector: Detector<Observation>
  readonly #scores = new Float32Array(scoresKept)
  #seen = 0

  constructor(id: DetectorId, detector: Detector<Observation>) {
    this.id = id
    this.#detector = detector
  }

  opinion(observation: Observation): DetectorOpinion | null {
    const score = this.#detector.score(observation)
    const count = Math.min(this.#seen, scoresKept)
    if (score === null || count < leastScores) return null
    const least = Math.fround(score)
    const atLeast = this.#scores.subarray(0, count).reduce((sum, one) => sum + Number(one >= least), 0)
    return opinionOf(this.id, score, (1 + atLeast) / (1 + count))
  }

  learn(observation: Observation): void {
    const score = this.#detector.score(observation)
    if (score !== null) this.#scores[this.#seen++ % scoresKept] = score
    this.#detector.learn(observation)
  }

  save(): Uint8Array {
    const scores = this.#scores.subarray(0, Math.min(this.#seen, scoresKept))
    return pack([this.#detector.save(), new ByteWriter().doubles([this.#seen]).singles(scores).bytes()])
  }

  load(state: Uint8Array): void {
    const [detector, scores] = first(unpack(state), 2)
    const from = new ByteReader(scores)
    this.#detector.load(detector)
    ;[this.#seen] = first(from.doubles(), 1)
    this.#scores.set(from.singles())
  }
}

/** A model of the last rows, and the scores of those rows. */
class Fitted implements Observer {
  readonly id: DetectorId
  readonly #fit: Fit
  readonly #window: FittingWindow
  #fitting = 0
  #score: ReturnType<Fit> = () => Number.NaN
  #scores = new Float64Array(0)

  constructor(id: DetectorId, fit: Fit, window: FittingWindow) {
    this.id = id
    this.#fit = fit
    this.#window = window
  }

  opinion(observation: Observation): DetectorOpinion | null {
    const { fitting } = this.#window
    if (fitting === 0) return null
    if (fitting !== this.#fitting) this.#refit(this.#window.rows(), fitting)
    const score = this.#score(plainSizes(observation))
    const atLeast = this.#scores.reduce((sum, one) => sum + Number(one >= score), 0)
    return opinionOf(this.id, score, (1 + atLeast) / (1 + this.#scores.length))
  }

  #refit(rows: Rows, fitting: number): void {
    const { values, count, width } = rows
    this.#score = this.#fit(rows, fitting)
    this.#scores = Float64Array.from({ length: count }, (_, i) =>
      this.#score(values.subarray(i * width, (i + 1) * width)),
    )
    this.#fitting = fitting
  }
}
