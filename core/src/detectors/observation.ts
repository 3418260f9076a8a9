import { outcomesOf } from '../forecast/dataset.ts'
import type { Standing } from '../forecast/prices.ts'
import type { Bar, Detector, Ms, ScaledForecast } from '../types.ts'

/** The expected high and low, quote currency. */
export type Expected = Readonly<Record<'high' | 'low', { readonly expected: number }>>

/** Everything known about a bar before it came. */
export interface Prior {
  readonly intervalMs: Ms
  readonly standing: Standing
  readonly quantiles: ScaledForecast
  readonly model: Expected
  readonly naive: Expected
}

/** A bar and everything known about it before it came. */
export interface Observation extends Prior {
  readonly bar: Bar
  /** The bar's outcomes in units of the scale known before it, in the order of `targets`. */
  readonly outcomes: readonly number[]
}

export function observationOf(bar: Bar, { intervalMs, standing, quantiles, model, naive }: Prior): Observation {
  const outcomes = outcomesOf(standing, bar)
  return { bar, intervalMs, standing, quantiles, model, naive, outcomes }
}

// An hour without trades is dull rather than infinitely strange.
const leastVolume = 1e-3

/** Log return, log range and log volume: a bar as one sees it without a forecast and without a scale of the last hours. */
export function plainSizes({ bar, standing }: Pick<Observation, 'bar' | 'standing'>): readonly number[] {
  const volume = Math.max(bar.volume, leastVolume * standing.usualVolume, Number.MIN_VALUE)
  return [Math.log(bar.close / standing.close), Math.log(bar.high / bar.low), Math.log(volume)]
}

/** A detector that reads its features from something larger. */
export function reading<Features, Whole>(
  detector: Detector<Features>,
  read: (whole: Whole) => Features,
): Detector<Whole> {
  // A bar is scored and then learned: its features are read once.
  let last: { readonly whole: Whole; readonly features: Features } | null = null
  const featuresOf = (whole: Whole) => {
    if (last?.whole !== whole) last = { whole, features: read(whole) }
    return last.features
  }
  return {
    id: detector.id,
    score: whole => detector.score(featuresOf(whole)),
    learn: whole => detector.learn(featuresOf(whole)),
    save: () => detector.save(),
    load: state => detector.load(state),
  }
}
