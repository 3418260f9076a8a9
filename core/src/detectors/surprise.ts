import { levels, targets } from '../forecast/quantiles.ts'
import { nth } from '../nth.ts'
import { fisher } from '../stats/p-values.ts'
import type { Detector, Quantiles, ScaledForecast } from '../types.ts'

/** A forecast and its outcome: `outcomes` in the order of `targets`, in the units of the forecast. */
export interface Surprise {
  readonly quantiles: Pick<ScaledForecast, (typeof targets)[number]>
  readonly outcomes: readonly number[]
}

/** Natural logarithms, because far out a probability is a 0 to a double. */
export interface LnTails {
  /** ln P(X ≤ x) */
  readonly lnLower: number
  /** ln P(X ≥ x) */
  readonly lnUpper: number
}

// A high that barely rises is no news, because a fall shows in `down` and a bar without any move in `range`.
const upperOnly: ReadonlySet<keyof ScaledForecast> = new Set(['up', 'down'])
// Quantiles may coincide; their tail then falls as steeply as if they lay a hundredth of S apart (volume: 1 %).
const floorSpacing = 0.01

/**
 * How improbable the bar was under the forecast's own quantiles: the tail probabilities of all five targets, combined
 * by Fisher's method, −2 Σ ln p. It has no state. The targets depend on each other, so the score orders bars and its p-value
 * is for a calibrator to say.
 */
export function surprise(id: string): Detector<Surprise> {
  return {
    id,
    score: features => fisher(lnPValues(features)),
    learn() {},
    save: () => new Uint8Array(0),
    load() {},
  }
}

/** ln p of each target, in the order of `targets`, never above 0: one-sided for up and down, two-sided for the others. */
export function lnPValues({ quantiles, outcomes }: Surprise): number[] {
  return targets.map((target, i) => {
    const x = nth(outcomes, i)
    if (upperOnly.has(target)) return lnAtLeast(quantiles[target], x)
    const { lnLower, lnUpper } = lnTails(quantiles[target], x)
    return Math.min(0, Math.LN2 + Math.min(lnLower, lnUpper))
  })
}

/**
 * Both tails at `x` of the distribution that the quantiles stand for. Between two of them the quantile function is a
 * straight line. Beyond the outer ones the tail is the exponential through the last two: above q₉₉
 * P(X ≥ x) = .01 · exp(−λ (x − q₉₉)) with λ = ln(.05 / .01) / max(q₉₉ − q₉₅, floor), and the same below q₀₁.
 */
export function lnTails(quantiles: Quantiles, x: number): LnTails {
  return { lnLower: lnAtMost(quantiles, x), lnUpper: lnAtLeast(quantiles, x) }
}

const lnFirstLevel = Math.log(levels[0])
const lnLevelRatio = Math.log(levels[1] / levels[0])
const rateOver = (spacing: number) => lnLevelRatio / Math.max(spacing, floorSpacing)
const last = levels.length - 1

/** ln P(X ≤ x). */
function lnAtMost(q: Quantiles, x: number): number {
  const [lowest, highest] = [nth(q, 0), nth(q, last)]
  if (x < lowest) return lnFirstLevel - rateOver(nth(q, 1) - lowest) * (lowest - x)
  if (x >= highest) return Math.log1p(-levels[0] * Math.exp(-rateOver(highest - nth(q, last - 1)) * (x - highest)))
  // The last quantile not above x: where several coincide, all of their probability lies at or below it.
  let i = last - 1
  while (nth(q, i) > x) i--
  const [level, below] = [nth(levels, i), nth(q, i)]
  return Math.log(level + ((nth(levels, i + 1) - level) * (x - below)) / (nth(q, i + 1) - below))
}

/** ln P(X ≥ x): the same from the other side, because the levels lie evenly around a half. */
function lnAtLeast(q: Quantiles, x: number): number {
  const [lowest, highest] = [nth(q, 0), nth(q, last)]
  if (x > highest) return lnFirstLevel - rateOver(highest - nth(q, last - 1)) * (x - highest)
  if (x <= lowest) return Math.log1p(-levels[0] * Math.exp(-rateOver(nth(q, 1) - lowest) * (lowest - x)))
  let i = 1
  while (nth(q, i) < x) i++
  const [level, above] = [nth(levels, last - i), nth(q, i)]
  return Math.log(level + ((nth(levels, last - i + 1) - level) * (above - x)) / (above - nth(q, i - 1)))
}
