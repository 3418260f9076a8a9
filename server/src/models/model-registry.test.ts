import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import type { Manifest } from '@candlewatch/core/forecast/artifact'
import type { Ms } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import { makeLog } from '../platform/log.ts'
import { breakFake, fakeModels, openFake, writeFake } from './fake-models.suite.ts'
import { championsOf, openModelRegistry } from './model-registry.ts'

const days = { from: '2019-01-01T00:00:00Z', to: '2020-12-31T23:00:00Z', validationFrom: '2020-10-01T00:00:00Z' }

async function opened(modelsDir: string, store = memoryStore()) {
  const changes: string[] = []
  const models = await openModelRegistry({
    store,
    modelsDir,
    name: 'fake',
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
  'after a restart with the champion %s it is refused, and the previous one serves',
  async how => {
    const modelsDir = await fakeModels('1', '2', '3')
    const { models, store } = await opened(modelsDir)
    await models.promote('fake', '1', 'older')
    await models.promote('fake', '2', 'better')
    if (how === 'corrupt') await breakFake(modelsDir, '2')
    else await rm(join(modelsDir, 'fake', '2'), { recursive: true })
    const again = await opened(modelsDir, store)
    expect(again.serving()).toBe('1')
    expect(await again.states()).toEqual(['1 champion', '2 refused', '3 retired'])
    expect((await store.promotions('fake', 1))[0]).toMatchObject({ version: '1', because: '2 could not be used.' })
    await writeFake(modelsDir, '2')
    expect(await (await opened(modelsDir, store)).states()).toEqual(['1 champion', '2 retired', '3 retired'])
  },
)

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
  await breakFake(modelsDir, '1')
  await expect(opened(modelsDir, store)).rejects.toMatchObject({ code: 'ERR_MODEL_REFUSED' })
  await writeFake(modelsDir, '1')
  const { states, models } = await opened(modelsDir, store)
  expect(await states()).toEqual(['1 champion'])
  expect((await store.promotions('fake', 1))[0]?.because).toBe('Its files can be used again.')
  await expect(models.rollback('fake', 'x')).rejects.toMatchObject({ code: 'ERR_MODEL_NO_EARLIER' })
})

test('promoting an unusable version is refused with the reason, and the champion stays; repaired, it is accepted', async () => {
  const modelsDir = await fakeModels('1', '2')
  const { models, serving, states } = await opened(modelsDir)
  await breakFake(modelsDir, '1')
  await expect(models.promote('fake', '1', 'x')).rejects.toMatchObject({
    code: 'ERR_MODEL_REFUSED',
    message: 'Expected sha-1, found cut off.',
  })
  expect(await states()).toEqual(['1 refused', '2 champion'])
  await writeFake(modelsDir, '1')
  await models.promote('fake', '1', 'x')
  expect(serving()).toBe('1')
})

test('other files under a known version are refused, because its verdicts would be of two models', async () => {
  const modelsDir = await fakeModels('1', '2')
  const { models, store } = await opened(modelsDir)
  await writeFake(modelsDir, '1', { sha256: 'other' })
  await models.scan()
  expect((await store.models())[0]).toMatchObject({
    state: 'refused',
    sha256: 'sha-1',
    reason: expect.stringMatching(/sha-1.*other/s),
  })
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
