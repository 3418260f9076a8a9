import type { Ms } from '@candlewatch/core/types'
import { describe, expect, test } from 'vitest'
import type { Trial } from '../models.ts'
import type { Store } from '../store.ts'

let names = 0

/** A name that no other test writes to. */
const newName = () => `model-${++names}`

type Found = Parameters<Store['saveModel']>[0]

const found = (name: string, version: string, change: Partial<Found> = {}): Found => ({
  name,
  version,
  sha256: 'aa',
  interval: '1h',
  manifest: { version, metrics: { mae: 0.1 + 0.2 } },
  createdAt: 1_600_000_000_123 as Ms,
  foundAt: 1_600_000_000_456 as Ms,
  state: 'candidate',
  reason: null,
  ...change,
})

const trialOf = (name: string, change: Partial<Trial> = {}): Trial => ({
  name,
  challenger: '2',
  champion: '1',
  from: 3_600_000 as Ms,
  to: 7_200_000 as Ms,
  bars: 2,
  more: 1,
  fewer: 0,
  alarms: { challenger: ['1970-01-01T01:00:00Z'], champion: [] },
  challengerError: 1 / 3,
  championError: 0.5,
  passed: true,
  because: 'A third less.',
  at: 9_000_000 as Ms,
  ...change,
})

/** Tests of models that every store passes. */
export function modelContract(storeOf: () => Store): void {
  const promote = (name: string, version: string, at = 1) =>
    storeOf().promote({ name, version, because: `for ${version}`, at: at as Ms })
  const statesOf = async (name: string) =>
    (await storeOf().models()).filter(one => one.name === name).map(({ version, state }) => `${version} ${state}`)

  describe('models', () => {
    test('are read as they were written, oldest version first; saving one again replaces it', async () => {
      const store = storeOf()
      const name = newName()
      const broken = { sha256: null, interval: null, manifest: null, createdAt: null, state: 'refused' } as const
      const records: Found[] = [
        found(name, '1-a'),
        found(name, '1_b'),
        found(name, '10', { ...broken, reason: 'Cut off.' }),
      ]
      for (const record of [...records].reverse()) await store.saveModel(record)
      await store.saveModel(found(name, '10', { reason: null }))
      const listed = (await store.models()).filter(one => one.name === name)
      expect(listed).toEqual([records[0], found(name, '10'), records[1]])
    })

    test('have one champion for each name after a promotion; the previous one is retired, and each change is logged', async () => {
      const store = storeOf()
      const [name, other] = [newName(), newName()]
      for (const record of [found(name, '1'), found(name, '2'), found(other, '1')]) await store.saveModel(record)
      expect(await store.champion(name)).toBeNull()
      await promote(other, '1')
      const first = { name, version: '1', previous: null, at: 1, because: 'for 1' }
      const second = { name, version: '2', previous: '1', at: 2, because: 'for 2' }
      expect(await promote(name, '1', 1)).toEqual(first)
      expect(await promote(name, '2', 2)).toEqual(second)
      expect(await promote(name, '2', 3)).toBeNull()
      expect(await statesOf(name)).toEqual(['1 retired', '2 champion'])
      expect(await store.champion(name)).toEqual({ ...found(name, '2'), state: 'champion' })
      expect((await store.champion(other))?.version).toBe('1')
      expect(await store.promotions(name, 10)).toEqual([second, first])
      expect(await store.promotions(name, 1)).toEqual([second])
    })

    test('have one champion after two promotions at the same moment, and the log is a chain', async () => {
      const name = newName()
      const versions = ['1', '2', '3', '4']
      for (const version of versions) await storeOf().saveModel(found(name, version))
      await Promise.all(versions.map(version => promote(name, version)))
      expect((await statesOf(name)).filter(state => state.endsWith('champion'))).toHaveLength(1)
      const log = await storeOf().promotions(name, 10)
      expect(log.map(one => one.previous)).toEqual([...log.slice(1).map(one => one.version), null])
    })

    test('have their files beside them: the first ones stay, and bytes of the same hash are written again', async () => {
      const store = storeOf()
      const name = newName()
      const fileOf = (file: string, sha256: string, ...bytes: number[]) => ({ file, sha256, bytes: Buffer.from(bytes) })
      await store.addModel(found(name, '1'), [fileOf('weights.bin', 'w', 0, 255), fileOf('model.json', 'm', 7)])
      const read = async () => (await store.modelFiles(name, '1')).map(one => [one.file, one.sha256, [...one.bytes]])
      expect(await read()).toEqual([
        ['model.json', 'm', [7]],
        ['weights.bin', 'w', [0, 255]],
      ])
      await store.addModel(found(name, '1'), [fileOf('weights.bin', 'w', 1), fileOf('model.json', 'other', 8)])
      expect(await read()).toEqual([
        ['model.json', 'm', [7]],
        ['weights.bin', 'w', [1]],
      ])
      expect(await store.modelHashes(name, '1')).toEqual([
        { file: 'model.json', sha256: 'm' },
        { file: 'weights.bin', sha256: 'w' },
      ])
      expect(await store.modelFiles(name, '2')).toEqual([])
      expect(await store.modelHashes(name, '2')).toEqual([])
    })

    test('keep their state when they are added again, unless they were refused', async () => {
      const store = storeOf()
      const name = newName()
      const refused = found(name, '2', { state: 'refused', reason: 'Cut off.', sha256: null })
      await store.addModel(found(name, '1'), [])
      await promote(name, '1')
      await store.saveModel(refused)
      await store.addModel(found(name, '1'), [])
      expect(await store.model(name, '2')).toEqual(refused)
      await store.addModel(found(name, '2'), [{ file: 'a', sha256: 'b', bytes: new Uint8Array() }])
      expect(await store.model(name, '2')).toEqual(found(name, '2'))
      expect(await store.model(name, '3')).toBeNull()
      expect((await store.modelStates()).filter(one => one.name === name)).toEqual([
        { name, version: '1', state: 'champion', reason: null, hasFiles: false },
        { name, version: '2', state: 'candidate', reason: null, hasFiles: true },
      ])
    })

    test('cannot be promoted when they are unknown, and the champion stays', async () => {
      const name = newName()
      await storeOf().saveModel(found(name, '1'))
      await promote(name, '1')
      await expect(promote(name, '2')).rejects.toMatchObject({ code: 'ERR_MODEL_MISSING' })
      expect(await statesOf(name)).toEqual(['1 champion'])
    })

    test('keep their trials, newest first; the same trial saved again replaces itself', async () => {
      const store = storeOf()
      const name = newName()
      const later = trialOf(name, { challenger: '3', at: 9_000_001 as Ms, passed: false })
      for (const trial of [trialOf(name), later, trialOf(name, { more: 2 })]) await store.saveTrial(trial)
      expect(await store.trials(name)).toEqual([later, trialOf(name, { more: 2 })])
      expect(await store.trials(newName())).toEqual([])
    })
  })
}
