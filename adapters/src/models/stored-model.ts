import { createHash } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Ms } from '@candlewatch/core/types'
import { modelId } from '@candlewatch/core/verdict'
import type { ModelFile, ModelStore, SavedModel } from '../stores/models.ts'
import { type ModelFiles, readArtifact, unfinishedFolder } from './model-files.ts'

/** Where the files of model versions are. */
export interface ModelPlaces {
  readonly store: Pick<ModelStore, 'modelHashes' | 'modelFiles'>
  /** The folder of the models that come with the program or were trained by hand. */
  readonly modelsDir: string
  /** The folder for copies of what is stored; null: none are kept. */
  readonly cacheDir: string | null
  /** Called when files on disk are passed over because they differ from those in the database. */
  differs?(folder: string): void
  /** Called when a copy could not be written. */
  notCached?(error: unknown): void
}

/** The files of a version. */
export interface FoundModel {
  readonly files: ModelFiles
  /** True if the database has them too. */
  readonly isStored: boolean
}

const text = new TextEncoder()

/**
 * Reads a version. What the database has counts: files on disk are used if they are the same, and otherwise the stored ones are
 * fetched, checked and copied to the cache folder. A version that is not stored is read from disk.
 * Throws ERR_MODEL_MISSING, and ERR_MODEL_HASH if the stored files are damaged.
 */
export async function readModel(places: ModelPlaces, name: string, version: string): Promise<FoundModel> {
  const { store, modelsDir, cacheDir } = places
  const hashes = await store.modelHashes(name, version)
  let missing: unknown
  for (const folder of cacheDir === null ? [modelsDir] : [modelsDir, cacheDir]) {
    try {
      const files = await readArtifact(folder, name, version)
      if (hashes.length === 0) return { files, isStored: false }
      if (isSame(filesOf(files), hashes)) return { files, isStored: true }
      places.differs?.(join(folder, name, version))
    } catch (error) {
      missing ??= error
    }
  }
  if (hashes.length === 0) throw missing
  const files = await fetchModel(store, name, version)
  if (cacheDir !== null) await cache(cacheDir, name, version, files).catch(error => places.notCached?.(error))
  return { files, isStored: true }
}

/** Turns the files of a version into rows with their hashes. */
export function filesOf({ manifestJson, modelJson, weights }: ModelFiles): readonly ModelFile[] {
  return [
    { file: 'manifest.json', bytes: text.encode(manifestJson) },
    { file: 'model.json', bytes: text.encode(modelJson) },
    { file: 'weights.bin', bytes: weights },
  ].map(({ file, bytes }) => ({ file, bytes, sha256: sha256Of(bytes) }))
}

/** The fields of a manifest that the registry has in columns. */
export interface ManifestHead {
  readonly name: string
  readonly version: string
  readonly sha256: string
  readonly interval: string | null
  readonly createdAt: string
}

/** Makes the record of a version that has not been in use. */
export function candidateOf(manifest: ManifestHead, { manifestJson }: ModelFiles, foundAt: Ms): SavedModel {
  const { name, version, sha256, interval, createdAt } = manifest
  const created = (Date.parse(createdAt) || null) as Ms | null
  const json = JSON.parse(manifestJson) as Record<string, unknown>
  return {
    name,
    version,
    sha256,
    interval,
    manifest: json,
    createdAt: created,
    foundAt,
    state: 'candidate',
    reason: null,
  }
}

/** Fetches the stored files of a version. Throws ERR_MODEL_HASH if they are not those that were stored. */
async function fetchModel(store: ModelPlaces['store'], name: string, version: string): Promise<ModelFiles> {
  const found = new Map<string, Uint8Array>()
  for (const { file, sha256, bytes } of await store.modelFiles(name, version)) {
    const hash = sha256Of(bytes)
    if (hash !== sha256) {
      throw damaged(name, version, `${file} with sha256 ${sha256}, found ${hash}`)
    }
    found.set(file, bytes)
  }
  const bytesOf = (file: string): Uint8Array => {
    const bytes = found.get(file)
    if (bytes === undefined) throw damaged(name, version, `${file}, found ${[...found.keys()].join(', ') || 'no file'}`)
    return bytes
  }
  const textOf = (file: string) => new TextDecoder().decode(bytesOf(file))
  return { manifestJson: textOf('manifest.json'), modelJson: textOf('model.json'), weights: bytesOf('weights.bin') }
}

function damaged(name: string, version: string, expected: string): CandlewatchError {
  return new CandlewatchError(
    'ERR_MODEL_HASH',
    `Model ${modelId({ name, version })} in the database: expected ${expected}. Put its files into the models folder and restart, or promote another version.`,
  )
}

/** Writes a copy in one step, so that it is complete or absent. */
async function cache(cacheDir: string, name: string, version: string, files: ModelFiles): Promise<void> {
  const folder = join(cacheDir, name, version)
  const unfinished = unfinishedFolder(cacheDir, name, process.pid)
  try {
    await mkdir(unfinished, { recursive: true })
    for (const { file, bytes } of filesOf(files)) await writeFile(join(unfinished, file), bytes)
    await rm(folder, { recursive: true, force: true })
    await rename(unfinished, folder)
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}

function isSame(found: readonly ModelFile[], stored: readonly Omit<ModelFile, 'bytes'>[]): boolean {
  return found.every(({ file, sha256 }) => stored.some(one => one.file === file && one.sha256 === sha256))
}

const sha256Of = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
