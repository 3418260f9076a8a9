import { setImmediate } from 'node:timers/promises'
import { AlarmBudget } from '@candlewatch/core/decide/budget'
import { mergeWindow } from '@candlewatch/core/decide/merge-window'
import { move } from '@candlewatch/core/detectors/move'
import { makePipeline, warmUpBars } from '@candlewatch/core/engine/pipeline'
import { type Baseline, scaledMove } from '@candlewatch/core/eval/baselines'
import type { Model } from '@candlewatch/core/forecast/artifact'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import { nth } from '@candlewatch/core/nth'
import { dayMs, openOf, weekMs } from '@candlewatch/core/time'
import type { Bar, Ms, Series, Verdict } from '@candlewatch/core/types'
import { modelId } from '@candlewatch/core/verdict'
import { emptyRange, fitMoves } from '../report/judged-rows.ts'
import type { Range } from '../series/series.ts'
import { countByMonth, dispersionOf, firstOfEach } from './episode-counts.ts'
import { LevelCheck } from './level-check.ts'
import { priceFigures } from './price-figures.ts'
import { sharedModel } from './shared-model.ts'
import type { BudgetFigures, StreamFigures, StreamTrace } from './stream-figures.ts'
import { StreamRecord } from './stream-record.ts'

/** How a stream is judged. */
export interface StreamOptions {
  readonly range: Range
  /** The budget of the run, for all figures but those of `budgets`. */
  readonly alarmsPerWeek: number
  /** Budgets above 0 to compare with what they brought. */
  readonly budgets: readonly number[]
}

/** A stream's numbers, but for those that other streams are needed for. */
export interface JudgedStream {
  readonly figures: Omit<StreamFigures, 'file' | 'marketWide'>
  readonly trace: StreamTrace
}

// An engine that begins with nothing has to have opinions after ten days of bars; in bars, after at least as many as
// ten sessions of an hourly stock have and at most 200. Forecasts are compared after 200 bars.
const [warmUpDays, leastWarmUp, mostWarmUp] = [10, 70, 200]
const barsAtOnce = 200
const traceBeforeMs = 30 * dayMs

/**
 * Runs the engine over the range, warmed up on the rows before it: once for each budget, all of them side by side.
 * Throws ERR_RANGE_EMPTY when the range holds no row.
 */
export async function judgeStream(series: Series, model: Model, options: StreamOptions): Promise<JudgedStream> {
  const { market, intervalMs } = series
  const { alarmsPerWeek, budgets } = options
  const { before, judged } = splitAt(series, options.range)
  const rates = [...new Set([alarmsPerWeek, ...budgets])]
  const shared = sharedModel(model)
  const engines = rates.map(rate => makePipeline({ market, intervalMs, alarmsPerWeek: rate }, shared))
  const alarms = rates.map(() => new AlarmTimes())
  const control = new Control(alarmsPerWeek, intervalMs)
  const moves = fittedMoves(before, judged)
  for (const bar of before.slice(-warmUpBars)) {
    for (const engine of engines) engine.warmUp(bar)
    control.step(bar)
    moves.learn(bar)
  }
  control.alarms.length = 0
  const isFresh = before.length < mostWarmUp
  const record = new StreamRecord(intervalMs, moves, isFresh ? mostWarmUp : 0, before.at(-1)?.ts ?? null)
  for (const [at, bar] of judged.entries()) {
    const verdicts = engines.map(engine => engine.step(bar))
    verdicts.forEach((verdict, i) => {
      nth(alarms, i).add(verdict)
    })
    record.add(nth(verdicts, 0), bar)
    control.step(bar)
    // Gives the thread's messages a turn.
    if (at % barsAtOnce === 0) await setImmediate()
  }

  const [first, last] = [openOf(nth(judged, 0), intervalMs), nth(judged, judged.length - 1).ts]
  const skipped = isFresh ? Math.max(0, barsUntilWarm(judged) - before.length) : 0
  const counted = record.isJudged.slice(skipped)
  const weeks = (last - first) / weekMs
  // Time in which the engine knows too little cannot bring alarms.
  const alarmWeeks = (last - openOf(nth(judged, Math.max(0, record.isJudged.indexOf(true))), intervalMs)) / weekMs
  const own = nth(alarms, 0)
  const mergeMs = mergeWindow(alarmsPerWeek)
  const months = countByMonth(firstOfEach(own.market, mergeMs), first, last)
  const { model: byModel, naive: byNaive } = record.drivenBy
  const budgetOf = (rate: number): BudgetFigures => {
    const { market: moved, suspicious } = nth(alarms, rates.indexOf(rate))
    const mergeMs = mergeWindow(rate)
    const realisedPerWeek = (firstOfEach(moved, mergeMs).length + firstOfEach(suspicious, mergeMs).length) / alarmWeeks
    return { promisedPerWeek: rate, realisedPerWeek, realisedOverPromised: realisedPerWeek / rate }
  }
  return {
    figures: {
      market,
      interval: formatInterval(intervalMs),
      model: modelId(model),
      from: isoDate(first),
      to: isoDate(last),
      bars: judged.length,
      warmUpBars: skipped,
      judgedShare: counted.length === 0 ? null : counted.filter(Boolean).length / counted.length,
      faultsPerWeek: Object.fromEntries(Object.entries(record.faults).map(([kind, count]) => [kind, count / weeks])),
      high: priceFigures(record.misses.high),
      low: priceFigures(record.misses.low),
      naiveShare: byModel + byNaive === 0 ? null : byNaive / (byModel + byNaive),
      budgets: budgets.map(budgetOf),
      levels: {
        checked: sum(alarms.map(({ levels }) => levels.checked)),
        broken: sum(alarms.map(({ levels }) => levels.broken)),
      },
      alarmsPerWeek: firstOfEach(own.market, mergeMs).length / alarmWeeks,
      suspiciousPerWeek: firstOfEach(own.suspicious, mergeMs).length / alarmWeeks,
      months,
      dispersion: dispersionOf(months),
    },
    trace: traceOf(series, judged, own.market, control.alarms),
  }
}

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0)

function splitAt({ bars, intervalMs, name }: Series, range: Range) {
  const opens = bars.map(bar => openOf(bar, intervalMs))
  const before = bars.filter((_, i) => nth(opens, i) < range.from)
  const judged = bars.filter((_, i) => nth(opens, i) >= range.from && nth(opens, i) < range.to)
  if (judged.length === 0) throw emptyRange(name, opens, range)
  return { before, judged }
}

/** Fits the naive forecast on the rows before the range; a stream without them, on the bars whose forecasts are not compared. */
function fittedMoves(before: readonly Bar[], judged: readonly Bar[]): Baseline {
  const k = fitMoves(before.length < mostWarmUp ? [...before, ...judged.slice(0, mostWarmUp)] : before)
  return k ? scaledMove(k) : { expected: () => null, learn: () => {} }
}

function barsUntilWarm(bars: readonly Bar[]): number {
  const days = new Set<number>()
  const at = bars.findIndex(({ ts }) => days.add(Math.floor((ts - 1) / dayMs)).size > warmUpDays)
  return Math.min(mostWarmUp, Math.max(leastWarmUp, at < 0 ? bars.length : at))
}

/** Closes of the bars that alarmed at one budget, and whether its levels foretold them. */
class AlarmTimes {
  readonly levels = new LevelCheck()
  readonly market: number[] = []
  readonly suspicious: number[] = []

  add(verdict: Verdict): void {
    const { isAnomaly, fault, ts } = verdict
    this.levels.add(verdict)
    if (isAnomaly) this.market.push(ts)
    if (fault?.kind === 'unlikely') this.suspicious.push(ts)
  }
}

/** The control without a model: each bar's move over its own slow mean, with the whole budget. */
class Control {
  readonly alarms: number[] = []
  readonly #detector = move('move')
  readonly #budget: AlarmBudget
  #close: number | null = null

  constructor(alarmsPerWeek: number, intervalMs: Ms) {
    this.#budget = new AlarmBudget({ alarmsPerWeek, intervalMs, mergeMs: mergeWindow(alarmsPerWeek) })
  }

  step({ high, low, close, ts }: Bar): void {
    if (this.#close !== null) {
      const features = { high, low, previousClose: this.#close }
      const score = this.#detector.score(features)
      const { threshold } = this.#budget
      if (score !== null && threshold !== null && score >= threshold) this.alarms.push(ts)
      if (score !== null) this.#budget.learn(score, ts)
      this.#detector.learn(features)
    }
    this.#close = close
  }
}

function traceOf(
  { bars, intervalMs }: Series,
  judged: readonly Bar[],
  alarms: readonly number[],
  controlAlarms: readonly number[],
): StreamTrace {
  const [first, last] = [nth(judged, 0).ts, nth(judged, judged.length - 1).ts]
  const traced = bars.filter(({ ts }) => ts >= first - traceBeforeMs - intervalMs && ts <= last)
  return {
    intervalMs,
    ts: Float64Array.from(traced, ({ ts }) => ts),
    close: Float64Array.from(traced, ({ close }) => close),
    first,
    last,
    alarms: Float64Array.from(alarms),
    controlAlarms: Float64Array.from(controlAlarms),
  }
}
