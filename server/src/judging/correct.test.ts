import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import { expect, test } from 'vitest'
import { barAt, btc } from '../serving.suite.ts'
import { fakePipeline } from './fake-pipeline.suite.ts'
import { makeLive } from './live.ts'

test('while bars are judged again, other requests get their turn every few bars', async () => {
  const store = memoryStore()
  let steps = 0
  const live = makeLive({
    store,
    commits: store,
    currentModel: () => ({
      id: 'fake@1',
      makePipeline(stream) {
        const pipeline = fakePipeline(stream)
        const step: typeof pipeline.step = bar => {
          steps += 1
          return pipeline.step(bar)
        }
        return { ...pipeline, step }
      },
    }),
    budget: () => ({ alarmsPerWeek: 1, feedShare: 0.1 }),
    publish: () => {},
  })
  await live.answer(
    btc,
    Array.from({ length: 600 }, (_, hour) => barAt(hour)),
  )

  let [most, before, ended] = [0, steps, false]
  function turn() {
    most = Math.max(most, steps - before)
    before = steps
    if (!ended) setImmediate(turn)
  }
  turn()
  await live.correct(btc, { ...barAt(10), volume: 8 }, 'volume of another market')
  ended = true
  turn()
  expect(most).toBeLessThanOrEqual(20)
})
