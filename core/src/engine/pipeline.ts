import { alarmLevel } from '../decide/budget.ts'
import { Conformal } from '../decide/conformal.ts'
import { explain, explainGap } from '../decide/explain.ts'
import { severity } from '../decide/severity.ts'
import { type Residual, residual, worseSide } from '../detectors/residual.ts'
import { CandlewatchError } from '../errors.ts'
import type { Model } from '../forecast/artifact.ts'
import { toOutcome } from '../forecast/prices.ts'
import { formatInterval, isoDate } from '../interval.ts'
import type { Bar, Forecast, Market, Ms, Pipeline, Verdict } from '../types.ts'
import { History } from './history.ts'
import { pack, unpack } from './snapshot.ts'

export interface PipelineConfig {
  readonly market: Market
  readonly intervalMs: Ms
  /** How many false alarms a week the user will stand. */
  readonly alarmsPerWeek: number
}

/** What differs between verdicts; the rest is the bar itself. */
type Finding = Pick<
  Verdict,
  'status' | 'isAnomaly' | 'severity' | 'lane' | 'pValue' | 'because' | 'high' | 'low' | 'side' | 'detectors'
>

const silent = {
  isAnomaly: false,
  severity: null,
  lane: null,
  pValue: null,
  high: null,
  low: null,
  side: null,
  detectors: [],
}

/**
 * One market's engine: bar in, verdict out. Scores with what it knew before the bar, then learns the bar, then forecasts
 * the next. Bars must come in order: ERR_BAR_LATE otherwise, and nothing is learned.
 */
export function makePipeline(config: PipelineConfig, model: Model): Pipeline {
  const { market, intervalMs } = config
  const interval = formatInterval(intervalMs)
  const level = alarmLevel(config.alarmsPerWeek, intervalMs)
  const history = new History(model, intervalMs)
  const detector = residual(model.calibration.residualOverScale)
  const calibrator = new Conformal(model.calibration.residual)
  const modelId = { name: model.name, version: model.version }
  // Made once when a bar closes, judged when the next one does; undefined = not made yet.
  let pending: Forecast | null | undefined

  function judge(bar: Bar): Finding {
    const missing = history.missingBefore(bar)
    const forecast = pending === undefined ? history.forecast() : pending
    if (missing > 0) return { ...silent, status: 'feed-fault', lane: 'feed', because: explainGap(missing, intervalMs) }
    if (forecast === null) return { ...silent, status: 'warming-up', because: warmingUp(history.wantedAfter(bar)) }
    return decide(bar, forecast)
  }

  function decide(bar: Bar, forecast: Forecast): Finding {
    const high = toOutcome(forecast.high, bar.high)
    const low = toOutcome(forecast.low, bar.low)
    const features: Residual = { high, low, scale: history.scale as number }
    const side = worseSide(features)
    const score = detector.score(features) as number
    const found = calibrator.pValue(score)
    const pValue = found === null ? null : Number(found.toPrecision(4))
    detector.learn(features)
    calibrator.learn(score)
    const grade = pValue === null ? null : severity(pValue, level)
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
      detectors: pValue === null ? [] : [{ id: detector.id, score: Number(score.toPrecision(6)), pValue }],
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
      pending = history.forecast()
      return {
        id: `${market}/${interval}@${bar.ts}#${model.version}`,
        market,
        interval,
        date: isoDate(bar.ts - intervalMs),
        ts: bar.ts,
        ...finding,
        bar: { open: bar.open, high: bar.high, low: bar.low, close: bar.close, volume: bar.volume },
        model: modelId,
        next: pending && { date: isoDate(bar.ts), ...pending },
      }
    },
    warmUp(bar) {
      refuseLate(bar)
      history.learn(bar)
      pending = undefined
    },
    save: () => pack([history.save(), detector.save(), calibrator.save()]),
    load(state) {
      const [past, usual, scores] = unpack(state) as [Uint8Array, Uint8Array, Uint8Array]
      history.load(past)
      detector.load(usual)
      calibrator.load(scores)
      // The forecast follows from the past: it is made again when it is asked for.
      pending = undefined
    },
  }
}

function warmingUp(wanted: number): string {
  if (wanted === 0) return 'Warming up: no forecast was made for this bar; the first one follows it.'
  return `Warming up: ${wanted === 1 ? 'one more bar is' : `${wanted} more bars are`} needed before the first forecast.`
}
