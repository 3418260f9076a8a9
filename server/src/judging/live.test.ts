import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import type { Store } from '@candlewatch/adapters/stores/store'
import type { SequencedVerdict } from '@candlewatch/adapters/stores/verdicts'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Ms } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import { barAt, btc } from '../serving.suite.ts'
import type { CurrentModel } from './engine.ts'
import { fakePipeline, fakeText } from './fake-pipeline.suite.ts'
import { type LiveParts, makeLive } from './live.ts'

const barsFrom = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => barAt(from + i))

type Changes = Partial<Omit<LiveParts, 'currentModel'>> & {
  makePipeline?: CurrentModel['makePipeline']
  model?: () => string
}

function liveOn(
  store: Store,
  { makePipeline = (of: typeof btc) => fakePipeline(of), model = () => 'fake@1', ...parts }: Changes = {},
) {
  const published: SequencedVerdict[] = []
  const live = makeLive({
    store,
    commits: store,
    currentModel: () => ({ id: model(), makePipeline }),
    budget: () => ({ alarmsPerWeek: 1, feedShare: 0.1 }),
    publish: (_stream, committed) => void published.push(...committed),
    ...parts,
  })
  return { live, published }
}

test('without a snapshot the engine warms up over the stored bars and saves a first snapshot', async () => {
  const store = memoryStore()
  await store.appendWarmUp(btc, barsFrom(0, 120))
  const { live } = liveOn(store)
  const [verdict] = await live.answer(btc, [barAt(120)])
  expect(fakeText(verdict)).toMatch(/^step 1, warm-up 120,/)
  expect((await store.snapshot(btc, 'fake@1'))?.ts).toBe(barAt(119).ts)
})

test('an engine that has learned nothing needs no snapshot, and continues after a restart as if it had never stopped', async () => {
  const store = memoryStore()
  await liveOn(store).live.answer(btc, [barAt(0)])
  expect(await store.snapshot(btc, 'fake@1')).toBeNull()
  await liveOn(store).live.answer(btc, barsFrom(1, 9))
  const [verdict] = await liveOn(store).live.answer(btc, [barAt(9)])
  expect(fakeText(verdict)).toMatch(/^step 10, warm-up 0,/)
  expect(await store.beginnings(btc)).toHaveLength(1)
})

test('a model without a snapshot whose bars were corrected begins anew', async () => {
  const store = memoryStore()
  let model = 'fake@1'
  const start = () => liveOn(store, { model: () => model }).live
  await start().answer(btc, barsFrom(0, 9))
  model = 'fake@2'
  await start().correct(btc, { ...barAt(5), volume: 8 }, 'volume of another market')
  model = 'fake@1'
  const [verdict] = await start().answer(btc, [barAt(9)])
  expect(fakeText(verdict)).toMatch(/^step 1, warm-up 9,/)
  expect((await store.snapshot(btc, 'fake@1'))?.ts).toBe(barAt(8).ts)
})

test('an engine that restarts after any bar continues exactly as if it had never stopped', async () => {
  const whole = memoryStore()
  await whole.appendWarmUp(btc, barsFrom(0, 30))
  const expected = await liveOn(whole).live.answer(btc, barsFrom(30, 90))

  const store = memoryStore()
  await store.appendWarmUp(btc, barsFrom(0, 30))
  const verdicts = []
  for (let hour = 30; hour < 90; hour += 4) {
    const { live } = liveOn(store, { barsPerSnapshot: 7 })
    verdicts.push(...(await live.answer(btc, barsFrom(hour, hour + 4))))
  }
  expect(verdicts).toEqual(expected)
})

test('a snapshot is written with every 1,024th bar, and a restart steps only over the bars after it', async () => {
  const store = memoryStore()
  const first = liveOn(store)
  for (let hour = 0; hour < 1_100; hour++) await first.live.answer(btc, [barAt(hour)])
  expect((await store.snapshot(btc, 'fake@1'))?.ts).toBe(barAt(1_023).ts)
  const loaded: number[] = []
  const second = liveOn(store, {
    makePipeline(stream) {
      const pipeline = fakePipeline(stream)
      const step: typeof pipeline.step = bar => {
        loaded.push(bar.ts)
        return pipeline.step(bar)
      }
      return { ...pipeline, step }
    },
  })
  await second.live.answer(btc, [barAt(1_100)])
  expect(loaded).toEqual(barsFrom(1_024, 1_101).map(bar => bar.ts))
})

test('commits hold at most 100 bars, and each is published only after it is stored', async () => {
  const store = memoryStore()
  const sizes: number[] = []
  const { commit } = store
  const { live, published } = liveOn(store)
  store.commit = (stream, steps, snapshot) => {
    sizes.push(steps.length)
    expect(published).toHaveLength(sizes.slice(0, -1).reduce((sum, size) => sum + size, 0))
    return commit(stream, steps, snapshot)
  }
  await live.answer(btc, barsFrom(0, 250))
  expect(sizes).toEqual([100, 100, 50])
  expect(published.map(({ seq }) => seq)).toEqual(Array.from({ length: 250 }, (_, i) => i + 1))
})

test('after a commit that fails midway the stored part stays, the rest is answered at the next try, nothing is doubled', async () => {
  const store = memoryStore()
  const { commit } = store
  const { live, published } = liveOn(store)
  let commits = 0
  store.commit = (...args) => (++commits === 2 ? Promise.reject(new Error('gone')) : commit(...args))
  await expect(live.answer(btc, barsFrom(0, 250))).rejects.toMatchObject({
    code: 'ERR_NOT_STORED',
    message: expect.stringMatching(/The first 100 of its 250 new rows are stored already\.$/),
  })
  expect(published).toHaveLength(100)
  const verdicts = await live.answer(btc, barsFrom(0, 250))
  expect(fakeText(verdicts.at(-1))).toMatch(/^step 250,/)
  expect(published.map(({ seq }) => seq)).toEqual(Array.from({ length: 250 }, (_, i) => i + 1))
})

test('known and new bars of an array are both answered, but only the new ones are stepped', async () => {
  const { live, published } = liveOn(memoryStore())
  const first = await live.answer(btc, barsFrom(0, 3))
  expect((await live.answer(btc, barsFrom(1, 6))).slice(0, 2)).toEqual(first.slice(1))
  expect(published).toHaveLength(6)
})

test('the same bar twice in one array gets the same verdict twice', async () => {
  const { live, published } = liveOn(memoryStore())
  const [first, second] = await live.answer(btc, [barAt(0), barAt(0)])
  expect(second).toEqual(first)
  expect(published).toHaveLength(1)
  await expect(live.answer(btc, [barAt(1), { ...barAt(1), low: 1 }])).rejects.toMatchObject({
    code: 'ERR_BAR_CONFLICT',
    field: 'low',
    details: { row: 1 },
  })
})

test('a warm-up bar is refused, because it has no verdict', async () => {
  const store = memoryStore()
  await store.appendWarmUp(btc, barsFrom(0, 3))
  const { live } = liveOn(store)
  await expect(live.answer(btc, [barAt(2)])).rejects.toMatchObject({ code: 'ERR_BAR_WARM_UP' })
  const changed = { ...barAt(2), close: 100 }
  await expect(live.answer(btc, [changed])).rejects.toMatchObject({ code: 'ERR_BAR_CONFLICT' })
})

test('too many waiting requests are refused at once, and those that wait are answered', async () => {
  const { live } = liveOn(memoryStore(), { maxWaiting: 2 })
  const waiting = [live.answer(btc, [barAt(0)]), live.answer(btc, [barAt(1)])]
  await expect(live.answer(btc, [barAt(2)])).rejects.toMatchObject({ code: 'ERR_BUSY' })
  expect(await Promise.all(waiting)).toHaveLength(2)
  expect(await live.answer(btc, [barAt(2)])).toHaveLength(1)
})

test('two markets have separate engines and separate orders', async () => {
  const { live } = liveOn(memoryStore())
  const eth = { ...btc, market: 'kraken:ETH-EUR' } as const
  const [a, b] = await Promise.all([live.answer(btc, barsFrom(5, 8)), live.answer(eth, [barAt(0, eth)])])
  expect([fakeText(a.at(-1)), fakeText(b[0])]).toEqual(['step 3, warm-up 0, sum 333', 'step 1, warm-up 0, sum 105'])
})

test('another model warms up over the stored bars at the next request; the first one, used again, continues as if it had judged all', async () => {
  const expected = await liveOn(memoryStore()).live.answer(btc, barsFrom(0, 40))
  const store = memoryStore()
  let model = 'fake@1'
  const { live } = liveOn(store, { model: () => model })
  await live.answer(btc, barsFrom(0, 10))
  model = 'fake@2'
  const [known] = await live.answer(btc, [barAt(9)])
  expect(known).toEqual(expected[9])
  const [first] = await live.answer(btc, [barAt(10)])
  expect(fakeText(first)).toMatch(/^step 1, warm-up 10,/)
  await live.answer(btc, barsFrom(11, 20))
  model = 'fake@1'
  expect(await live.answer(btc, barsFrom(20, 40))).toEqual(expected.slice(20))
})

test('with a long history, a model without a snapshot or with an old one warms up over the newest 5,000 bars', async () => {
  const store = memoryStore()
  await liveOn(store).live.answer(btc, [barAt(0)])
  await store.appendWarmUp(btc, barsFrom(1, 5_300))
  for (const [model, hour] of [
    ['fake@1', 5_300],
    ['fake@2', 5_301],
  ] as const) {
    const [verdict] = await liveOn(store, { model: () => model }).live.answer(btc, [barAt(hour)])
    expect(fakeText(verdict)).toMatch(/^step 1, warm-up 5000,/)
    expect((await store.snapshot(btc, model))?.ts).toBe(barAt(hour - 1).ts)
  }
})

test('while closing, new rows are refused, and close resolves when the last batch is stored', async () => {
  const store = memoryStore()
  const { live } = liveOn(store)
  await live.answer(btc, [barAt(0)])
  await live.close()
  await expect(live.answer(btc, [barAt(1)])).rejects.toMatchObject({ code: 'ERR_STOPPING' })
  expect((await store.known(btc, [barAt(1).ts as Ms])).size).toBe(0)
})

test('bars of the same market that another process stored meanwhile are refused, and taken in when they are sent again', async () => {
  const store = memoryStore()
  const expected = await liveOn(memoryStore()).live.answer(btc, barsFrom(0, 30))
  const here = liveOn(store)
  const there = liveOn(store)
  const verdicts = [...(await here.live.answer(btc, barsFrom(0, 10)))]
  await there.live.answer(btc, barsFrom(0, 20))
  await expect(here.live.answer(btc, barsFrom(10, 30))).rejects.toMatchObject({ code: 'ERR_NOT_STORED' })
  verdicts.push(...(await here.live.answer(btc, barsFrom(10, 30))))
  expect(verdicts).toEqual(expected)
})

test('with a snapshot of another version of the program the engine warms up from the bars instead', async () => {
  const store = memoryStore()
  await liveOn(store, { barsPerSnapshot: 5 }).live.answer(btc, barsFrom(0, 20))
  const { live } = liveOn(store, {
    makePipeline(stream) {
      const load = () => {
        throw new CandlewatchError('ERR_SNAPSHOT_LAYOUT', 'of another version')
      }
      return { ...fakePipeline(stream), load }
    },
  })
  const [verdict] = await live.answer(btc, [barAt(20)])
  expect(fakeText(verdict)).toMatch(/^step 1, warm-up 20,/)
  expect((await store.snapshot(btc, 'fake@1'))?.ts).toBe(barAt(19).ts)
})
