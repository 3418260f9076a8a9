import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import type { VerdictAnswer } from '@candlewatch/api/verdict'
import type { Ms } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import { btc, eventsOf, jsonOf, rowAt, serving } from '../serving.suite.ts'
import { breakFake, fakeModels, writeFake } from './fake-models.suite.ts'

interface Shown {
  readonly version: string
  readonly state: string
}

test('/api/models lists every version with its training data, its state and its newest trial', async () => {
  const store = memoryStore()
  const { get } = await serving({ store, modelsDir: await fakeModels('1', '2') })
  await store.saveTrial({
    name: 'fake',
    challenger: '1',
    champion: '2',
    from: 0 as never,
    to: 7_200_000 as never,
    bars: 3,
    more: 1,
    fewer: 1,
    alarms: { challenger: ['1970-01-01T00:00:00Z', 'both'], champion: ['both', '1970-01-01T01:00:00Z'] },
    challengerError: 2,
    championError: 3,
    passed: true,
    because: 'Better.',
    at: 9_000_000 as never,
  })
  const of = { name: 'fake', interval: '1h', reason: null, createdAt: '2021-01-01T00:00:00Z', metrics: { bars: 2_000 } }
  const trained = { trainedFrom: '2019-01-01T00:00:00Z', trainedTo: '2020-12-31T23:00:00Z' }
  const trial = {
    champion: '2',
    from: '1970-01-01T00:00:00Z',
    to: '1970-01-01T02:00:00Z',
    bars: 3,
    more: 1,
    fewer: 1,
    moreAt: ['1970-01-01T00:00:00Z'],
    fewerAt: ['1970-01-01T01:00:00Z'],
    error: 2,
    championError: 3,
    passed: true,
    because: 'Better.',
    at: '1970-01-01T02:30:00Z',
  }
  expect(await jsonOf(get('/api/models'))).toEqual({
    models: [
      { id: 'fake@1', version: '1', state: 'candidate', sha256: 'sha-1', ...of, ...trained, trial },
      { id: 'fake@2', version: '2', state: 'champion', sha256: 'sha-2', ...of, ...trained, trial: null },
    ],
  })
})

test('promoting and rolling back answer with the champion, repeated calls with the same, and the stream sends the change', async () => {
  const { url, send, get } = await serving({ modelsDir: await fakeModels('1', '2') })
  const ask = (path: string) => send('POST', `/api/models/${path}`, {}).then(jsonOf<Shown>)
  const models = (all: readonly { event: string }[]) => all.filter(one => one.event === 'model')
  const events = await eventsOf(
    `${url}/api/stream`,
    all => models(all).length >= 4,
    async () => {
      expect(await ask('fake@1/promote')).toMatchObject({ version: '1', state: 'champion' })
      expect(await ask('fake@1/promote')).toMatchObject({ version: '1', state: 'champion' })
      expect(await ask('fake/rollback')).toMatchObject({ version: '2', state: 'champion' })
    },
  )
  const said = models(events).map(one => (one as unknown as { data: Shown }).data)
  expect(said.map(({ version, state }) => `${version} ${state}`)).toEqual([
    ...['2 retired', '1 champion'],
    ...['1 retired', '2 champion'],
  ])
  const { markets } = await jsonOf<{ markets: object[] }>(get('/api/markets'))
  expect(markets).toEqual([])
})

test('a version that cannot be promoted or restored is answered with a problem that says why', async () => {
  const modelsDir = await fakeModels('1', '2')
  await breakFake(modelsDir, '1')
  const { send, registry } = await serving({ modelsDir })
  const problem = async (path: string, body: unknown = {}) => {
    return jsonOf<Record<string, unknown>>(send('POST', `/api/models/${path}`, body))
  }
  expect(await problem('fake@1/promote')).toMatchObject({
    status: 422,
    code: 'ERR_MODEL_REFUSED',
    detail: 'Expected sha-1, found cut off.',
  })
  expect(registry.champion().manifest.version).toBe('2')
  expect(await problem('fake@3/promote')).toMatchObject({ status: 404, code: 'ERR_MODEL_MISSING' })
  expect(await problem('fake/promote')).toMatchObject({ status: 404, code: 'ERR_MODEL_MISSING' })
  expect(await problem('fake@..%2F..%2Fetc/promote')).toMatchObject({ status: 404, code: 'ERR_MODEL_MISSING' })
  expect(await problem('nobody/rollback')).toMatchObject({ status: 404, code: 'ERR_MODEL_MISSING' })
  expect(await problem('fake/rollback')).toMatchObject({ status: 409, code: 'ERR_MODEL_NO_EARLIER' })
  expect(await problem('fake@2/promote', { because: 7 })).toMatchObject({ status: 400, code: 'ERR_BODY_SHAPE' })
})

test('rows posted while champions change are each answered once, and every change takes effect at the next row', async () => {
  const { send, post, get } = await serving({ modelsDir: await fakeModels('1', '2', '3') })
  const versionOf = new Map<string, string>()
  let swapping = true
  const posting = (async () => {
    let after = 0
    for (let hour = 0; hour < 700 && (swapping || after++ < 3); hour++) {
      const response = await post(rowAt(hour))
      expect(response.status).toBe(200)
      const { date, model } = await jsonOf<VerdictAnswer>(response)
      versionOf.set(date, model.version)
    }
  })()
  const newest = () => [...versionOf.values()].at(-1)
  for (const [path, version] of [
    ['fake@1/promote', '1'],
    ['fake@2/promote', '2'],
    ['fake/rollback', '1'],
    ['fake@2/promote', '2'],
    ['fake/rollback', '1'],
    ['fake/rollback', '3'],
  ] as const) {
    expect((await send('POST', `/api/models/${path}`, { because: 'test' })).status).toBe(200)
    while (newest() !== version) await new Promise(setImmediate)
  }
  swapping = false
  await posting
  const { verdicts } = await jsonOf<{ verdicts: VerdictAnswer[] }>(get('/api/verdicts?limit=10000'))
  expect(new Map(verdicts.map(({ date, model }) => [date, model.version]))).toEqual(versionOf)
  expect(verdicts.map(one => one.date)).toEqual(verdicts.map((_, hour) => rowAt(hour).date))
  expect(new Set(verdicts.map(one => one.id)).size).toBe(verdicts.length)
  // No engine missed a bar: each has taken in all that came before, as warm-up or as its own.
  for (const [hour, { because }] of verdicts.entries()) {
    const [, stepped, warmed] = /^step (\d+), warm-up (\d+),/.exec(because)!
    expect(Number(stepped) + Number(warmed)).toBe(hour + 1)
  }
  // A known row is answered as it was.
  expect(await jsonOf(post(rowAt(0)))).toEqual(verdicts[0])
})

test('a single version has its trials and, where the manifest has them, its figures with a curve for each network', async () => {
  const store = memoryStore()
  const modelsDir = await fakeModels('1', '2')
  const losses = [0.4, 0.3, 0.5, 0.2].map((training, i) => ({ epoch: i + 1, training, validation: 0.3 }))
  const training = {
    from: '2019-01-01T00:00:00Z',
    to: '2020-12-31T23:00:00Z',
    validationFrom: '2020-10-01T00:00:00Z',
    bars: 9,
    seed: 7,
    epochs: 2,
    batchSize: 3,
    learningRate: 0.1,
    weighting: 'scale' as const,
    averaging: 0,
    distillation: 0,
    refitted: true,
    backend: 'wasm',
    seconds: 4,
    losses,
    kept: [2, 3],
  }
  const network = { lookback: 16, units: 8, members: 2, parameters: 99, targets: ['up'], quantiles: [0.5] }
  const features = { name: 'f', version: 1, features: ['return'] }
  await writeFake(modelsDir, '3', { training, network: { kind: 'lstm', ...network }, features })
  const { get } = await serving({ store, modelsDir })
  expect(await jsonOf(get('/api/models/fake@3'))).toMatchObject({
    id: 'fake@3',
    state: 'champion',
    trial: null,
    trials: [],
    figures: {
      market: 'bitstamp:BTC-USD',
      bars: 9,
      refitted: true,
      seconds: 4,
      seeds: [7, 8],
      features,
      network: { lookback: 16, members: 2, units: 4, parameters: 99 },
      curves: [
        { network: 1, kept: 2, losses: [losses[0], losses[1]] },
        {
          network: 2,
          kept: 1,
          losses: [
            { ...losses[2], epoch: 1 },
            { ...losses[3], epoch: 2 },
          ],
        },
      ],
    },
  })
  expect(await jsonOf(get('/api/models/fake@1'))).toMatchObject({ id: 'fake@1', figures: null })
  for (const id of ['fake@9', 'fake']) {
    expect(await jsonOf(get(`/api/models/${id}`))).toMatchObject({ status: 404, code: 'ERR_MODEL_MISSING' })
  }
})

test('promotions come newest first with their reasons, and with the target of a rollback', async () => {
  const { send, get } = await serving({ modelsDir: await fakeModels('1', '2') })
  const log = () => jsonOf<object>(get('/api/models/fake/promotions'))
  expect(await log()).toMatchObject({ promotions: [{ version: '2', previous: null }], earlier: null })
  await send('POST', '/api/models/fake@1/promote', { because: 'Fewer alarms.' })
  expect(await log()).toMatchObject({
    promotions: [
      { version: '1', previous: '2', because: 'Fewer alarms.', at: '2021-02-01T00:00:00Z' },
      { version: '2', previous: null },
    ],
    earlier: '2',
  })
  expect(await jsonOf(get('/api/models/nobody/promotions'))).toMatchObject({ status: 404, code: 'ERR_MODEL_MISSING' })
})

test('a trial on request returns the version with it and changes nothing else; without bars it is a problem', async () => {
  const store = memoryStore()
  const { send, registry } = await serving({
    store,
    modelsDir: await fakeModels('1', '2'),
    trial: async (challenger, champion) => {
      if ((await store.lastSeq(btc)) === 0) return null
      const trial = {
        name: 'fake',
        challenger: challenger.manifest.version,
        champion: champion.manifest.version,
        from: 0 as Ms,
        to: 0 as Ms,
        bars: 1,
        more: 0,
        fewer: 0,
        alarms: { challenger: [], champion: [] },
        challengerError: 1,
        championError: 2,
        passed: true,
        because: 'Better.',
        at: 1 as Ms,
      }
      await store.saveTrial(trial)
      return trial
    },
  })
  const ask = () => send('POST', '/api/models/fake@1/trial', {}).then(jsonOf)
  expect(await ask()).toMatchObject({ status: 409, code: 'ERR_TRIAL_IMPOSSIBLE' })
  await send('POST', '/predict_anomaly', rowAt(0))
  expect(await ask()).toMatchObject({ version: '1', state: 'candidate', trial: { champion: '2', error: 1 } })
  expect(registry.champion().manifest.version).toBe('2')
})
