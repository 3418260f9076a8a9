import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Ms } from '@candlewatch/core/types'
import { expect, onTestFinished, test } from 'vitest'
import { memoryModels } from '../stores/memory/models.ts'
import { type ModelFiles, readArtifact } from './model-files.ts'
import { candidateOf, filesOf, readModel } from './stored-model.ts'

const head = { name: 'm', version: '1', sha256: 'aa', interval: '1h', createdAt: '2021-01-01T00:00:00Z' }
const files: ModelFiles = {
  manifestJson: JSON.stringify(head),
  modelJson: '{"ä": 1}',
  weights: Uint8Array.of(0, 255, 7),
}

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'models-'))
  onTestFinished(() => rm(made, { recursive: true, force: true }))
  return made
}

async function write(modelsDir: string, weights = files.weights): Promise<void> {
  await mkdir(join(modelsDir, 'm', '1'), { recursive: true })
  for (const { file, bytes } of filesOf({ ...files, weights })) await writeFile(join(modelsDir, 'm', '1', file), bytes)
}

async function storeWith(change: Partial<ModelFiles> = {}) {
  const store = memoryModels()
  await store.addModel(candidateOf(head, files, 1 as Ms), filesOf({ ...files, ...change }))
  return store
}

const shown = ({ manifestJson, modelJson, weights }: ModelFiles) => [manifestJson, modelJson, [...weights]]

test('a version that is not on disk is fetched from the database and copied to the cache folder', async () => {
  const [store, modelsDir, cacheDir] = [await storeWith(), await folder(), join(await folder(), 'new')]
  const found = await readModel({ store, modelsDir, cacheDir }, 'm', '1')
  expect(found.isStored).toBe(true)
  expect(shown(found.files)).toEqual(shown(files))
  expect(shown(await readArtifact(cacheDir, 'm', '1'))).toEqual(shown(files))
  expect(await readdir(join(cacheDir, 'm'))).toEqual(['1'])
  // The copy is enough from now on.
  store.modelFiles = () => Promise.reject(Error('fetched again'))
  expect((await readModel({ store, modelsDir, cacheDir }, 'm', '1')).isStored).toBe(true)
})

test('a copy that differs is replaced by what the database has', async () => {
  const [store, modelsDir, cacheDir] = [await storeWith(), await folder(), await folder()]
  await write(cacheDir, Uint8Array.of(1))
  const passedOver: string[] = []
  const differs = (one: string) => void passedOver.push(one)
  expect(shown((await readModel({ store, modelsDir, cacheDir, differs }, 'm', '1')).files)).toEqual(shown(files))
  expect(passedOver).toEqual([join(cacheDir, 'm', '1')])
  expect([...(await readFile(join(cacheDir, 'm', '1', 'weights.bin')))]).toEqual([0, 255, 7])
})

test('a cache folder that cannot be written is reported, and the version is read all the same', async () => {
  const [store, modelsDir] = [await storeWith(), await folder()]
  const cacheDir = join(modelsDir, 'a-file')
  await writeFile(cacheDir, '')
  const errors: unknown[] = []
  const notCached = (error: unknown) => void errors.push(error)
  expect(shown((await readModel({ store, modelsDir, cacheDir, notCached }, 'm', '1')).files)).toEqual(shown(files))
  expect(errors).toHaveLength(1)
})

test('a stored file with another hash is refused, and so is a version with a file missing', async () => {
  const [store, modelsDir] = [await storeWith(), await folder()]
  const read = () => readModel({ store, modelsDir, cacheDir: null }, 'm', '1')
  const [manifest, model, weights] = await store.modelFiles('m', '1')
  if (!manifest || !model || !weights) throw Error('not stored')
  await store.addModel(candidateOf(head, files, 1 as Ms), [{ ...weights, bytes: Uint8Array.of(0) }])
  await expect(read()).rejects.toMatchObject({
    code: 'ERR_MODEL_HASH',
    message: expect.stringMatching(
      /^Model m@1 in the database: expected weights.bin with sha256 \w{64}, found \w{64}\./,
    ),
  })
  store.modelFiles = async () => [manifest, model]
  await expect(read()).rejects.toMatchObject({
    code: 'ERR_MODEL_HASH',
    message: expect.stringContaining('expected weights.bin, found manifest.json, model.json'),
  })
})

test('a version that is not stored is read from the models folder or the cache folder', async () => {
  const [store, modelsDir, cacheDir] = [memoryModels(), await folder(), await folder()]
  const read = () => readModel({ store, modelsDir, cacheDir }, 'm', '1')
  await expect(read()).rejects.toMatchObject({ code: 'ERR_MODEL_MISSING' })
  await write(cacheDir)
  const found = await read()
  expect(found.isStored).toBe(false)
  expect(shown(found.files)).toEqual(shown(files))
})
