import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Manifest } from '@candlewatch/core/forecast/artifact'
import type { Choice } from '@candlewatch/core/forecast/model-choice'
import type { Stream } from '@candlewatch/core/time'
import type { Ms } from '@candlewatch/core/types'
import { describe, expect, test, vi } from 'vitest'
import { makeLog } from '../platform/log.ts'
import { breakFake, breakStored, fakeModels, openFake, writeFake } from './fake-models.suite.ts'
import type { OpenModel } from './model-folders.ts'
import { championsOf, openModelRegistry } from './model-registry.ts'

const days = { from: '2019-01-01T00:00:00Z', to: '2020-12-31T23:00:00Z', validationFrom: '2020-10-01T00:00:00Z' }

async function opened(modelsDir: string, store = memoryStore(), cacheDir: string | null = null, isSet = false) {
  const changes: string[] = []
  const models = await openModelRegistry({
    store,
    modelsDir,
    cacheDir,
    name: 'fake',
    isSet,
    open: openFake,
    log: makeLog('silent'),
    clock: { now: () => 1 as Ms },
    changed: ({ version, state }) => void changes.push(`${version} ${state}`),
  })
  const states = async () => (await store.models()).map(({ version, state }) => `${version} ${state}`)
  return { models, store, changes, states, serving: () => models.champion().manifest.version }
}

test('without a promotion the newest usable version is champion, the others are candidates or refused', async () => {
  const modelsDir = await fakeModels('1', '2', '3')
  await breakFake(modelsDir, '3')
  const { serving, states, store, changes } = await opened(modelsDir)
  expect(serving()).toBe('2')
  expect(await states()).toEqual(['1 candidate', '2 champion', '3 refused'])
  expect((await store.models())[2]).toMatchObject({ reason: 'Expected sha-3, found cut off.', sha256: null })
  expect(changes).toEqual(['1 candidate', '2 candidate', '3 refused', '2 champion'])
})

test('without a promotion, and with a newer version trained by a server, the newest that learned from all its rows is champion', async () => {
  const modelsDir = await fakeModels()
  const training = (refitted: boolean) => ({ training: { ...days, refitted } as Manifest['training'] })
  await writeFake(modelsDir, '1', training(true))
  await writeFake(modelsDir, '2', training(true))
  await writeFake(modelsDir, '3', training(false))
  const { states } = await opened(modelsDir)
  expect(await states()).toEqual(['1 candidate', '2 champion', '3 candidate'])
})

test('after a restart with a newer folder the stored champion stays, and the newer version is a candidate', async () => {
  const modelsDir = await fakeModels('1')
  const { store } = await opened(modelsDir)
  await writeFake(modelsDir, '2')
  const { serving, states } = await opened(modelsDir, store)
  expect(serving()).toBe('1')
  expect(await states()).toEqual(['1 champion', '2 candidate'])
})

test.each(['corrupt', 'missing'])(
  'after a restart with the folder of the champion %s it is read from the database',
  async how => {
    const modelsDir = await fakeModels('1')
    const { store } = await opened(modelsDir)
    if (how === 'corrupt') await breakFake(modelsDir, '1')
    else await rm(join(modelsDir, 'fake', '1'), { recursive: true })
    const again = await opened(modelsDir, store)
    expect(again.serving()).toBe('1')
    expect(await again.states()).toEqual(['1 champion'])
    expect(again.changes).toEqual([])
  },
)

test('after a restart with the champion damaged in the database it is refused, and the previous one serves', async () => {
  const modelsDir = await fakeModels('1', '2', '3')
  const { models, store } = await opened(modelsDir)
  await models.promote('fake', '1', 'older')
  await models.promote('fake', '2', 'better')
  await breakStored(store, modelsDir, '2')
  const again = await opened(modelsDir, store)
  expect(again.serving()).toBe('1')
  expect(await again.states()).toEqual(['1 champion', '2 refused', '3 retired'])
  expect((await store.promotions('fake', 1))[0]).toMatchObject({ version: '1', because: '2 could not be used.' })
  expect(await store.model('fake', '2')).toMatchObject({
    reason: expect.stringMatching(
      /^Model fake@2 in the database: expected weights.bin with sha256 \w{64}, found \w{64}/,
    ),
  })
  await writeFake(modelsDir, '2')
  expect(await (await opened(modelsDir, store)).states()).toEqual(['1 champion', '2 retired', '3 retired'])
})

test('if no version can be used, the error says why for each', async () => {
  const modelsDir = await fakeModels('1')
  await breakFake(modelsDir, '1')
  await expect(opened(modelsDir)).rejects.toMatchObject({
    code: 'ERR_MODEL_REFUSED',
    message: expect.stringContaining('1: Expected sha-1, found cut off.'),
  })
  await expect(opened(await fakeModels())).rejects.toMatchObject({ code: 'ERR_MODEL_MISSING' })
})

test('the only champion, damaged and repaired before the next start, serves again', async () => {
  const modelsDir = await fakeModels('1')
  const { store } = await opened(modelsDir)
  await breakStored(store, modelsDir, '1')
  await expect(opened(modelsDir, store)).rejects.toMatchObject({ code: 'ERR_MODEL_REFUSED' })
  await writeFake(modelsDir, '1')
  const { states, models } = await opened(modelsDir, store)
  expect(await states()).toEqual(['1 champion'])
  expect((await store.promotions('fake', 1))[0]?.because).toBe('Its files can be used again.')
  await expect(models.rollback('fake', 'x')).rejects.toMatchObject({ code: 'ERR_MODEL_NO_EARLIER' })
})

test('promoting an unusable version is refused with the reason, and the champion stays; repaired, it is accepted', async () => {
  const modelsDir = await fakeModels('1', '2')
  await breakFake(modelsDir, '1')
  const { models, serving, states } = await opened(modelsDir)
  await expect(models.promote('fake', '1', 'x')).rejects.toMatchObject({
    code: 'ERR_MODEL_REFUSED',
    message: 'Expected sha-1, found cut off.',
  })
  expect(await states()).toEqual(['1 refused', '2 champion'])
  await writeFake(modelsDir, '1')
  await models.promote('fake', '1', 'x')
  expect(serving()).toBe('1')
})

test('other files under a known version are passed over, because its verdicts would be of two models', async () => {
  const modelsDir = await fakeModels('1', '2')
  const { models, store } = await opened(modelsDir)
  await writeFake(modelsDir, '1', { sha256: 'other' })
  await models.scan()
  expect((await models.find('fake', '1')).manifest.sha256).toBe('sha-1')
  expect(await store.model('fake', '1')).toMatchObject({ state: 'candidate', sha256: 'sha-1' })
})

test('other files under a version whose own files were never stored are refused', async () => {
  const modelsDir = await fakeModels('1', '2')
  const { store } = await opened(modelsDir)
  const older = memoryStore()
  for (const record of await store.models()) await older.saveModel({ ...record, state: 'candidate' })
  await writeFake(modelsDir, '1', { sha256: 'other' })
  await opened(modelsDir, older)
  expect(await older.model('fake', '1')).toMatchObject({
    state: 'refused',
    sha256: 'sha-1',
    reason: expect.stringMatching(/sha-1.*other/s),
  })
})

test('a champion that an older version kept in what is now the cache folder stays champion, and its files are stored', async () => {
  const [shipped, trained] = [await fakeModels('1'), await fakeModels('2')]
  const before = await opened(trained)
  const older = memoryStore()
  for (const record of await before.store.models()) await older.saveModel({ ...record, state: 'candidate' })
  await older.promote({ name: 'fake', version: '2', because: 'better', at: 1 as Ms })
  const { serving, states, store } = await opened(shipped, older, trained)
  expect(serving()).toBe('2')
  expect(await states()).toEqual(['1 candidate', '2 champion'])
  expect((await store.modelStates()).map(({ hasFiles }) => hasFiles)).toEqual([true, true])
})

test('a version that lies on one server only can be promoted on another, and the first one follows', async () => {
  const store = memoryStore()
  const here = await opened(await fakeModels('1', '2'), store)
  const there = await opened(await fakeModels('3'), store)
  expect(there.serving()).toBe('2')
  await there.models.promote('fake', '1', 'older')
  expect(there.serving()).toBe('1')
  expect(here.serving()).toBe('2')
  here.changes.length = 0
  await Promise.all([here.models.refresh(), here.models.refresh()])
  expect(here.serving()).toBe('1')
  expect(here.changes).toEqual(['2 retired', '3 candidate', '1 champion'])
  await here.models.refresh()
  expect(here.changes).toHaveLength(3)
  await here.models.rollback('fake', 'back')
  await there.models.refresh()
  expect(there.serving()).toBe('2')
})

test('a champion that cannot be used here leaves the one before in use, and the check fails until another is promoted', async () => {
  const store = memoryStore()
  const here = await opened(await fakeModels('1'), store)
  const modelsDir = await fakeModels('2')
  const there = await opened(modelsDir, store)
  await there.models.promote('fake', '2', 'newer')
  await breakStored(store, modelsDir, '2')
  await here.models.refresh()
  expect(here.serving()).toBe('1')
  expect(() => here.models.check()).toThrow(expect.objectContaining({ code: 'ERR_MODEL_REFUSED' }))
  expect(await here.states()).toEqual(['1 retired', '2 champion'])
  await there.models.promote('fake', '1', 'back')
  await here.models.refresh()
  expect(() => here.models.check()).not.toThrow()
})

test('a database that does not answer refuses no version', async () => {
  const modelsDir = await fakeModels('1', '2')
  const { models, store, states } = await opened(modelsDir)
  const away = new CandlewatchError('ERR_DATABASE_UNREACHABLE', 'away')
  vi.spyOn(store, 'modelHashes').mockRejectedValueOnce(away)
  await expect(models.find('fake', '1')).rejects.toBe(away)
  expect(await states()).toEqual(['1 candidate', '2 champion'])
})

test('a folder with a model of another name is refused', async () => {
  const modelsDir = await fakeModels('1', '2')
  await writeFake(modelsDir, '2', { version: '3' })
  const { store } = await opened(modelsDir)
  expect((await store.models())[1]).toMatchObject({
    version: '2',
    state: 'refused',
    reason: expect.stringMatching(/contains the model fake 3/),
  })
})

test('a folder that was added at run time can be promoted without a restart', async () => {
  const modelsDir = await fakeModels('1')
  const { models, serving } = await opened(modelsDir)
  await writeFake(modelsDir, '2')
  expect(await models.promote('fake', '2', 'new')).toMatchObject({ version: '2', state: 'champion' })
  expect(serving()).toBe('2')
  await expect(models.promote('fake', '../2', 'x')).rejects.toMatchObject({ code: 'ERR_MODEL_MISSING' })
})

test('two rollbacks go back two versions; for a third there is none', async () => {
  const { models, serving } = await opened(await fakeModels('1', '2', '3'))
  await models.promote('fake', '1', 'a')
  await models.promote('fake', '2', 'b')
  expect(await models.rollback('fake', 'no')).toMatchObject({ version: '1', state: 'champion' })
  expect(await models.rollback('fake', 'no')).toMatchObject({ version: '3' })
  expect(serving()).toBe('3')
  await expect(models.rollback('fake', 'no')).rejects.toMatchObject({ code: 'ERR_MODEL_NO_EARLIER' })
})

test('a champion that is promoted again is in the history twice, unless it was restored by a rollback', () => {
  const log = (...versions: string[]) =>
    versions.reverse().map(version => ({ name: 'm', version, previous: null, at: 0 as Ms, because: '' }))
  expect(championsOf(log('a', 'b', 'a'))).toEqual(['a'])
  expect(championsOf(log('a', 'b', 'c', 'a'))).toEqual(['a', 'c', 'b', 'a'])
  // Refused, mended and taken again.
  expect(championsOf(log('a', 'b', 'b'))).toEqual(['b', 'a'])
  expect(championsOf([])).toEqual([])
})

describe('several models', () => {
  const measured = { mae: 1, baselineMae: 2, coverage90: 0.9 }
  const learned = (refitted = true) => ({
    training: { ...days, refitted } as Manifest['training'],
    metrics: { bars: 2_000, high: measured, low: measured } as Manifest['metrics'],
  })
  const any = { name: 'any', market: null, interval: null }
  const btc: Stream = { market: 'bitstamp:BTC-USD', intervalMs: 3_600_000 as Ms }
  const other: Stream = { ...btc, market: 'kraken:ETH-EUR' }

  async function folder(): Promise<string> {
    const modelsDir = await fakeModels()
    await writeFake(modelsDir, '1', learned())
    await writeFake(modelsDir, '1', { ...learned(), ...any })
    return modelsDir
  }
  const chosen = ({ model, because }: Choice<OpenModel>) => [model.manifest.name, model.manifest.version, because]

  test('each name has a champion; a stream has its own model or one of any market', async () => {
    const { models } = await opened(await folder())
    expect(chosen(models.modelFor(btc))).toEqual(['fake', '1', 'own'])
    expect(chosen(models.modelFor(other))).toEqual(['any', '1', 'any'])
    expect(models.championOf('any')?.manifest.version).toBe('1')
    expect(models.championOf('none')).toBeNull()
  })

  test('a model that is set judges every stream', async () => {
    const { models } = await opened(await folder(), memoryStore(), null, true)
    expect(chosen(models.modelFor(other))).toEqual(['fake', '1', 'set'])
  })

  test('without one of any market, other streams are judged by the model that the server is for', async () => {
    const modelsDir = await fakeModels()
    await writeFake(modelsDir, '1', learned())
    const { models } = await opened(modelsDir)
    expect(chosen(models.modelFor(other))).toEqual(['fake', '1', 'only'])
  })

  test('a promotion and a rollback change the champion of that name alone', async () => {
    const modelsDir = await folder()
    await writeFake(modelsDir, '2', { ...learned(), ...any })
    const { models } = await opened(modelsDir)
    expect(chosen(models.modelFor(other))).toEqual(['any', '2', 'any'])
    await models.promote('any', '1', 'test')
    expect(chosen(models.modelFor(other))).toEqual(['any', '1', 'any'])
    await models.rollback('any', 'test')
    expect(chosen(models.modelFor(other))).toEqual(['any', '2', 'any'])
    expect(chosen(models.modelFor(btc))).toEqual(['fake', '1', 'own'])
  })

  test('another server follows a promotion, and a name that is new', async () => {
    const modelsDir = await fakeModels()
    await writeFake(modelsDir, '1', learned())
    const first = await opened(modelsDir)
    const second = await opened(modelsDir, first.store)
    expect(chosen(second.models.modelFor(other))).toEqual(['fake', '1', 'only'])
    await writeFake(modelsDir, '1', { ...learned(), ...any })
    await first.models.scan()
    await second.models.refresh()
    expect(chosen(second.models.modelFor(other))).toEqual(['any', '1', 'any'])
  })

  test('a version that a server trained is no champion of another name until it is promoted', async () => {
    const modelsDir = await fakeModels()
    await writeFake(modelsDir, '1', learned())
    await writeFake(modelsDir, '1', { ...learned(false), ...any })
    const { models } = await opened(modelsDir)
    expect(models.championOf('any')).toBeNull()
    await models.promote('any', '1', 'test')
    expect(chosen(models.modelFor(other))).toEqual(['any', '1', 'any'])
  })

  test('one that cannot be used leaves its streams to the others', async () => {
    const modelsDir = await folder()
    await writeFile(join(modelsDir, 'any', '1', 'weights.bin'), 'cut off')
    const { models } = await opened(modelsDir)
    expect(chosen(models.modelFor(other))).toEqual(['fake', '1', 'only'])
  })
})
