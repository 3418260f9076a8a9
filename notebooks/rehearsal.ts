import { EpisodeTracker } from '@candlewatch/core/decide/episodes'
import { History } from '@candlewatch/core/engine/history'
import { makePipeline } from '@candlewatch/core/engine/pipeline'
import { run } from '@candlewatch/core/engine/run'
import type { Model } from '@candlewatch/core/forecast/artifact'
import { type HighLow, highLow } from '@candlewatch/core/forecast/prices'
import type { PriceOutcome, ScaledForecast, Series, Step, Verdict } from '@candlewatch/core/types'

/** A bar that was judged, and the forecast that it was judged by. */
export interface Judged extends Step {
  readonly verdict: Verdict & { readonly high: PriceOutcome; readonly low: PriceOutcome; readonly pValue: number }
  /** The score of the detector that judges by the errors of the forecaster in use. */
  readonly score: number
  /** The model's own forecast, before its range was corrected. */
  readonly uncorrected: HighLow
  /** The model's quantiles of log(high / previous close) and of log(previous close / low), over S. */
  readonly quantiles: Pick<ScaledForecast, 'up' | 'down'>
  /** The outcome, in the units of the quantiles. */
  readonly came: { readonly up: number; readonly down: number }
}

/**
 * Runs the engine over a series from its first bar on, as it runs live, and records the model's forecasts before the engine
 * corrected them: a forecaster that keeps its last answer replaces the model's.
 */
export async function rehearse(model: Model, series: Series, alarmsPerWeek: number): Promise<Judged[]> {
  const { market, intervalMs, bars } = series
  let answer: ScaledForecast | null = null
  const forecaster = {
    lookback: model.forecaster.lookback,
    predict: (past: Float32Array) => (answer = model.forecaster.predict(past)),
  }
  const pipeline = makePipeline({ market, intervalMs, alarmsPerWeek }, { ...model, forecaster })
  const history = new History(intervalMs, forecaster.lookback, model.seasonByHour)
  const judged: Judged[] = []
  let made: ScaledForecast | null = null
  const write = async ([step]: readonly Step[]) => {
    const standing = history.now()?.standing
    if (step && made && standing && isJudged(step.verdict)) {
      const { close, scale } = standing
      judged.push({
        bar: step.bar,
        verdict: step.verdict,
        episodes: step.episodes,
        score: drivingScore(step.verdict),
        uncorrected: highLow(standing, made, { up: 0, down: 0 }),
        quantiles: made,
        came: { up: Math.log(step.bar.high / close) / scale, down: Math.log(close / step.bar.low) / scale },
      })
    }
    if (step) history.learn(step.bar)
    made = answer
  }
  // One bar a batch: what the forecaster last answered is then the forecast of the bar that follows.
  await run(bars, { pipeline, episodes: new EpisodeTracker() }, { write }, 1)
  return judged
}

function isJudged(verdict: Verdict): verdict is Judged['verdict'] {
  return verdict.high !== null && verdict.low !== null && verdict.pValue !== null
}

function drivingScore({ detectors, skill }: Verdict): number {
  const id = skill?.by === 'naive' ? 'naive-residual' : 'residual'
  return detectors.find(opinion => opinion.id === id)?.score ?? 0
}
