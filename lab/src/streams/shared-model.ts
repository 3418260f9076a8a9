import type { Model } from '@candlewatch/core/forecast/artifact'
import type { Forecaster, ScaledForecast } from '@candlewatch/core/types'

/**
 * Wraps a model for several engines that judge the same bars one after another: what an engine learns does not depend on its
 * budget, so that all of them ask for the same forecast, and it is made once. Another past is forecast anew.
 */
export function sharedModel(model: Model): Model {
  return { ...model, forecaster: shared(model.forecaster) }
}

function shared(forecaster: Forecaster): Forecaster {
  let last: { readonly past: Float32Array; readonly made: ScaledForecast } | null = null
  return {
    lookback: forecaster.lookback,
    predict(past) {
      if (last === null || !areEqual(last.past, past)) last = { past: past.slice(), made: forecaster.predict(past) }
      return last.made
    },
  }
}

function areEqual(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((x, i) => Object.is(x, b[i]))
}
