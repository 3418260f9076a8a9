import type { TradingCalendar } from '@candlewatch/api/trading-calendar'
import { detectorIds } from '../detectors/registry.ts'
import { CandlewatchError } from '../errors.ts'
import type { Model } from '../forecast/artifact.ts'
import { formatInterval, isoDate } from '../interval.ts'
import { first } from '../nth.ts'
import { pack, unpack } from '../state/pack.ts'
import { openOf } from '../time.ts'
import type { Bar, FaultReason, Pipeline, Verdict } from '../types.ts'
import { Breaks } from './breaks.ts'
import { asUsual, FlatRuns, Repeats } from './feed-state.ts'
import { History } from './history.ts'
import { type Finding, Lanes, type LanesConfig } from './lanes.ts'
import { Outlook, type Pending } from './outlook.ts'

export interface PipelineConfig extends LanesConfig {
  /** The hours of the market; learned from its bars where none are given. */
  readonly calendar?: TradingCalendar
}

/** Raised when detectors judge otherwise, or when `save` has another shape. */
const layout = 6

/** Names what a snapshot holds: it follows from the detectors and the layout, so that no other memory is misread. */
export const engineVersion = hashOf(`${layout} ${detectorIds.join(' ')}`)
const version = new Uint8Array(Uint32Array.of(engineVersion).buffer)

/** True for a version whose engine judged as this one does. */
export const judgesAlike = (other: number) => other === engineVersion

/** Bars that a fresh engine warms up with: five half-lives of its slowest mean, and two seconds' work. */
export const warmUpBars = 5_000

const silent = {
  isAnomaly: false,
  severity: null,
  lane: null,
  pValue: null,
  fault: null,
  high: null,
  low: null,
  side: null,
  alarmAbove: null,
  alarmBelow: null,
  detectors: [],
  skill: null,
}

/**
 * One market's engine: bar in, verdict out. Scores with what it knew before the bar, then learns the bar, then forecasts
 * the next. Bars must come in order: ERR_BAR_LATE otherwise, and nothing is learned.
 *
 * @example
 * const pipeline = makePipeline({ market, intervalMs, alarmsPerWeek: 1 }, model)
 * for (const bar of past) pipeline.warmUp(bar)
 * const { status, reason } = pipeline.step(bar)
 */
export function makePipeline(config: PipelineConfig, model: Model): Pipeline {
  const { market, intervalMs } = config
  const interval = formatInterval(intervalMs)
  const history = new History(intervalMs, model.forecaster.lookback, model.seasonByHour, config.calendar)
  const outlook = new Outlook(model, intervalMs)
  const lanes = new Lanes(model, config)
  const flatRuns = new FlatRuns()
  const repeats = new Repeats()
  const breaks = new Breaks()
  const modelId = { name: model.name, version: model.version }
  // Made once when a bar closes, judged when the next one does; undefined = not made yet.
  let pending: Pending | null | undefined

  /** Judges the bar and returns it as it is to be learned. */
  function judge(bar: Bar): [finding: Finding, learned: Bar] {
    const missing = history.missingBefore(bar)
    const made = forecastOf(bar)
    if (missing > 0) {
      const gap = { code: 'gap', missing, intervalMs } as const
      breaks.learnFault(bar, gap)
      return [faulty(gap), bar]
    }
    if (made === null) {
      const barsNeeded = history.wantedAfter(bar)
      return [{ ...silent, status: 'warming-up', reason: { code: 'warming-up', barsNeeded } }, bar]
    }
    const fault = faultOf(bar, made)
    if (fault) return [faulty(fault), learnFault(bar, fault, made)]
    const { finding, learned } = lanes.judge(bar, made)
    learn(learned, made, learned === bar)
    return [finding, learned]
  }

  /** Learns what `judge` does, without a finding, and returns the bar as it is to be learned. */
  function study(bar: Bar): Bar {
    const missing = history.missingBefore(bar)
    const made = missing > 0 ? null : forecastOf(bar)
    if (missing > 0) breaks.learnFault(bar, { code: 'gap', missing, intervalMs })
    if (made === null) return bar
    const fault = faultOf(bar, made)
    if (fault) return learnFault(bar, fault, made)
    const learned = lanes.learned(bar, made)
    learn(learned, made, learned === bar)
    return learned
  }

  /** The fault of a row that is not to be judged: the feed is stuck, or its prices are those of something else. */
  function faultOf(bar: Bar, { standing }: Pending): FaultReason | null {
    return repeats.fault(bar) ?? flatRuns.fault(bar) ?? breaks.fault(bar, standing)
  }

  /** Returns what is learned in the bar's place. A second row at a new level takes the past with it. */
  function learnFault(bar: Bar, fault: FaultReason, { standing }: Pending): Bar {
    const isNewLevel = fault.code === 'break' && fault.isNewLevel
    if (isNewLevel) history.rescale(breaks.rescaling(standing))
    breaks.learnFault(bar, fault)
    if (isNewLevel) return bar
    return asUsual(bar, fault.code === 'break' ? standing.close : bar.close, standing.rangeScale)
  }

  /** `isBelieved`: false for a bar that is learned in another shape than it came in. */
  function learn(bar: Bar, made: Pending, isBelieved: boolean): void {
    lanes.learn(bar, made, isBelieved)
    outlook.learn(made, bar)
    breaks.learn(bar, made.standing)
  }

  function learnRow(bar: Bar): void {
    flatRuns.learn(bar)
    repeats.learn(bar)
  }

  /** The forecast that the bar is judged by: the one made for it, or another if it opens when no bar of its kind was expected. */
  function forecastOf(bar: Bar): Pending | null {
    const openMs = openOf(bar, intervalMs)
    if (pending === null) return null
    if (pending === undefined) return outlook.forecast(history, openMs)
    const isLikeExpected = !pending.standing.isOpening && !history.absenceBefore(bar).isOpening
    return pending.openMs === openMs || isLikeExpected ? pending : outlook.forecast(history, openMs)
  }

  function nextOf(made: Pending): Verdict['next'] {
    const { above, below } = lanes.levels(made)
    return { date: isoDate(made.openMs), ...made.forecast, alarmAbove: above, alarmBelow: below }
  }

  function refuseLate(bar: Bar): void {
    const { lastTs } = history
    if (lastTs !== null && bar.ts <= lastTs) {
      const [found, newest] = [bar.ts, lastTs].map(ts => isoDate(openOf({ ts }, intervalMs)))
      throw new CandlewatchError('ERR_BAR_LATE', `Expected a bar after ${newest}, got ${found}. Post bars in order.`)
    }
  }

  return {
    get alarmsPerWeek() {
      return lanes.alarmsPerWeek
    },
    set alarmsPerWeek(alarmsPerWeek) {
      lanes.alarmsPerWeek = alarmsPerWeek
    },
    get feedShare() {
      return lanes.feedShare
    },
    set feedShare(feedShare) {
      lanes.feedShare = feedShare
    },
    get scores() {
      return lanes.scores
    },
    step(bar) {
      refuseLate(bar)
      const [finding, learned] = judge(bar)
      history.learn(learned)
      learnRow(bar)
      pending = outlook.forecast(history)
      return {
        id: `${market}/${interval}@${bar.ts}#${model.version}`,
        market,
        interval,
        date: isoDate(openOf(bar, intervalMs)),
        ts: bar.ts,
        ...finding,
        bar: { open: bar.open, high: bar.high, low: bar.low, close: bar.close, volume: bar.volume },
        alarmsPerWeek: lanes.alarmsPerWeek,
        mergeMs: lanes.mergeMs,
        feedShare: lanes.feedShare,
        model: modelId,
        next: pending && nextOf(pending),
      }
    },
    warmUp(bar) {
      refuseLate(bar)
      history.learn(study(bar))
      learnRow(bar)
      pending = undefined
    },
    save: () =>
      pack([version, history.save(), outlook.save(), lanes.save(), flatRuns.save(), repeats.save(), breaks.save()]),
    load(state) {
      const [found, ...parts] = unpack(state)
      if (String(found) !== String(version)) throw otherVersion()
      const [past, forecasts, judged, runs, repeated, broken] = first(parts, 6)
      history.load(past)
      outlook.load(forecasts)
      lanes.load(judged)
      flatRuns.load(runs)
      repeats.load(repeated)
      breaks.load(broken)
      // The forecast follows from the past: it is made again when it is asked for.
      pending = undefined
    },
  }
}

function faulty(reason: FaultReason): Finding {
  return { ...silent, status: 'feed-fault', lane: 'feed', reason, fault: { kind: reason.code } }
}

/** FNV-1a, 31 bits: a positive integer in any database. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 1
}

function otherVersion(): CandlewatchError {
  return new CandlewatchError(
    'ERR_SNAPSHOT_LAYOUT',
    'Expected the memory of an engine of this version, found that of another. Warm up from the bars instead.',
  )
}
