import type { FaultKind } from '@candlewatch/api/verdict'
import type { Baseline, HighLowPoint } from '@candlewatch/core/eval/baselines'
import { openOf } from '@candlewatch/core/time'
import type { Bar, Ms, PriceOutcome, Verdict } from '@candlewatch/core/types'
import type { PriceMiss } from './price-figures.ts'

/** What is noted of one engine's verdicts while it judges, so that no verdict is kept. */
export class StreamRecord {
  readonly misses: Readonly<Record<'high' | 'low', PriceMiss[]>> = { high: [], low: [] }
  readonly faults: Partial<Record<FaultKind, number>> = {}
  /** True for each bar that got a verdict; warming up and a gap before the bar are none. */
  readonly isJudged: boolean[] = []
  drivenBy = { model: 0, naive: 0 }
  readonly #intervalMs: Ms
  readonly #scaledMove: Baseline
  readonly #missesFrom: number
  #lastTs: number | null

  /** Misses are noted from bar `missesFrom` of the range on. `lastTs`: the last close before the range. */
  constructor(intervalMs: Ms, scaledMove: Baseline, missesFrom: number, lastTs: number | null) {
    this.#intervalMs = intervalMs
    this.#scaledMove = scaledMove
    this.#missesFrom = missesFrom
    this.#lastTs = lastTs
  }

  add(verdict: Verdict, bar: Bar): void {
    const { status, fault, skill, high, low } = verdict
    if (fault) this.faults[fault.kind] = (this.faults[fault.kind] ?? 0) + 1
    if (skill) this.drivenBy[skill.by]++
    const openMs = openOf(bar, this.#intervalMs)
    const isOpening = this.#lastTs !== null && openMs > this.#lastTs
    if (high && low && this.isJudged.length >= this.#missesFrom) {
      const point = this.#scaledMove.expected()
      for (const [price, outcome] of [
        ['high', high],
        ['low', low],
      ] as const) {
        this.misses[price].push({ openMs, isOpening, ...missesOf(outcome, point?.[price] ?? null) })
      }
    }
    this.isJudged.push(status !== 'warming-up' && fault?.kind !== 'gap')
    this.#scaledMove.learn(bar)
    this.#lastTs = bar.ts
  }
}

function missesOf(
  { actual, lower, upper, expected, model, baseline }: PriceOutcome,
  scaledMove: HighLowPoint['high'] | null,
) {
  return {
    isInside: actual >= lower && actual <= upper,
    model: Math.abs(actual - model),
    engine: Math.abs(actual - expected),
    naive: Math.abs(actual - baseline),
    scaledMove: scaledMove === null ? null : Math.abs(actual - scaledMove),
  }
}
