import type { Forecast, PriceForecast, PriceOutcome, Quantiles, ScaledForecast } from '../types.ts'

/** The scaled forecast as prices in quote currency. `scale` is S, a log ratio; an interval's edges never cross its median. */
export function toPrices(
  close: number,
  scale: number,
  { up, down }: ScaledForecast,
  baseline: { high: number; low: number },
): Forecast {
  const above = (quantile: keyof Quantiles) => close * Math.exp(scale * up[quantile])
  const below = (quantile: keyof Quantiles) => close * Math.exp(-scale * down[quantile])
  return {
    high: rounded({ expected: above('median'), lower: above('lower'), upper: above('upper'), baseline: baseline.high }),
    low: rounded({ expected: below('median'), lower: below('upper'), upper: below('lower'), baseline: baseline.low }),
  }
}

export function toOutcome(forecast: PriceForecast, actual: number): PriceOutcome {
  return { actual, ...forecast, absoluteError: eightDigits(Math.abs(actual - forecast.expected)) }
}

/** What is said is what is judged: a reader can compute every verdict again from the numbers shown. */
function rounded(forecast: PriceForecast): PriceForecast {
  return {
    expected: eightDigits(forecast.expected),
    lower: eightDigits(forecast.lower),
    upper: eightDigits(forecast.upper),
    baseline: eightDigits(forecast.baseline),
  }
}

function eightDigits(x: number): number {
  return Number(x.toPrecision(8))
}
