import type { Weighting } from '@candlewatch/core/forecast/loss'
import { nth } from '@candlewatch/core/nth'
import { makeRng, type Rng } from '@candlewatch/core/stats/rng'

/** The configuration of one trial. */
export interface Configuration {
  readonly units: number
  readonly lookback: number
  readonly learningRate: number
  readonly epochs: number
  readonly batchSize: number
  readonly weighting: Weighting
  /** Share of the past that the running mean of the weights keeps at each step. */
  readonly averaging: number
}

/** The default of `npm run train`. It is always the first trial, so that the winner is never worse on the folds. */
export const usual: Configuration = {
  units: 32,
  lookback: 16,
  learningRate: 0.02,
  epochs: 14,
  batchSize: 256,
  weighting: 'root scale',
  averaging: 0.997,
}

/** The space that trials are drawn from at random, which beats a grid if few dimensions matter (Bergstra & Bengio 2012). */
export const space = {
  // Below 8 the quantiles share too few states; above 64 an epoch costs four times as much.
  units: [8, 16, 24, 32, 48, 64],
  // In bars. What lies further back than two days reaches the model through the EWMA features.
  lookback: [6, 12, 16, 24, 36, 48],
  // Log-uniform: the loss moves with its ratio, not its difference. Above, clipped gradients saturate.
  learningRate: { from: 1e-3, to: 3e-2 },
  // The one-cycle schedule ends at its end: a shorter training is another schedule, not a part of a longer one.
  epochs: [4, 8, 14, 20],
  // Small batches are noise that the weights' mean takes out again; below 128 the optimiser's own arithmetic shows.
  batchSize: [128, 256, 512],
  weighting: ['scale', 'root scale'],
  // From a mean over the last hundred steps to one over the last thousand; 0 is none.
  averaging: [0, 0.99, 0.997, 0.999],
} as const

/** The longest lookback that a trial can have. */
export const longestLookback = Math.max(...space.lookback)

/** Draws trials. The same seed gives the same trials, and a longer list starts with the shorter one. */
export function drawTrials(count: number, seed: number): readonly Configuration[] {
  const rng = makeRng(seed)
  return [usual, ...Array.from({ length: count - 1 }, () => draw(rng))]
}

function draw(rng: Rng): Configuration {
  const one = <T>(values: readonly T[]) => nth(values, Math.floor(rng.uniform() * values.length))
  const { from, to } = space.learningRate
  return {
    units: one(space.units),
    lookback: one(space.lookback),
    learningRate: Number((from * (to / from) ** rng.uniform()).toPrecision(3)),
    epochs: one(space.epochs),
    batchSize: one(space.batchSize),
    weighting: one(space.weighting),
    averaging: one(space.averaging),
  }
}
