import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import { isoDate } from '@candlewatch/core/interval'
import type { Bar, Ms, PriceOutcome, Verdict } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import { warmUp } from '../judging/engine.ts'
import { fakePipeline } from '../judging/fake-pipeline.suite.ts'
import { barAt, btc } from '../serving.suite.ts'
import type { OpenModel } from './model-folders.ts'
import { promotionRule } from './promotion-rule.ts'
import { trial } from './trial.ts'

const days = 24
const barsFrom = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => barAt(from + i))
const opened = (hour: number) => isoDate(barAt(hour).ts - btc.intervalMs)
const rule = promotionRule({ when: 'better', marginPercent: 0.5, alarmsPerWeek: () => 1 })
const clock = { now: () => 5 as Ms }

/** Off by so much on both prices, and alarms at these hours. Counts what it was run over. */
function model(
  version: string,
  off: number,
  alarmHours: readonly number[],
  training: object = { validationFrom: opened(0) },
) {
  const ran: { warmed: number; stepped: number } = { warmed: 0, stepped: 0 }
  const makePipeline: OpenModel['makePipeline'] = stream => {
    const pipeline = fakePipeline(stream, version)
    const price = (actual: number): PriceOutcome => {
      const expected = actual + off
      return { actual, expected, model: expected, baseline: 0, lower: 0, upper: 0, absoluteError: off }
    }
    const judged = (bar: Bar): Verdict => ({
      ...pipeline.step(bar),
      high: price(bar.high),
      low: price(bar.low),
      model: { name: 'fake', version },
      isAnomaly: alarmHours.some(hour => barAt(hour).ts === bar.ts),
    })
    return {
      ...pipeline,
      step(bar) {
        ran.stepped += 1
        return judged(bar)
      },
      warmUp(bar) {
        ran.warmed += 1
        pipeline.warmUp(bar)
      },
    }
  }
  const manifest = { name: 'fake', version, market: btc.market, interval: '1h', training }
  return { ran, open: { manifest, makePipeline } as unknown as OpenModel }
}

test('a trial of the last 30 days, after a warm-up, has the added and removed alarms with their dates, both errors, and the rule', async () => {
  const store = memoryStore()
  await store.appendWarmUp(btc, barsFrom(0, 5 * days))
  const champion = model('1', 4, [11 * days, 12 * days, 13 * days])
  const pipeline = champion.open.makePipeline(btc)
  const steps = barsFrom(5 * days, 40 * days).map(bar => ({ bar, verdict: pipeline.step(bar), episodes: [] }))
  await store.commit(btc, steps, null)
  champion.ran.stepped = 0
  const challenger = model('2', 3, [12 * days, 20 * days, 9 * days])
  const result = await trial({ store, rule, clock, warmUp }, challenger.open, champion.open)
  expect(result).toEqual({
    name: 'fake',
    challenger: '2',
    champion: '1',
    at: 5,
    from: Date.parse(opened(10 * days)),
    to: Date.parse(opened(40 * days - 1)),
    bars: 30 * days,
    more: 1,
    fewer: 2,
    challengerError: 3,
    championError: 4,
    passed: true,
    alarms: {
      challenger: [opened(12 * days), opened(20 * days)],
      champion: [opened(11 * days), opened(12 * days), opened(13 * days)],
    },
    because: 'Its error is 25.0 % lower (error 3.00 against 4.00, 2 alarms against 3).',
  })
  expect(challenger.ran).toEqual({ warmed: 10 * days, stepped: 30 * days })
  // All of it was judged by the champion already: its verdicts stand.
  expect(champion.ran.stepped).toBe(0)
  expect(await store.trials('fake')).toEqual([result])
})

test('bars that the weights were fitted on are left out, and the champion forecasts those that it did not judge', async () => {
  const store = memoryStore()
  await store.appendWarmUp(btc, barsFrom(0, 40 * days))
  const [challenger, champion] = [model('2', 4, [], { validationFrom: opened(30 * days) }), model('1', 4, [])]
  const result = await trial({ store, rule, clock, warmUp }, challenger.open, champion.open)
  expect(result).toMatchObject({ from: Date.parse(opened(30 * days)), bars: 10 * days, passed: false })
  expect(champion.ran.stepped).toBe(10 * days)
})

test('a version that was fitted again on all rows is tried only on the rows after them', async () => {
  const store = memoryStore()
  await store.appendWarmUp(btc, barsFrom(0, 40 * days))
  const refitted = { validationFrom: opened(0), refitted: true, to: opened(35 * days - 1) }
  const result = await trial({ store, rule, clock, warmUp }, model('2', 4, [], refitted).open, model('1', 4, []).open)
  expect(result).toMatchObject({ from: Date.parse(opened(35 * days)), bars: 5 * days })
})

test('without a bar that it was not trained on there is no trial', async () => {
  const store = memoryStore()
  const parts = [model('2', 4, [], { validationFrom: opened(50 * days) }).open, model('1', 4, []).open] as const
  expect(await trial({ store, rule, clock, warmUp }, ...parts)).toBeNull()
  await store.appendWarmUp(btc, barsFrom(0, 40 * days))
  expect(await trial({ store, rule, clock, warmUp }, ...parts)).toBeNull()
})

test('requests are answered while a trial runs', async () => {
  const store = memoryStore()
  await store.appendWarmUp(btc, barsFrom(0, 40 * days))
  let turns = 0
  let running = true
  const others = (async () => {
    while (running) {
      turns += 1
      await new Promise(setImmediate)
    }
  })()
  await trial({ store, rule, clock, warmUp }, model('2', 4, []).open, model('1', 4, []).open)
  running = false
  await others
  // A batch is ten bars, over two models and thirty days.
  expect(turns).toBeGreaterThan((2 * 30 * days) / 10)
})

test.each([
  ['half a percent lower', 99.5, 0, true, /^Its error is 0\.5 % lower/],
  ['a little less than that', 99.51, 0, false, /not 0\.5 % lower/],
  ['worse', 101, 0, false, /not 0\.5 % lower/],
  // Two a week over two weeks.
  ['as many alarms as twice the budget', 90, 4, true, /^Its error/],
  ['one more', 90, 5, false, /more alarms than twice the budget, 4\.0/],
] as const)('the rule, %s', (_name, challengerError, raised, passed, because) => {
  const outcome = {
    bars: 336,
    challengerError,
    championError: 100,
    spanMs: (14 * 86_400_000) as Ms,
    alarms: { challenger: Array.from({ length: raised }, (_, i) => String(i)), champion: [] },
  }
  expect(rule(outcome)).toEqual({ passed, because: expect.stringMatching(because) })
  const never = promotionRule({ when: 'never', marginPercent: 0.5, alarmsPerWeek: () => 1 })
  expect(never(outcome).passed).toBe(false)
  expect(rule({ ...outcome, bars: 99 }).passed).toBe(false)
})
