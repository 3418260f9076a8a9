import { known } from '../nth.ts'
import { floatsFromBytes, floatsToBytes } from '../state/bytes.ts'
import { Ring } from '../stats/ring.ts'
import { dayMs } from '../time.ts'
import type { Ms, Skill, SkillReason } from '../types.ts'

const days = 30
// Before a week of errors there is no saying who is better.
const leastDays = 7
// Once it has lost, the model must be better by half a percent: two that are equal would change places every hour.
const regainRatio = 0.995

/** Who drives detection. The model does, until over the last 30 days its error is larger than the naive forecast's. */
export class SkillGate {
  readonly #leastBars: number
  readonly #model: Ring
  readonly #naive: Ring
  #by: Skill['by'] = 'model'

  constructor(intervalMs: Ms) {
    const barsOf = (count: number) => Math.max(1, Math.round((count * dayMs) / intervalMs))
    this.#leastBars = barsOf(leastDays)
    this.#model = new Ring(barsOf(days))
    this.#naive = new Ring(barsOf(days))
  }

  get skill(): Skill {
    const [modelPercent, naivePercent] = [this.#model.mean ?? 0, this.#naive.mean ?? 0]
    const bars = this.#model.size
    return {
      by: this.#by,
      bars,
      modelPercent: Number(modelPercent.toPrecision(5)),
      naivePercent: Number(naivePercent.toPrecision(5)),
      reason: this.#reason(bars, modelPercent, naivePercent),
    }
  }

  /** Absolute errors of one bar, in percent of the price. */
  learn(modelPercent: number, naivePercent: number): void {
    this.#model.push(modelPercent)
    this.#naive.push(naivePercent)
    if (this.#model.size < this.#leastBars) return
    const ratio = known(this.#model.mean) / Math.max(known(this.#naive.mean), Number.MIN_VALUE)
    if (ratio > 1) this.#by = 'naive'
    else if (ratio < regainRatio) this.#by = 'model'
  }

  #reason(bars: number, modelPercent: number, naivePercent: number): SkillReason {
    if (bars < this.#leastBars) return { code: 'few-errors', bars }
    const code = this.#by === 'model' ? 'model-better' : 'naive-better'
    return { code, days, modelPercent: threeDecimals(modelPercent), naivePercent: threeDecimals(naivePercent) }
  }

  save(): Uint8Array {
    return floatsToBytes([this.#by === 'model' ? 1 : 0, ...this.#model.toArray(), ...this.#naive.toArray()])
  }

  load(state: Uint8Array): void {
    const [by, ...errors] = floatsFromBytes(state)
    this.#by = by === 1 ? 'model' : 'naive'
    this.#model.load(errors.slice(0, errors.length / 2))
    this.#naive.load(errors.slice(errors.length / 2))
  }
}

const threeDecimals = (x: number) => Number(x.toFixed(3))
