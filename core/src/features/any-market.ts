import { dayMs, hourMs } from '../time.ts'
import type { Bar, Ms } from '../types.ts'
import type { BarKind, FeatureSet, Features } from './features.ts'
import { LearnedSeason } from './learned-season.ts'
import { featureSet as ofOneMarket, featureNames as ownNames, VolatilityScaled } from './volatility-scaled.ts'

const sineAt = ownNames.indexOf('hour sine')

/**
 * In this order: those of one market, with the interval and whether the next bar opens a session in place of the hour of the
 * day, which differs between markets.
 */
export const anyMarketNames = [
  ...ownNames.slice(0, sineAt),
  'log interval',
  'opens a session',
  ...ownNames.slice(sineAt + 2),
] as readonly string[]

export const anyMarketSet: FeatureSet = { name: 'any-market', version: 1, features: anyMarketNames }

// Beyond these a network would be asked for an interval that none of its series came near.
const [shortest, longest] = [60_000, dayMs]

/**
 * A bar of any market and interval: the ratios of `VolatilityScaled`, which have no unit, with a season that is learned from
 * the stream itself, how long the bars are, and whether the next one is the first after closed hours.
 */
export class AnyMarket implements Features {
  readonly width = anyMarketNames.length
  readonly #ratios: VolatilityScaled
  /** 0 for an hour, 1 for a day. */
  readonly #interval: number

  constructor(intervalMs: Ms) {
    this.#ratios = new VolatilityScaled(intervalMs, new LearnedSeason(intervalMs))
    const held = Math.max(shortest, Math.min(longest, intervalMs))
    this.#interval = Math.log(held / hourMs) / Math.log(dayMs / hourMs)
  }

  get scale(): number | null {
    return this.#ratios.scale
  }

  get fastRange(): number | null {
    return this.#ratios.fastRange
  }

  get usualVolume(): number | null {
    return this.#ratios.usualVolume
  }

  rescale(factor: number): void {
    this.#ratios.rescale(factor)
  }

  learn(bar: Bar, kind?: BarKind): Float32Array | null {
    const row = this.#ratios.learn(bar, kind)
    if (row === null) return null
    row[sineAt] = this.#interval
    row[sineAt + 1] = kind?.isNextOpening ? 1 : 0
    return row
  }

  save(): Uint8Array {
    return this.#ratios.save()
  }

  load(state: Uint8Array): void {
    this.#ratios.load(state)
  }
}

/** The mean range of each UTC hour over that of all hours, fitted on a market's training window; null: learned while it runs. */
export type SeasonByHour = readonly number[] | null

/** Makes the features of a market whose season is known, or those of any market. */
export function makeFeatures(intervalMs: Ms, seasonByHour: SeasonByHour): Features {
  return seasonByHour === null ? new AnyMarket(intervalMs) : new VolatilityScaled(intervalMs, seasonByHour)
}

/** Names the features that `makeFeatures` makes. */
export function featureSetOf(seasonByHour: SeasonByHour): FeatureSet {
  return seasonByHour === null ? anyMarketSet : ofOneMarket
}
