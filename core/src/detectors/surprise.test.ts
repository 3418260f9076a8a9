import { describe, expect, it } from 'vitest'
import { levels, targets } from '../forecast/quantiles.ts'
import { makeRng, type Rng } from '../stats/rng.ts'
import type { Quantiles, ScaledForecast } from '../types.ts'
import { detectorContract } from './contract.suite.ts'
import { lnPValues, lnTails, type Surprise, surprise } from './surprise.ts'

const wing: Quantiles = [0, 0.05, 0.25, 0.4, 0.7, 1.2, 2]
const body: Quantiles = [-2, -1, -0.3, 0, 0.3, 1, 2]
const range: Quantiles = [0.2, 0.4, 0.6, 0.9, 1.2, 2, 3]
const quantiles: ScaledForecast = { up: wing, down: wing, close: body, range, volume: body }
const medians = targets.map(target => quantiles[target][3] as number)
const came = (outcomes: readonly number[]): Surprise => ({ quantiles, outcomes })
const scoreOf = (features: Surprise) => surprise('surprise').score(features) as number

const rng = makeRng(1)
detectorContract('surprise', {
  make: () => surprise('surprise'),
  ordinary: Array.from({ length: 400 }, () => came(medians.map(x => x + 0.3 * rng.normal()))),
  flat: came([0, 0, 0, 0, 0]),
  extreme: came([0.1, 20, -18, 20, 4]),
})

const upper = (x: number, of = body) => Math.exp(lnTails(of, x).lnUpper)
const lower = (x: number, of = body) => Math.exp(lnTails(of, x).lnLower)

describe('lnTails', () => {
  it('at each quantile the lower tail is its level and the upper one the rest', () => {
    levels.forEach((level, i) => {
      expect(lower(body[i] as number)).toBeCloseTo(level, 12)
      expect(upper(body[i] as number)).toBeCloseTo(1 - level, 12)
    })
  })

  it('half-way between the .05 and the .25 quantile the tail is .15', () => {
    expect(lower(-0.65)).toBeCloseTo(0.15, 12)
    expect(upper(0.65)).toBeCloseTo(0.15, 12)
  })

  // .05 at 1 and .01 at 2: a fifth for each unit further out.
  it('beyond the outer quantiles the tail continues as between the last two: .002 at 3, .0004 at 4', () => {
    expect(upper(3)).toBeCloseTo(0.002, 12)
    expect(upper(4)).toBeCloseTo(0.0004, 12)
    expect(lower(-3)).toBeCloseTo(0.002, 12)
    expect(upper(-3)).toBeCloseTo(0.998, 12)
  })

  it('a mirrored forecast has mirrored tails', () => {
    const mirrored = wing.map(q => -q).reverse()
    for (let x = -1; x < 4; x += 0.07) {
      expect(lnTails(mirrored, -x).lnLower).toBeCloseTo(lnTails(wing, x).lnUpper, 12)
    }
  })

  it('where all quantiles coincide, that value is no surprise, and a hundredth further out .01 has become .002', () => {
    const point = levels.map(() => 0.5)
    expect(lower(0.5, point)).toBeGreaterThan(0.5)
    expect(upper(0.5, point)).toBeGreaterThan(0.5)
    expect(upper(0.51, point)).toBeCloseTo(0.002, 10)
    expect(lower(0.49, point)).toBeCloseTo(0.002, 10)
  })
})

describe('lnPValues', () => {
  const p = (outcomes: readonly number[]) => lnPValues(came(outcomes)).map(Math.exp)

  it('at the median: a half for up and down, which look up only; 1 for close, range and volume', () => {
    p(medians).forEach((x, i) => {
      expect(x).toBeCloseTo(i < 2 ? 0.5 : 1, 12)
    })
  })

  it('at the .95 quantiles: .05 for up and down, .1 two-sided for the others', () => {
    p(targets.map(t => quantiles[t][5] as number)).forEach((x, i) => {
      expect(x).toBeCloseTo(i < 2 ? 0.05 : 0.1, 12)
    })
  })

  it('a bar without any move has a range as unusual as one far too wide, and no surprise up or down', () => {
    const [up, down, , rangeP] = p([0, 0, 0, 0, 0]) as [number, number, number, number]
    expect(up).toBeGreaterThan(0.9)
    expect(down).toBeGreaterThan(0.9)
    // .01 at 0.2, .05 at 0.4: at 0 the lower tail is .002.
    expect(rangeP).toBeCloseTo(0.004, 12)
  })
})

describe('surprise', () => {
  it('the score is −2 Σ ln p: up and down at a half, the others at 1, make 4 ln 2', () => {
    expect(scoreOf(came(medians))).toBeCloseTo(4 * Math.LN2, 10)
  })

  const random = (rng: Rng): Quantiles => Array.from(levels, () => 3 * rng.normal()).sort((a, b) => a - b)
  const randomForecast = (rng: Rng): ScaledForecast => ({
    up: random(rng),
    down: random(rng),
    close: random(rng),
    range: random(rng),
    volume: random(rng),
  })
  const lnPOf = (forecast: ScaledForecast, i: number, x: number) =>
    lnPValues({ quantiles: forecast, outcomes: targets.map((_, j) => (j === i ? x : 0)) })[i] as number

  it('farther out from the median is never less surprising, on either side where both count', () => {
    const rng = makeRng(2)
    for (let round = 0; round < 50; round++) {
      const forecast = randomForecast(rng)
      targets.forEach((target, i) => {
        for (const side of i < 2 ? [1] : [1, -1]) {
          const path = Array.from({ length: 100 }, (_, step) => (forecast[target][3] as number) + side * 0.1 * step)
          const surprises = path.map(x => -lnPOf(forecast, i, x))
          const falls = surprises.filter((x, step) => step > 0 && x < (surprises[step - 1] as number) - 1e-12)
          expect(falls, `${target}, round ${round}`).toEqual([])
        }
      })
    }
  })

  it('the score has no step at a quantile', () => {
    const rng = makeRng(3)
    for (let round = 0; round < 50; round++) {
      const forecast = randomForecast(rng)
      targets.forEach((target, i) => {
        const steps = forecast[target].map(q => Math.abs(lnPOf(forecast, i, q + 1e-12) - lnPOf(forecast, i, q - 1e-12)))
        // The steepest piece of these forecasts still needs more than 1e-5 to change ln p by one.
        expect(Math.max(...steps), `${target}, round ${round}`).toBeLessThan(1e-6)
      })
    }
  })

  it.each([1e9, -1e9])('finite for outcomes of %f, under equal quantiles too', x => {
    const point = levels.map(() => 0)
    const flat: ScaledForecast = { up: point, down: point, close: point, range: point, volume: point }
    for (const forecast of [quantiles, flat]) {
      const score = scoreOf({ quantiles: forecast, outcomes: [x, x, x, x, x] })
      expect(Number.isFinite(score)).toBe(true)
      expect(score).toBeGreaterThan(1e9)
    }
  })

  it('values a thousand times farther out are still distinguished', () => {
    expect(scoreOf(came([0, 1e6, 0, 1, 0]))).toBeGreaterThan(scoreOf(came([0, 1e3, 0, 1, 0])))
  })
})
