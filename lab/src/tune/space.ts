import { makeRng, type Rng } from '@candlewatch/core/stats/rng'

/** What a trial tries. */
export interface Configuration {
  readonly units: number
  readonly lookback: number
  readonly learningRate: number
  readonly epochs: number
  readonly batchSize: number
}

/** What `npm run train` does by default: always the first trial, so that the winner is never worse by the folds. */
export const usual: Configuration = { units: 32, lookback: 24, learningRate: 8e-3, epochs: 12, batchSize: 256 }

/** Drawn at random, which beats a grid when few of the dimensions matter (Bergstra & Bengio 2012). */
export const space = {
  // Below 8 the quantiles share too few states; above 64 an epoch costs four times as much.
  units: [8, 16, 24, 32, 48, 64],
  // In bars. What lies further back than two days reaches the model through the EWMA features.
  lookback: [6, 12, 24, 36, 48],
  // Log-uniform: the loss moves with its ratio, not its difference. Above, clipped gradients saturate.
  learningRate: { from: 1e-3, to: 3e-2 },
  // The one-cycle schedule ends at its end: a shorter training is another schedule, not a part of a longer one.
  epochs: [4, 8, 12, 16],
  // Noise against speed: on WebAssembly a step costs nearly the same whatever it holds, so that 64 takes twice as long as 128.
  batchSize: [128, 256, 512],
} as const

export const longestLookback = Math.max(...space.lookback)

/** The same seed gives the same trials, and more of them begin with the same. */
export function drawTrials(count: number, seed: number): readonly Configuration[] {
  const rng = makeRng(seed)
  return [usual, ...Array.from({ length: count - 1 }, () => draw(rng))]
}

function draw(rng: Rng): Configuration {
  const one = (values: readonly number[]) => values[Math.floor(rng.uniform() * values.length)] as number
  const { from, to } = space.learningRate
  return {
    units: one(space.units),
    lookback: one(space.lookback),
    learningRate: Number((from * (to / from) ** rng.uniform()).toPrecision(3)),
    epochs: one(space.epochs),
    batchSize: one(space.batchSize),
  }
}
