import { Conformal } from '../decide/conformal.ts'
import { type Residual, residual } from '../detectors/residual.ts'
import type { ResidualCalibration } from '../forecast/artifact.ts'
import type { HighLow, Standing } from '../forecast/prices.ts'
import type { Bar, DetectorOpinion } from '../types.ts'
import { pack, unpack } from './snapshot.ts'

/** A detector and its calibrator: what a bar scores, and how rare that is. It learns of every bar, whether it drives or not. */
export class Judge {
  readonly #detector
  readonly #calibrator: Conformal

  constructor(id: string, { residualOverScale, residual: scores }: ResidualCalibration) {
    this.#detector = residual(id, residualOverScale)
    this.#calibrator = new Conformal(scores)
  }

  /** null while too few scores are known to say how rare one is. */
  score(expected: HighLow, { scale }: Standing, bar: Bar): DetectorOpinion | null {
    const score = this.#detector.score(beside(expected, scale, bar)) as number
    const pValue = this.#calibrator.pValue(score)
    return pValue === null
      ? null
      : { id: this.#detector.id, score: Number(score.toPrecision(6)), pValue: Number(pValue.toPrecision(4)) }
  }

  learn(expected: HighLow, { scale }: Standing, bar: Bar): void {
    const features = beside(expected, scale, bar)
    this.#calibrator.learn(this.#detector.score(features) as number)
    this.#detector.learn(features)
  }

  /** Oldest first. */
  get scores(): readonly number[] {
    return this.#calibrator.scores
  }

  save(): Uint8Array {
    return pack([this.#detector.save(), this.#calibrator.save()])
  }

  load(state: Uint8Array): void {
    const [detector, calibrator] = unpack(state) as [Uint8Array, Uint8Array]
    this.#detector.load(detector)
    this.#calibrator.load(calibrator)
  }
}

export function beside({ high, low }: HighLow, scale: number, bar: Bar): Residual {
  return {
    high: { actual: bar.high, expected: high.expected },
    low: { actual: bar.low, expected: low.expected },
    scale,
  }
}
