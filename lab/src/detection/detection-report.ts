import type { Detection } from '@candlewatch/core/eval/detection'
import type { InjectionKind } from '@candlewatch/core/eval/inject-kinds'
import type { Label, Lane, Severity } from '@candlewatch/core/types'

/** The numbers of the detection half of the report card. Shares that need labels are null without them. */
export interface DetectionReport extends Found {
  /** The number of episodes: alarms within the merge window of one another count once. */
  readonly alarms: number
  readonly alarmsPerWeek: number
  readonly promisedPerWeek: number
  /** The number of episodes divided by the number that the budget allows. */
  readonly realisedOverPromised: number | null
  /** null without a file of labels. */
  readonly labels: LabelCount | null
  /** Only if the labels are marks that people gave. */
  readonly marks?: MarkCount
  readonly episodes: readonly EpisodeReport[]
  /** The results of the feed detector for each kind of fault. */
  readonly injections: Injections
  /** The results of the engine for the same faults, at its own thresholds. */
  readonly engineFaults: EngineFaults
  readonly rateByMonth: Readonly<Record<string, MonthRate>>
  readonly detectors: Readonly<Record<string, DetectorReport>>
}

type Found = Omit<Detection, 'matched'>

/** Marks and episodes, counted. */
export interface MarkCount {
  /** The marks on rows of the range. */
  readonly marks: Readonly<Record<Label['mark'], number>>
  /** The episodes by their mark. */
  readonly episodes: Readonly<Record<'right' | 'wrong' | 'unmarked', number>>
  /** The share of marked episodes that are right. */
  readonly precision: number | null
}

/** How many labelled events there are. */
export interface LabelCount {
  readonly file: string
  readonly judged: number
  readonly tier1: number
  /** The start of the first event judged and the end of the last, ISO 8601 UTC; null if none was. */
  readonly from: string | null
  readonly to: string | null
  /** Events that are not wholly inside the rows judged. */
  readonly leftOut: number
}

/** One episode. Dates are opens, ISO 8601 UTC. */
export interface EpisodeReport {
  readonly start: string
  readonly peak: string
  readonly end: string
  readonly severity: Severity
  readonly lane: Lane
  readonly pValue: number
  /** The label of the event that the episode matched, or its start if the label is empty; null for none. */
  readonly matched: string | null
  /** How far the peak bar was from its forecast, in percent of the forecast; negative = below. null without a forecast. */
  readonly movePercent: number | null
  /** High minus low of the peak bar, in percent of the low. */
  readonly rangePercent: number
}

/** The alarms of one month. */
export interface MonthRate {
  readonly bars: number
  readonly episodes: number
  readonly perWeek: number
  readonly promisedPerWeek: number
  /** The share of bars with a p-value of at most 1 %; it should be 1 %. null if no bar had a p-value. */
  readonly barsBelow1Percent: number | null
}

/** The alarms of one detector at the same budget. */
export interface DetectorReport extends Found {
  readonly name: string
  readonly episodes: number
  readonly alarmsPerWeek: number
  /** Over all thresholds; bars inside labelled events are the positives. */
  readonly averagePrecision: number | null
  /** As in MonthRate, over the whole range. */
  readonly barsBelow1Percent: number | null
  /** null for the engine, which has `engineFaults`. */
  readonly injections: Injections | null
}

/** The results of a detector for each kind of fault. */
export type Injections = Readonly<Record<InjectionKind, InjectionFigures>>

/** The results of a detector for one kind of fault. */
export interface InjectionFigures extends InjectionScore {
  readonly injected: number
  /** The same with the bars of real events left out of the negatives: labelled events and the engine's own alarms. */
  readonly withoutCrashes: InjectionScore
}

/** How well a detector tells faulty bars from others. */
export interface InjectionScore {
  /** The share found at a false-alarm rate of 0.1 %. null if nothing was injected. */
  readonly recallAt001: number | null
  readonly averagePrecision: number | null
}

/** The results of the engine for injected faults. */
export interface EngineFaults {
  /** The share of original bars that the engine calls an anomaly or a feed fault. */
  readonly barsWithoutFaults: number
  readonly byKind: Readonly<Record<InjectionKind, FaultsFound>>
}

/** Shares of the faults; null if nothing was injected. */
export interface FaultsFound {
  readonly injected: number
  /** Faults of which one bar was called an anomaly or a feed fault. */
  readonly found: number | null
  /** Faults of which one bar was called a feed fault. */
  readonly asFault: number | null
}
