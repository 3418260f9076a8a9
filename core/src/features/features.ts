import type { Bar, Ms } from '../types.ts'
import type { OpeningRatios } from './opening-scale.ts'

/** What is known of a bar from the hours of its market. */
export interface BarKind {
  /** How much larger than others a bar of its kind is: an opening is compared with openings. */
  readonly ratios: OpeningRatios
  /** When the bar to come opens. */
  readonly nextOpen: Ms
  /** True if the bar to come is the first after closed hours. */
  readonly isNextOpening: boolean
  /** False for a bar in hours that mostly have none. It says nothing of the scale of the others. */
  readonly isUsual: boolean
}

/** What a forecaster looks at, made bar by bar. */
export interface Features {
  /** Numbers in a row. */
  readonly width: number
  /** S, as a log ratio; null before the first bar. */
  readonly scale: number | null
  /** EWMA of log(high/low) with a half-life of 3 bars, which the naive forecast uses; null before the first bar. */
  readonly fastRange: number | null
  /** The volume that is usual, base currency; null before the first bar. */
  readonly usualVolume: number | null
  /** Multiplies every price that it knows; log ratios stay as they are. */
  rescale(factor: number): void
  /** Takes the bar in and answers its row; null for the first bar, which has no return. */
  learn(bar: Bar, kind?: BarKind): Float32Array | null
  save(): Uint8Array
  load(state: Uint8Array): void
}

/** How wide the bars of a time of the day or the week are. */
export interface Season {
  /** The usual range of a bar that opens then, UTC, over that of all bars; above 0. */
  at(openMs: number): number
  /** Takes in the range of a bar, a log ratio. */
  learn(openMs: number, logRange: number): void
  save(): readonly number[]
  load(state: readonly number[]): void
}

/** Names the rows that a network was trained on. */
export interface FeatureSet {
  readonly name: string
  readonly version: number
  readonly features: readonly string[]
}
