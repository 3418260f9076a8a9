import { mergeWindow } from '../decide/merge-window.ts'
import { registry } from '../detectors/registry.ts'
import { missOf, outside } from '../detectors/residual.ts'
import { sizesOf } from '../detectors/sizes.ts'
import type { Calibration, FeedCalibration, Model } from '../forecast/artifact.ts'
import { type HighLow, type Standing, toOutcome } from '../forecast/prices.ts'
import { openOf } from '../time.ts'
import type { Bar, Ms, PriceOutcome } from '../types.ts'
import { History } from './history.ts'
import { Judge } from './judge.ts'
import { Outlook } from './outlook.ts'

/** A validation bar and the forecast that was made for it. */
export interface JudgedBar {
  readonly high: PriceOutcome
  readonly low: PriceOutcome
}

const scoresKept = 2_000
// Stands in for the usual miss over S until a week of bars has shown it; scores before that are not kept.
const firstGuess = 0.5
const settlingBars = 168

/**
 * Runs a fresh model over bars that no weight was fitted on, as the engine will, from `bars[first]` on, and keeps the
 * scores that its p-values and ranges start from. The bars before warm it up.
 */
export function calibrate(
  model: Omit<Model, 'calibration'>,
  bars: readonly Bar[],
  first: number,
  intervalMs: Ms,
): { readonly calibration: Calibration; readonly judged: readonly JudgedBar[] } {
  const nothing = { residualOverScale: firstGuess, residual: [] }
  const empty = { up: [], down: [] }
  const blank: Calibration = {
    model: nothing,
    naive: nothing,
    feed: [],
    intervals: { model: empty, naive: empty },
  }
  const history = new History(intervalMs, model.forecaster.lookback, model.seasonByHour)
  const outlook = new Outlook({ ...model, calibration: blank }, intervalMs)
  const noBudget = { alarmsPerWeek: 0, intervalMs, mergeMs: mergeWindow(0) }
  const judges = {
    model: new Judge(registry.residual.make(blank, intervalMs), [], noBudget),
    naive: new Judge(registry['naive-residual'].make(blank, intervalMs), [], noBudget),
  }
  const feed: FeedCalibration[number][] = []
  const scores = { model: [] as number[], naive: [] as number[] }
  const misses = { model: [] as number[], naive: [] as number[] }
  const judged: JudgedBar[] = []

  bars.forEach((bar, i) => {
    const pending =
      i >= first && history.missingBefore(bar) === 0 ? outlook.forecast(history, openOf(bar, intervalMs)) : null
    if (pending) {
      for (const by of ['model', 'naive'] as const) {
        misses[by].push(missOverScale(pending[by], pending.standing, bar))
        scores[by].push(judges[by].score(pending[by], pending.standing, bar))
        judges[by].learn(pending[by], pending.standing, bar, true)
      }
      judged.push({ high: toOutcome(pending.forecast.high, bar.high), low: toOutcome(pending.forecast.low, bar.low) })
      const { range, wick, move, volume } = sizesOf(pending.standing, pending.scaled.model, bar)
      feed.push([threeDecimals(range), threeDecimals(wick), threeDecimals(move), threeDecimals(volume)])
      outlook.learn(pending, bar)
    }
    history.learn(bar)
  })

  const of = (by: 'model' | 'naive') => ({
    residualOverScale: Number(mean(misses[by]).toPrecision(6)),
    residual: short(scores[by].slice(settlingBars).slice(-scoresKept)),
  })
  const { intervals } = outlook
  const shortened = (by: 'model' | 'naive') => ({ up: short(intervals[by].up), down: short(intervals[by].down) })
  return {
    calibration: {
      model: of('model'),
      naive: of('naive'),
      intervals: { model: shortened('model'), naive: shortened('naive') },
      feed: feed.slice(-scoresKept),
    },
    judged,
  }
}

function missOverScale(expected: HighLow, standing: Standing, bar: Bar): number {
  return Math.abs(outside(missOf(expected, standing, bar))) / standing.scale
}

const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / Math.max(1, values.length)

/** Six digits are plenty, and make a manifest that can be read. */
const short = (values: readonly number[]) => values.map(x => Number(x.toPrecision(6)))

/** Natural logarithms rounded to a tenth of a percent. */
const threeDecimals = (x: number) => Number(x.toFixed(3))
