import { describe, expect, it } from 'vitest'
import type { Bar, Verdict } from '../types.ts'
import { badTick, FlatRuns, type Outcome, withoutTick } from './feed-state.ts'
import { makePipeline } from './pipeline.ts'
import { areSame, bar, hourMs, quietMarket, steadyModel } from './rehearsal.suite.ts'

const config = { market: 'test:BTC-USD', intervalMs: hourMs, alarmsPerWeek: 1 } as const
const flat = (hour: number) => bar(hour, { open: 100, high: 100, low: 100, close: 100, volume: 0 })
const moving = (hour: number) => bar(hour, { open: 100, high: 101, low: 99, close: 100, volume: 5 })

describe('a feed that stands still', () => {
  it('two flat bars are accepted, the third is a fault that says for how long', () => {
    const runs = new FlatRuns()
    for (let hour = 0; hour < 50; hour++) runs.learn(moving(hour))
    const found = [50, 51, 52, 53].map(hour => {
      const fault = runs.fault(flat(hour))
      runs.learn(flat(hour))
      return fault
    })
    expect(found.slice(0, 2)).toEqual([null, null])
    expect(found[2]).toEqual({ code: 'flat', bars: 3, longestBefore: 0 })
    expect(found[3]).toEqual({ code: 'flat', bars: 4, longestBefore: 0 })
  })

  it('in a thin market that is often flat for five bars, five flat bars are accepted', () => {
    const runs = new FlatRuns()
    for (let hour = 0; hour < 60; hour++) runs.learn(hour % 6 === 5 ? moving(hour) : flat(hour))
    const faults = [60, 61, 62, 63, 64, 65].map(hour => {
      const fault = runs.fault(flat(hour))
      runs.learn(flat(hour))
      return fault !== null
    })
    expect(faults).toEqual([false, false, false, false, false, true])
  })

  it('in the engine it is a fault with its evidence, never an anomaly, and later bars are judged as before', () => {
    const pipeline = makePipeline(config, steadyModel(4))
    const past = quietMarket(200, 3)
    for (const b of past) pipeline.step(b)
    const { close } = past.at(-1) as Bar
    const stuck = Array.from({ length: 8 }, (_, i) =>
      pipeline.step(bar(200 + i, { open: close, high: close, low: close, close, volume: 0 })),
    )
    expect(stuck.slice(2).map(v => v.fault?.kind)).toEqual(Array(6).fill('flat'))
    expect(stuck.every(v => !v.isAnomaly)).toBe(true)
    const after = pipeline.step(
      bar(208, { open: close, high: close * 1.004, low: close * 0.996, close: close * 1.001, volume: 100 }),
    )
    expect(after.status).toBe('normal')
  })
})

describe('a bad tick', () => {
  const outcome = (change: Partial<Bar>, volumeRatio = 1): Outcome => ({
    bar: { ...bar(0, { open: 100, high: 100.5, low: 99.5, close: 100.2, volume: 5 }), ...change },
    high: { actual: 0, expected: 100.6, lower: 100.1, upper: 101.5, baseline: 100, model: 100, absoluteError: 0 },
    low: { actual: 0, expected: 99.4, lower: 98.5, upper: 99.9, baseline: 99, model: 99, absoluteError: 0 },
    side: (change.high ?? 0) > 101 ? 'high' : 'low',
    scale: 0.01,
    volumeRatio,
  })

  it('a tenth of the price for one trade, with usual open, close and volume, is a bad tick and is cut off before learning', () => {
    const found = outcome({ low: 10 })
    expect(badTick(found)?.code).toBe('bad-tick')
    expect(withoutTick(found).low).toBe(98.5)
    expect(badTick(outcome({ high: 1_000 }))).toMatchObject({ code: 'bad-tick', side: 'high', price: 1_000 })
  })

  it('a crash that closes low, has much volume, or is no longer than eight usual bars, is not a bad tick', () => {
    expect(badTick(outcome({ low: 80, close: 85 }))).toBeNull()
    expect(badTick(outcome({ low: 80 }, 4))).toBeNull()
    expect(badTick(outcome({ low: 95 }))).toBeNull()
  })

  it('in the engine it is a feed fault, and the next bar is judged as if it had not occurred', () => {
    const pipeline = makePipeline(config, steadyModel(4))
    const past = quietMarket(200, 6)
    for (const b of past.slice(0, -1)) pipeline.step(b)
    const last = past.at(-1) as Bar
    const verdict = pipeline.step({ ...last, low: last.low / 10 })
    expect(verdict).toMatchObject({ status: 'feed-fault', lane: 'feed', isAnomaly: false, fault: { kind: 'bad-tick' } })
    expect(verdict.reason).toMatchObject({ code: 'bad-tick', side: 'low', price: last.low / 10 })
  })

  it('does not depend on the budget, nor does the learning from it', () => {
    const [none, many] = [0, 50].map(alarmsPerWeek => {
      const pipeline = makePipeline({ ...config, alarmsPerWeek }, steadyModel(4))
      const past = quietMarket(200, 6)
      for (const b of past.slice(0, -1)) pipeline.step(b)
      const last = past.at(-1) as Bar
      return { verdict: pipeline.step({ ...last, low: last.low / 10 }), memory: pipeline.save() }
    })
    const apart = ({ alarmsPerWeek, mergeMs, alarmAbove, alarmBelow, next, ...rest }: Verdict) => rest
    expect(apart(none!.verdict)).toEqual(apart(many!.verdict))
    expect(areSame(none!.memory, many!.memory)).toBe(true)
  })
})
