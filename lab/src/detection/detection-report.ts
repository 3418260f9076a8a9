import type { Detection } from '@candlewatch/core/eval/detection'
import type { InjectionKind } from '@candlewatch/core/eval/inject-kinds'
import type { Lane, Severity } from '@candlewatch/core/types'
import type { MarkCount } from './marks.ts'

/** Every number of the detection half of the report card. Shares that need labels are null without them. */
export interface DetectionReport extends Found {
  /** Episodes: alarms within six hours of one another count once. */
  readonly alarms: number
  readonly alarmsPerWeek: number
  readonly promisedPerWeek: number
  /** Episodes that came over those that the budget promised. */
  readonly realisedOverPromised: number | null
  /** null without a file of labels. */
  readonly labels: LabelCount | null
  /** Only where the labels are marks that people gave. */
  readonly marks?: MarkCount
  readonly episodes: readonly EpisodeReport[]
  /** Of the feed combination: what is found of each kind of fault. */
  readonly injections: Injections
  /** The same faults as the engine itself tells them, at its own thresholds. */
  readonly engineFaults: EngineFaults
  readonly rateByMonth: Readonly<Record<string, MonthRate>>
  readonly detectors: Readonly<Record<string, DetectorReport>>
}

type Found = Omit<Detection, 'matched'>

export interface LabelCount {
  readonly file: string
  readonly judged: number
  readonly tier1: number
  /** The first moment of the first one judged and the last of the last, ISO 8601 UTC; null when none was. */
  readonly from: string | null
  readonly to: string | null
  /** Not wholly inside the rows judged. */
  readonly leftOut: number
}

/** Dates are opens, ISO 8601 UTC. */
export interface EpisodeReport {
  readonly start: string
  readonly peak: string
  readonly end: string
  readonly severity: Severity
  readonly lane: Lane
  readonly pValue: number
  /** The label of the event that it met, its start where the label is empty; null for none. */
  readonly matched: string | null
  /** How far the peak bar left its forecast on the worse side, in percent of it; negative = below. null without a forecast. */
  readonly movePercent: number | null
  /** High less low of the peak bar, in percent of the low. */
  readonly rangePercent: number
}

export interface MonthRate {
  readonly bars: number
  readonly episodes: number
  readonly perWeek: number
  readonly promisedPerWeek: number
  /** The share of bars with p at or below 1 %, which is what it promises. null where no bar had a p-value. */
  readonly barsBelow1Percent: number | null
}

export interface DetectorReport extends Found {
  readonly name: string
  readonly episodes: number
  readonly alarmsPerWeek: number
  /** Over the whole curve of scores: bars inside labelled events are the positives. */
  readonly averagePrecision: number | null
  /** As the months have it, over the whole range. */
  readonly barsBelow1Percent: number | null
  /** null for the engine: see `engineFaults`. */
  readonly injections: Injections | null
}

export type Injections = Readonly<Record<InjectionKind, InjectionFigures>>

export interface InjectionFigures extends InjectionScore {
  readonly injected: number
  /** The same, with the bars of real events left out of the negatives: labelled ones, and the engine's own alarms. */
  readonly withoutCrashes: InjectionScore
}

export interface InjectionScore {
  /** The share found at a false-alarm rate of 0.1 %. null where nothing was injected. */
  readonly recallAt001: number | null
  readonly averagePrecision: number | null
}

export interface EngineFaults {
  /** The share of bars, as they came, that it calls an anomaly or a feed fault. */
  readonly barsWithoutFaults: number
  readonly byKind: Readonly<Record<InjectionKind, FaultsFound>>
}

/** Shares of the faults; null where nothing was injected. */
export interface FaultsFound {
  readonly injected: number
  /** Called an anomaly or a feed fault on one of its bars. */
  readonly found: number | null
  /** Called a feed fault. */
  readonly asFault: number | null
}
