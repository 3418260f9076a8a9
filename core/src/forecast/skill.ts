import { known } from '../nth.ts'
import { floatsFromBytes, floatsToBytes } from '../state/bytes.ts'
import { dayMs } from '../time.ts'
import type { Ms, Skill, SkillReason } from '../types.ts'

const days = 60
// Before a week of errors there is no saying who is better.
const leastDays = 7
// A week of trading has five days, and fewer bars than that are no comparison at any interval.
const leastBuckets = 5
// Bars longer than a day: as many of them as a window must have to mean anything.
const leastBars = 30
// A loss of less than one percent over 60 days is noise more often than not: in such hours the model was the better one.
const clearLoss = 1.01

/** The errors of one day, or of one bar where bars are longer: their sums, in percent of the price. */
interface Bucket {
  /** Days since 1970, UTC. */
  readonly day: number
  bars: number
  modelPercent: number
  naivePercent: number
}

/**
 * Who drives detection. The model does, until over the last 60 days its error is clearly larger than the naive
 * forecast's; it drives again once it is no longer larger. Errors are kept as sums of days, so that a market of seconds
 * needs no more memory than one of hours.
 */
export class SkillGate {
  readonly #windowDays: number
  readonly #leastDays: number
  /** Oldest first. */
  #buckets: Bucket[] = []
  #by: Skill['by'] = 'model'

  constructor(intervalMs: Ms) {
    const barDays = intervalMs / dayMs
    this.#windowDays = Math.max(days, leastBars * barDays)
    this.#leastDays = Math.max(leastDays, leastDays * barDays)
  }

  get skill(): Skill {
    const { bars, modelPercent, naivePercent } = this.#means()
    return {
      by: this.#by,
      bars,
      modelPercent: Number(modelPercent.toPrecision(5)),
      naivePercent: Number(naivePercent.toPrecision(5)),
      reason: this.#reason(bars, modelPercent, naivePercent),
    }
  }

  /** Absolute errors of the bar that closed at `ts`, in percent of the price. */
  learn(ts: Ms, modelPercent: number, naivePercent: number): void {
    const bucket = this.#bucketOf(Math.floor((ts - 1) / dayMs))
    bucket.bars++
    bucket.modelPercent += modelPercent
    bucket.naivePercent += naivePercent
    if (!this.#isCompared) return
    const means = this.#means()
    const ratio = means.modelPercent / Math.max(means.naivePercent, Number.MIN_VALUE)
    if (ratio > clearLoss) this.#by = 'naive'
    else if (ratio <= 1) this.#by = 'model'
  }

  #bucketOf(day: number): Bucket {
    const newest = this.#buckets.at(-1)
    if (newest?.day === day) return newest
    const oldest = day - this.#windowDays
    this.#buckets = this.#buckets.filter(bucket => bucket.day > oldest)
    const bucket = { day, bars: 0, modelPercent: 0, naivePercent: 0 }
    this.#buckets.push(bucket)
    return bucket
  }

  /** True once there is a week of errors. */
  get #isCompared(): boolean {
    const [oldest, newest] = [this.#buckets[0], this.#buckets.at(-1)]
    if (!oldest || !newest || this.#buckets.length < leastBuckets) return false
    return newest.day - oldest.day >= this.#leastDays - 1
  }

  #means() {
    let [bars, modelPercent, naivePercent] = [0, 0, 0]
    for (const bucket of this.#buckets) {
      bars += bucket.bars
      modelPercent += bucket.modelPercent
      naivePercent += bucket.naivePercent
    }
    const n = Math.max(1, bars)
    return { bars, modelPercent: modelPercent / n, naivePercent: naivePercent / n }
  }

  #reason(bars: number, modelPercent: number, naivePercent: number): SkillReason {
    if (!this.#isCompared) return { code: 'few-errors', bars }
    const code = this.#by === 'model' ? 'model-better' : 'naive-better'
    const [model, naive] = [modelPercent, naivePercent].map(x => Number(x.toFixed(3)))
    return { code, days: this.#windowDays, modelPercent: known(model), naivePercent: known(naive) }
  }

  save(): Uint8Array {
    const buckets = this.#buckets.flatMap(({ day, bars, modelPercent, naivePercent }) => [
      day,
      bars,
      modelPercent,
      naivePercent,
    ])
    return floatsToBytes([this.#by === 'model' ? 1 : 0, ...buckets])
  }

  load(state: Uint8Array): void {
    const [by, ...values] = floatsFromBytes(state)
    this.#by = by === 1 ? 'model' : 'naive'
    this.#buckets = Array.from({ length: values.length / 4 }, (_, i) => {
      const [day = 0, bars = 0, modelPercent = 0, naivePercent = 0] = values.slice(4 * i, 4 * i + 4)
      return { day, bars, modelPercent, naivePercent }
    })
  }
}
