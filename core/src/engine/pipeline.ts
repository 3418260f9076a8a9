import { explain, explainGap } from '../decide/explain.ts'
import { severity } from '../decide/severity.ts'
import { worseSide } from '../detectors/residual.ts'
import { CandlewatchError } from '../errors.ts'
import type { Model } from '../forecast/artifact.ts'
import { toOutcome } from '../forecast/prices.ts'
import { formatInterval, isoDate } from '../interval.ts'
import type { Bar, Market, Ms, Pipeline, Verdict } from '../types.ts'
import { History } from './history.ts'
import { beside, Judge } from './judge.ts'
import { Outlook, type Pending } from './outlook.ts'
import { pack, unpack } from './snapshot.ts'

export interface PipelineConfig {
  readonly market: Market
  readonly intervalMs: Ms
  /** How many alarms a week the user will stand; those within six hours of one another count as one. */
  readonly alarmsPerWeek: number
}

/** Raised when what `save` writes changes its shape, so that an older program's memory is not misread. */
const layout = Uint8Array.of(3)
type Parts = [Uint8Array, Uint8Array, Uint8Array, Uint8Array]

/** What differs between verdicts; the rest is the bar itself. */
type Finding = Omit<Verdict, 'id' | 'market' | 'interval' | 'date' | 'ts' | 'bar' | 'model' | 'next'>

const silent = {
  ...{ isAnomaly: false, severity: null, lane: null, pValue: null },
  ...{ high: null, low: null, side: null, detectors: [], skill: null },
}

/**
 * One market's engine: bar in, verdict out. Scores with what it knew before the bar, then learns the bar, then forecasts
 * the next. Bars must come in order: ERR_BAR_LATE otherwise, and nothing is learned.
 */
export function makePipeline(config: PipelineConfig, model: Model): Pipeline {
  const { market, intervalMs } = config
  const interval = formatInterval(intervalMs)
  const history = new History(intervalMs, model.forecaster.lookback, model.seasonByHour)
  const outlook = new Outlook(model, intervalMs)
  const judges = {
    model: new Judge('residual', model.calibration.model, config.alarmsPerWeek, intervalMs),
    naive: new Judge('naive-residual', model.calibration.naive, config.alarmsPerWeek, intervalMs),
  }
  const modelId = { name: model.name, version: model.version }
  // Made once when a bar closes, judged when the next one does; undefined = not made yet.
  let pending: Pending | null | undefined

  function judge(bar: Bar): Finding {
    const missing = history.missingBefore(bar)
    const made = pending === undefined ? outlook.forecast(history) : pending
    if (missing > 0) return { ...silent, status: 'feed-fault', lane: 'feed', because: explainGap(missing, intervalMs) }
    if (made === null) return { ...silent, status: 'warming-up', because: warmingUp(history.wantedAfter(bar)) }
    return decide(bar, made)
  }

  function decide(bar: Bar, made: Pending): Finding {
    const { forecast, standing, skill } = made
    const opinions = {
      model: judges.model.score(made.model, standing, bar),
      naive: judges.naive.score(made.naive, standing, bar),
    }
    judges.model.learn(made.model, standing, bar)
    judges.naive.learn(made.naive, standing, bar)
    outlook.learn(made, bar)

    const driver = opinions[forecast.by]
    const pValue = driver?.pValue ?? null
    const grade = driver?.alarms ? severity(driver.pValue, driver.level) : null
    const high = toOutcome(forecast.high, bar.high)
    const low = toOutcome(forecast.low, bar.low)
    const side = worseSide(beside(forecast, standing.scale, bar))
    const isAnomaly = grade !== null
    return {
      status: pValue === null ? 'warming-up' : isAnomaly ? 'anomaly' : 'normal',
      isAnomaly,
      severity: grade,
      lane: isAnomaly ? 'market' : null,
      pValue,
      because: explain({ market, intervalMs, open: bar.open, close: bar.close, high, low, side, pValue, isAnomaly }),
      high,
      low,
      side,
      detectors: Object.values(opinions).flatMap(opinion =>
        opinion === null ? [] : [{ id: opinion.id, score: opinion.score, pValue: opinion.pValue }],
      ),
      skill,
    }
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
      const finding = judge(bar)
      history.learn(bar)
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
      pending = undefined
    },
    save: () => pack([layout, history.save(), outlook.save(), judges.model.save(), judges.naive.save()]),
    load(state) {
      const [found, past, forecasts, byModel, byNaive] = unpack(state) as [layout: Uint8Array, ...Parts]
      if (found.length !== 1 || found[0] !== layout[0]) throw otherLayout()
      history.load(past)
      outlook.load(forecasts)
      judges.model.load(byModel)
      judges.naive.load(byNaive)
      // The forecast follows from the past: it is made again when it is asked for.
      pending = undefined
    },
  }
}

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
