import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import type { Store } from '@candlewatch/adapters/stores/store'
import type { Training, TrainingLoss } from '@candlewatch/api/training'
import { expect, test } from 'vitest'
import { barAt, btc, eventsOf, jsonOf, serving } from '../serving.suite.ts'
import { fakeModels } from './fake-models.suite.ts'
import type { TrainingOrder } from './trainer-process.ts'
import type { TrainingsParts } from './trainings.ts'

const enough = 1_000

async function storeWith(bars: number): Promise<Store> {
  const store = memoryStore()
  await store.appendWarmUp(
    btc,
    Array.from({ length: bars }, (_, hour) => barAt(hour)),
  )
  return store
}

/** A training that the test advances step by step. */
function steered() {
  const steps: { progress: TrainingOrder['progress']; finish(): void } = { progress() {}, finish() {} }
  const train: TrainingsParts['train'] = (_champion, { progress }, stop) => {
    steps.progress = progress
    return new Promise((resolve, reject) => {
      steps.finish = () => resolve({ version: '1' })
      stop.addEventListener('abort', () => reject(new Error('told to stop')))
    })
  }
  const learn = (epoch: number) => {
    const of = { learner: 'network', number: 1, again: false, epoch } as const
    const losses: TrainingLoss[] = [{ ...of, training: 1 / epoch, validation: null }]
    steps.progress({ learning: { ...of, of: 1, epochs: 4, share: epoch / 4, losses } })
  }
  return { steps, train, learn }
}

test('a training on request is answered with 202, a second one with 409 while it runs, and a better version serves at once', async () => {
  const { steps, train } = steered()
  const { send, registry } = await serving({
    train,
    store: await storeWith(enough),
    modelsDir: await fakeModels('1', '2'),
    trial: async (challenger, champion) =>
      ({
        challenger: challenger.manifest.version,
        champion: champion.manifest.version,
        more: 0,
        fewer: 1,
        passed: true,
        because: 'Better.',
        alarms: { challenger: [], champion: [] },
      }) as never,
  })
  const answer = await send('POST', '/api/models/retrain', { size: 'quick' })
  expect(answer.status).toBe(202)
  expect(await jsonOf(answer)).toMatchObject({ state: 'running', size: 'quick', startedBy: 'hand', phase: 'reading' })
  expect(await jsonOf(send('POST', '/api/models/retrain', {}))).toMatchObject({
    status: 409,
    code: 'ERR_RETRAIN_RUNNING',
  })
  steps.finish()
  while (registry.champion().manifest.version !== '1') await new Promise(setImmediate)
})

test('too few rows are reported beforehand, and a training with them is refused', async () => {
  const { get, send } = await serving({ store: await storeWith(enough - 1) })
  const says = `Expected at least 1000 stored bars of bitstamp:BTC-USD, 1h, to learn from, found 999. A version is trained for its own market. Add more rows of that market.`
  expect(await jsonOf(get('/api/training'))).toMatchObject({
    state: 'idle',
    losses: [],
    version: null,
    next: {
      model: 'fake',
      market: 'bitstamp:BTC-USD',
      interval: '1h',
      rowsWanted: 1_000,
      refusal: says,
      rows: { bars: 999, from: '2021-01-01T00:00:00Z', to: '2021-02-11T14:00:00Z' },
    },
  })
  expect(await jsonOf(send('POST', '/api/models/retrain', {}))).toMatchObject({
    status: 409,
    code: 'ERR_TRAINING_SHORT',
    detail: says,
  })
  expect(await jsonOf(send('POST', '/api/models/retrain', { size: 'huge' }))).toMatchObject({
    status: 400,
    code: 'ERR_BODY_SHAPE',
    field: 'size',
    detail: 'size: Expected full or quick, found "huge".',
  })
})

test('without rows there is nothing to learn from', async () => {
  const { get } = await serving()
  const { next } = await jsonOf<{ next: object }>(get('/api/training'))
  expect(next).toMatchObject({ rows: null, refusal: expect.stringContaining('found 0') })
})

test('the stream sends each step with the epochs since the previous one, and a late client receives all of them', async () => {
  const { train, learn } = steered()
  const { url, get, send } = await serving({ train, store: await storeWith(enough) })
  const trainings = (events: readonly { event: string }[]) => events.filter(one => one.event === 'training')
  const toldOf = async (count: number, doing: () => Promise<unknown>) => {
    const events = await eventsOf(`${url}/api/stream`, all => trainings(all).length >= count, doing)
    return trainings(events).map(one => (one as unknown as { data: Training }).data)
  }
  const first = await toldOf(3, async () => {
    await send('POST', '/api/models/retrain', {})
    learn(1)
    learn(2)
  })
  expect(first.map(({ says }) => says)).toEqual([
    'Reading the stored bars of bitstamp:BTC-USD, 1h.',
    'Network 1 of 1: epoch 1 of 4.',
    'Network 1 of 1: epoch 2 of 4.',
  ])
  expect(first.map(({ losses }) => losses.map(({ epoch }) => epoch))).toEqual([[], [1], [2]])
  const late = await toldOf(2, async () => learn(3))
  expect(late.map(({ losses }) => losses.map(({ epoch }) => epoch))).toEqual([[1, 2], [3]])
  expect(await jsonOf(get('/api/training'))).toMatchObject({ state: 'running', share: 0.75, losses: { length: 3 } })

  const cancelled = await toldOf(2, () => send('DELETE', '/api/training', {}))
  expect(cancelled.at(-1)).toMatchObject({ state: 'cancelled', phase: null, losses: [] })
  const again = await toldOf(3, async () => {
    await send('POST', '/api/models/retrain', {})
    learn(1)
  })
  expect(again.at(-1)?.losses).toHaveLength(1)
})

test('cancelling is answered when the training has ended, and in the same way without a training', async () => {
  const { train } = steered()
  const { send } = await serving({ train, store: await storeWith(enough) })
  await send('POST', '/api/models/retrain', {})
  for (const _ of [1, 2]) {
    expect(await jsonOf(send('DELETE', '/api/training', {}))).toMatchObject({
      state: 'cancelled',
      says: 'Cancelled: nothing was written.',
      version: null,
    })
  }
})
