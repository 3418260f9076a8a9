import { explain, explainGap, explainUnlikely } from '../decide/explain.ts'
import { severity } from '../decide/severity.ts'
import { worseSide } from '../detectors/residual.ts'
import { CandlewatchError } from '../errors.ts'
import type { Model } from '../forecast/artifact.ts'
import { toOutcome } from '../forecast/prices.ts'
import { formatInterval, isoDate } from '../interval.ts'
import type { Bar, DetectorOpinion, FeedFault, Market, Ms, Pipeline, Verdict } from '../types.ts'
import { FeedLane, rowOf } from './feed-lane.ts'
import { asUsual, badTick, FlatRuns, type Outcome, withoutTick } from './feed-state.ts'
import { History } from './history.ts'
import { beside, Judge } from './judge.ts'
import { Outlook, type Pending } from './outlook.ts'
import { pack, unpack } from './snapshot.ts'

export interface PipelineConfig {
  readonly market: Market
  readonly intervalMs: Ms
  /** How many alarms a week the user will stand; those within six hours of one another count as one. */
  readonly alarmsPerWeek: number
  /** Of that budget, what goes to rows that are hard to believe; a tenth by default. */
  readonly feedShare?: number
}

// Faults are rarer than moves, and gaps, stuck feeds and bad ticks cost no budget at all.
const usualFeedShare = 0.1

/** Raised when what `save` writes changes its shape, so that an older program's memory is not misread. */
const layout = Uint8Array.of(3)
type Parts = [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array]

/** What differs between verdicts; the rest is the bar itself. */
type Finding = Omit<Verdict, 'id' | 'market' | 'interval' | 'date' | 'ts' | 'bar' | 'model' | 'next'>

const silent = {
  ...{ isAnomaly: false, severity: null, lane: null, pValue: null },
  ...{ fault: null, high: null, low: null, side: null, detectors: [], skill: null },
}

/**
 * One market's engine: bar in, verdict out. Scores with what it knew before the bar, then learns the bar, then forecasts
 * the next. Bars must come in order: ERR_BAR_LATE otherwise, and nothing is learned.
 */
export function makePipeline(config: PipelineConfig, model: Model): Pipeline {
  const { market, intervalMs } = config
  const interval = formatInterval(intervalMs)
  const feedShare = config.feedShare ?? usualFeedShare
  const budget = { market: config.alarmsPerWeek * (1 - feedShare), feed: config.alarmsPerWeek * feedShare }
  const history = new History(intervalMs, model.forecaster.lookback, model.seasonByHour)
  const outlook = new Outlook(model, intervalMs)
  const judges = {
    model: new Judge('residual', model.calibration.model, budget.market, intervalMs),
    naive: new Judge('naive-residual', model.calibration.naive, budget.market, intervalMs),
  }
  const feed = new FeedLane(model.calibration.feed, budget.feed, intervalMs)
  const flatRuns = new FlatRuns()
  const modelId = { name: model.name, version: model.version }
  // Made once when a bar closes, judged when the next one does; undefined = not made yet.
  let pending: Pending | null | undefined

  /** What is said of the bar, and the bar as it is to be learned. */
  function judge(bar: Bar): [finding: Finding, learned: Bar] {
    const missing = history.missingBefore(bar)
    const made = pending === undefined ? outlook.forecast(history) : pending
    if (missing > 0) return [faulty({ kind: 'gap', evidence: explainGap(missing, intervalMs) }), bar]
    if (made === null) return [{ ...silent, status: 'warming-up', because: warmingUp(history.wantedAfter(bar)) }, bar]
    const stuck = flatRuns.fault(bar)
    if (stuck) return [faulty(stuck), asUsual(bar, made.standing.scale)]
    return decide(bar, made)
  }

  function decide(bar: Bar, made: Pending): [finding: Finding, learned: Bar] {
    const { forecast, standing, skill } = made
    const opinions = {
      model: judges.model.score(made.model, standing, bar),
      naive: judges.naive.score(made.naive, standing, bar),
    }
    const heard = feed.score(rowOf(made, bar))
    const driver = opinions[forecast.by]
    const pValue = driver?.pValue ?? null
    const high = toOutcome(forecast.high, bar.high)
    const low = toOutcome(forecast.low, bar.low)
    const side = worseSide(beside(forecast, standing.scale, bar))
    const volumeRatio = bar.volume / Math.max(standing.usualVolume, Number.MIN_VALUE)
    const outcome: Outcome = { bar, high, low, side, scale: standing.scale, volumeRatio }
    const tick = driver?.alarms ? badTick(outcome) : null
    const learned = tick ? withoutTick(outcome) : bar
    learn(made, learned)

    const isAnomaly = driver?.alarms === true && tick === null
    const unlikely = heard?.lane.alarms && !driver?.alarms ? explainUnlikely(heard.lane.pValue, intervalMs) : null
    const fault: FeedFault | null = tick ?? (unlikely === null ? null : { kind: 'unlikely', evidence: unlikely })
    const detectors = [
      ...Object.values(opinions)
        .filter(opinion => opinion !== null)
        .map(plain),
      ...(heard?.opinions ?? []),
    ]
    const told = {
      market,
      intervalMs,
      open: bar.open,
      close: bar.close,
      high,
      low,
      side,
      pValue,
      isAnomaly,
      volumeRatio,
    }
    const finding: Finding = {
      status: fault ? 'feed-fault' : pValue === null ? 'warming-up' : isAnomaly ? 'anomaly' : 'normal',
      isAnomaly,
      severity: isAnomaly ? severity(driver.pValue, driver.level) : null,
      lane: isAnomaly ? 'market' : fault ? 'feed' : null,
      pValue: unlikely && heard ? heard.lane.pValue : pValue,
      because: fault?.evidence ?? explain({ ...told, by: driver?.id ?? null, opinions: detectors }),
      fault,
      high,
      low,
      side,
      detectors,
      skill,
    }
    return [finding, learned]
  }

  function learn(made: Pending, bar: Bar): void {
    judges.model.learn(made.model, made.standing, bar)
    judges.naive.learn(made.naive, made.standing, bar)
    feed.learn(rowOf(made, bar))
    outlook.learn(made, bar)
  }

  function refuseLate(bar: Bar): void {
    if (history.lastTs !== null && bar.ts <= history.lastTs) {
      const [found, newest] = [bar.ts, history.lastTs].map(ts => isoDate(ts - intervalMs))
      throw new CandlewatchError('ERR_BAR_LATE', `Expected a bar after ${newest}, got ${found}. Post bars in order.`)
    }
  }

  return {
    step(bar) {
      refuseLate(bar)
      const [finding, learned] = judge(bar)
      history.learn(learned)
      flatRuns.learn(bar)
      pending = outlook.forecast(history)
      return {
        id: `${market}/${interval}@${bar.ts}#${model.version}`,
        market,
        interval,
        date: isoDate(bar.ts - intervalMs),
        ts: bar.ts,
        ...finding,
        bar: { open: bar.open, high: bar.high, low: bar.low, close: bar.close, volume: bar.volume },
        model: modelId,
        next: pending && { date: isoDate(bar.ts), ...pending.forecast },
      }
    },
    warmUp(bar) {
      refuseLate(bar)
      history.learn(bar)
      flatRuns.learn(bar)
      pending = undefined
    },
    save: () =>
      pack([
        ...[layout, history.save(), outlook.save(), judges.model.save(), judges.naive.save()],
        ...[feed.save(), flatRuns.save()],
      ]),
    load(state) {
      const [found, past, forecasts, byModel, byNaive, rows, runs] = unpack(state) as [layout: Uint8Array, ...Parts]
      if (found.length !== 1 || found[0] !== layout[0]) throw otherLayout()
      history.load(past)
      outlook.load(forecasts)
      judges.model.load(byModel)
      judges.naive.load(byNaive)
      feed.load(rows)
      flatRuns.load(runs)
      // The forecast follows from the past: it is made again when it is asked for.
      pending = undefined
    },
  }
}

function faulty(fault: FeedFault): Finding {
  return { ...silent, status: 'feed-fault', lane: 'feed', because: fault.evidence, fault }
}

const plain = ({ id, score, pValue }: DetectorOpinion): DetectorOpinion => ({ id, score, pValue })

function otherLayout(): CandlewatchError {
  return new CandlewatchError(
    'ERR_SNAPSHOT_LAYOUT',
    'Expected the memory of an engine of this version, found that of another. Warm up from the bars instead.',
  )
}

function warmingUp(wanted: number): string {
  if (wanted === 0) return 'Warming up: no forecast was made for this bar; the first one follows it.'
  return `Warming up: ${wanted === 1 ? 'one more bar is' : `${wanted} more bars are`} needed before the first forecast.`
}
