import { expect, it } from 'vitest'
import type { ScaledForecast } from '../types.ts'
import { makePipeline } from './pipeline.ts'
import { hourMs, quietMarket, steadyModel } from './rehearsal.suite.ts'

const config = { market: 'test:BTC-USD', intervalMs: hourMs, alarmsPerWeek: 1 } as const

/** Forecasts well, then nonsense for `badBars` bars, then well again. */
function moodyModel(goodBars: number, badBars: number) {
  const model = steadyModel(4)
  const good = model.forecaster.predict(new Float32Array())
  const nonsense: ScaledForecast = { ...good, up: good.up.map(x => x + 3), down: good.down.map(x => x + 3) }
  let calls = 0
  const predict = () => {
    calls++
    return calls > goodBars && calls <= goodBars + badBars ? nonsense : good
  }
  // Half of what is right for this market, so that a model in its right mind beats it.
  return { ...model, naive: { up: 0.15, down: 0.15 }, forecaster: { lookback: 4, predict } }
}

it('after weeks of larger errors the naive forecast replaces the model, the verdict says so, and the model returns later', () => {
  const pipeline = makePipeline(config, moodyModel(800, 400))
  const verdicts = quietMarket(3_000, 21).map(bar => pipeline.step(bar))
  const drivers = verdicts.map(verdict => verdict.skill?.by ?? '–')

  expect(new Set(drivers.slice(10, 800))).toEqual(new Set(['model']))
  expect(drivers.slice(800, 1_200)).toContain('naive')
  expect(drivers.at(-1)).toBe('model')
  // Over and back, once each: no flapping.
  expect(drivers.slice(10).filter((by, i, all) => i > 0 && by !== all[i - 1])).toHaveLength(2)

  const handedOver = verdicts[1_190]
  expect(handedOver?.skill?.reason).toMatchObject({ code: 'naive-better', days: 60 })
  expect(handedOver?.high?.expected).toBe(handedOver?.high?.baseline)
  expect(handedOver?.high?.model).not.toBe(handedOver?.high?.baseline)
  expect(handedOver?.next?.by).toBe('naive')
  const before = verdicts[700]
  expect(before?.high?.expected).toBe(before?.high?.model)
})

it('wrong forecasts of the model do not raise many alarms once the naive forecast is the driver', () => {
  const pipeline = makePipeline(config, moodyModel(800, 2_000))
  const verdicts = quietMarket(2_800, 22).map(bar => pipeline.step(bar))
  const driven = verdicts.filter(verdict => verdict.skill?.by === 'naive')
  expect(driven.length).toBeGreaterThan(1_000)
  expect(driven.filter(verdict => verdict.isAnomaly).length / driven.length).toBeLessThan(0.02)
})
