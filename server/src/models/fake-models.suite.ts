import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ModelFiles } from '@candlewatch/adapters/models/model-files'
import type { ModelStore } from '@candlewatch/adapters/stores/models'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Manifest } from '@candlewatch/core/forecast/artifact'
import { onTestFinished } from 'vitest'
import { fakePipeline } from '../judging/fake-pipeline.suite.ts'

import type { OpenModel } from './model-folders.ts'

/** A models folder with these versions of `fake`, removed with the test. */
export async function fakeModels(...versions: readonly string[]): Promise<string> {
  const modelsDir = await mkdtemp(join(tmpdir(), 'models-'))
  onTestFinished(() => rm(modelsDir, { recursive: true, force: true }))
  for (const version of versions) await writeFake(modelsDir, version)
  return modelsDir
}

/** Writes a version, of the model `fake` unless the change names another, whose weights are the text of its sha256. */
export async function writeFake(modelsDir: string, version: string, change: Partial<Manifest> = {}): Promise<void> {
  const manifest = {
    name: 'fake',
    version,
    sha256: `sha-${version}`,
    market: 'bitstamp:BTC-USD',
    interval: '1h',
    createdAt: '2021-01-01T00:00:00Z',
    training: { from: '2019-01-01T00:00:00Z', to: '2020-12-31T23:00:00Z', validationFrom: '2020-10-01T00:00:00Z' },
    metrics: { bars: 2_000 },
    network: { lookback: 16 },
    ...change,
  }
  const folder = join(modelsDir, manifest.name, version)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'model.json'), '{}')
  await writeFile(join(folder, 'weights.bin'), manifest.sha256)
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest))
}

export const breakFake = (modelsDir: string, version: string) =>
  writeFile(join(modelsDir, 'fake', version, 'weights.bin'), 'cut off')

/** Damages the stored weights of a version, and removes its folder. */
export async function breakStored(store: ModelStore, modelsDir: string, version: string): Promise<void> {
  await rm(join(modelsDir, 'fake', version), { recursive: true, force: true })
  const [record, hashes] = [await store.model('fake', version), await store.modelHashes('fake', version)]
  const weights = hashes.find(({ file }) => file === 'weights.bin')
  if (record === null || weights === undefined) throw Error(`fake ${version} is not stored`)
  const cut = { file: 'weights.bin', sha256: weights.sha256, bytes: Buffer.from('cut off') }
  await store.addModel({ ...record, state: 'candidate' }, [cut])
}

export async function openFake({ manifestJson, weights }: ModelFiles): Promise<OpenModel> {
  const manifest = JSON.parse(manifestJson) as Manifest
  const found = new TextDecoder().decode(weights)
  if (found !== manifest.sha256)
    throw new CandlewatchError('ERR_MODEL_HASH', `Expected ${manifest.sha256}, found ${found}.`)
  return { manifest, makePipeline: stream => fakePipeline(stream, manifest.version) }
}
