import type { FaultKind } from '@candlewatch/api/verdict'
import type { Interval } from '@candlewatch/core/eval/bootstrap'

/** The numbers of one stream, as a thread hands them back. Shares lie between 0 and 1; weeks are weeks of the calendar. */
export interface StreamFigures {
  readonly file: string
  readonly market: string
  readonly interval: string
  /** name@version of the model that forecast. */
  readonly model: string
  /** Open of the first and close of the last bar of the range, ISO 8601 UTC. */
  readonly from: string
  readonly to: string
  readonly bars: number
  /** Bars at the beginning that are not counted in `judgedShare`: the engine knew too little. 0 with enough rows before the range. */
  readonly warmUpBars: number
  /** The share of the later bars that got a verdict: normal, an anomaly, or a fault of the row itself. null without such bars. */
  readonly judgedShare: number | null
  /** Feed faults a week. */
  readonly faultsPerWeek: Readonly<Partial<Record<FaultKind, number>>>
  /** null if no bar had a forecast. */
  readonly high: PriceFigures | null
  readonly low: PriceFigures | null
  /** The share of bars with a forecast in which the naive forecast was the driver; null without forecasts. */
  readonly naiveShare: number | null
  /** One a budget, in the order they were asked for. */
  readonly budgets: readonly BudgetFigures[]
  /** Bars, at all budgets, of which the two prices known before them had to tell whether they alarm, and of which they did not. */
  readonly levels: { readonly checked: number; readonly broken: number }
  /** Market alarms and suspicious rows a week at the budget of the run. */
  readonly alarmsPerWeek: number
  readonly suspiciousPerWeek: number
  /** Market alarms of each calendar month that lies wholly in the range. */
  readonly months: readonly MonthAlarms[]
  /** Variance over mean of these months' counts: 1 for alarms at random. null with fewer than six months or without alarms. */
  readonly dispersion: number | null
  /** null unless several streams of this interval trade round the clock at the same time. */
  readonly marketWide: MarketWideFigures | null
}

/** The forecast of the high or of the low, by the model alone. */
export interface PriceFigures {
  readonly rows: number
  /** Mean absolute error of the model over that of the better of two naive forecasts. */
  readonly ratio: number
  /** By resampling calendar weeks; null with fewer than four. */
  readonly interval95: Interval | null
  /** The forecast that it is compared with: the one with the smaller error of the two. */
  readonly against: 'naive' | 'scaledMove'
  /** The same for the engine, which uses the naive forecast where the skill gate says so. */
  readonly engineRatio: number
  /** The share of outcomes inside the 90 % range. */
  readonly coverage90: number
  /** The same over opening bars, the first ones after an absence; null without such bars. */
  readonly openingCoverage90: number | null
  readonly openings: number
}

/** Promised and realised alarms at one budget. */
export interface BudgetFigures {
  readonly promisedPerWeek: number
  /** Market alarms and suspicious rows together. */
  readonly realisedPerWeek: number
  readonly realisedOverPromised: number
}

/** The alarms of one calendar month, UTC. */
export interface MonthAlarms {
  readonly month: string
  readonly alarms: number
}

/** How many moves of the whole market one stream's alarms found. */
export interface MarketWideFigures {
  readonly events: number
  readonly found: number
  /** The events found by the control without a model, at the same budget. */
  readonly foundByControl: number
  /** Alarms of the control a week. */
  readonly controlPerWeek: number
}

/** What the comparison over several streams needs of one. Times are closes, epoch ms, oldest first. */
export interface StreamTrace {
  readonly intervalMs: number
  /** Closes of all bars from 30 days before the range on. */
  readonly ts: Float64Array
  readonly close: Float64Array
  /** First and last close of the range. */
  readonly first: number
  readonly last: number
  /** Bars that alarmed: those of the engine's market lane, and those of the control. */
  readonly alarms: Float64Array
  readonly controlAlarms: Float64Array
}
