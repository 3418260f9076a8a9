import { nth } from '../nth.ts'
import type { Rng } from '../stats/rng.ts'

export type AnomalyKind = 'jump' | 'crash' | 'squeeze' | 'flash'

/** A move that is written over an ordinary bar. */
export interface PlannedAnomaly {
  readonly kind: AnomalyKind
  /** The log move at its furthest, over the mean range of the day before. Negative = down. */
  readonly multiple: number
  /** How much of the move has happened, at each moment of the bar (0 = open, 1 = close), by straight lines between knots. */
  readonly shape: readonly (readonly [moment: number, share: number])[]
}

const kinds: readonly AnomalyKind[] = ['jump', 'crash', 'squeeze', 'flash']

/** One anomaly in each of `count` equal stretches of the bars from `first` to `end`, in its middle: two never run together. */
export function planAnomalies(rng: Rng, first: number, end: number, count: number): Map<number, PlannedAnomaly> {
  const stretch = (end - first) / count
  const plans = new Map<number, PlannedAnomaly>()
  for (let at = 0; at < count; at++) {
    const bar = Math.floor(first + stretch * (at + 0.1 + 0.8 * rng.uniform()))
    plans.set(bar, planned(rng, nth(kinds, at % kinds.length)))
  }
  return plans
}

/** The share of the move that has happened by then. */
export function shareAt({ shape }: PlannedAnomaly, moment: number): number {
  const after = shape.findIndex(knot => knot[0] >= moment)
  if (after <= 0) return nth(shape, after === 0 ? 0 : shape.length - 1)[1]
  const [fromMoment, fromShare] = nth(shape, after - 1)
  const [toMoment, toShare] = nth(shape, after)
  return fromShare + ((toShare - fromShare) * (moment - fromMoment)) / (toMoment - fromMoment)
}

function planned(rng: Rng, kind: AnomalyKind): PlannedAnomaly {
  // Hours of market events in 2021 mostly ranged 4 to 13 times as far as the day before them.
  const size = 4.5 + 4.5 * rng.uniform()
  const start = 0.05 + 0.4 * rng.uniform()
  const up = kind === 'squeeze' || (kind === 'jump' && rng.uniform() < 0.5)
  return { kind, multiple: up ? size : -size, shape: shapeOf(kind, start, rng.uniform()) }
}

function shapeOf(kind: AnomalyKind, start: number, chance: number): PlannedAnomaly['shape'] {
  switch (kind) {
    // News: at once, and it stays.
    case 'jump':
      return knots(start, [0.04, 1], [0.5, 0.9 + 0.1 * chance])
    // Liquidations drive each other, then bargain hunters come.
    case 'crash':
      return knots(start, [0.25, 1], [0.5, 0.75 - 0.35 * chance])
    // Shorts buy back for most of the bar.
    case 'squeeze':
      return knots(start, [0.5, 1], [0.55, 0.85 + 0.15 * chance])
    // One order empties the book, which refills.
    case 'flash':
      return knots(start, [0.06, 1], [0.3, 0.1 + 0.2 * chance])
  }
}

function knots(start: number, ...later: [after: number, share: number][]): PlannedAnomaly['shape'] {
  return [[0, 0], [start, 0], ...later.map(([after, share]) => [start + after, share] as const)]
}
