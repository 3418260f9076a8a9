import { listArtifacts, type ModelFiles, modelMissing, readArtifact } from '@candlewatch/adapters/models/model-files'
import type { ModelRecord, ModelStore } from '@candlewatch/adapters/stores/models'
import type { Clock } from '@candlewatch/core/clock'
import { makePipeline } from '@candlewatch/core/engine/pipeline'
import { CandlewatchError } from '@candlewatch/core/errors'
import { loadModel, type Manifest, parseManifest } from '@candlewatch/core/forecast/artifact'
import type { Stream } from '@candlewatch/core/time'
import type { Ms, Pipeline } from '@candlewatch/core/types'
import { modelId } from '@candlewatch/core/verdict'
import type { Log } from '../platform/log.ts'

/** A model whose files were read and verified. */
export interface OpenModel {
  readonly manifest: Manifest
  makePipeline(stream: Stream): Pipeline
}

/** The parts that the model folders work with. */
export interface ModelFoldersParts {
  readonly store: ModelStore
  readonly modelsDir: string
  /** Opens the files of a model. Throws for files that cannot be used. */
  open(files: ModelFiles): Promise<OpenModel>
  /** Called with each change of a version's state after it was stored. */
  changed(record: ModelRecord): void
  readonly clock: Clock
  readonly log: Log
}

/** The model folders on disk, and the table that mirrors them. A version whose folder cannot be used is recorded as refused, with the reason. */
export interface ModelFolders {
  /** Reads every folder, new ones included, except the one named. */
  scan(but: { readonly name: string; readonly version: string } | null): Promise<void>
  /** The record of a version; null if it never existed. */
  record(name: string, version: string): Promise<ModelRecord | null>
  /** Opens a version. Throws ERR_MODEL_MISSING if it never existed and ERR_MODEL_REFUSED if its files cannot be used. */
  find(name: string, version: string): Promise<OpenModel>
}

/** The number of promotions that are read at once: 27 years of one per night. */
export const maxPromotions = 10_000

/** Makes the view of the folders under `modelsDir`; nothing is read yet. */
export function makeModelFolders({ store, modelsDir, open, changed, clock, log }: ModelFoldersParts): ModelFolders {
  return {
    async scan(but) {
      const seen = [...(await store.models()), ...(await listArtifacts(modelsDir))]
      const unique = new Map(seen.map(one => [modelId(one), one] as const))
      for (const { name, version } of unique.values()) {
        if (but?.name !== name || but.version !== version) await read(name, version)
      }
    },
    record,
    async find(name, version) {
      const listed = await listArtifacts(modelsDir)
      const known = (await record(name, version)) ?? listed.find(one => one.name === name && one.version === version)
      if (!known) throw modelMissing(name, version)
      const model = await read(name, version)
      if (!(model instanceof CandlewatchError)) return model
      throw new CandlewatchError('ERR_MODEL_REFUSED', model.message, { cause: model })
    },
  }

  async function record(name: string, version: string): Promise<ModelRecord | null> {
    return (await store.models()).find(one => one.name === name && one.version === version) ?? null
  }

  /** Opens the files of a version and records its state. Resolves to the reason if they cannot be used. */
  async function read(name: string, version: string): Promise<OpenModel | CandlewatchError> {
    const before = await record(name, version)
    try {
      const files = await readArtifact(modelsDir, name, version)
      const model = await open(files)
      refuseOther(name, version, before, model.manifest)
      if (before === null || before.state === 'refused') await save(await recordOf(model.manifest, files), before)
      return model
    } catch (cause) {
      const error = cause instanceof CandlewatchError ? cause : new CandlewatchError('ERR_MODEL_REFUSED', String(cause))
      if (before?.state !== 'refused' || before.reason !== error.message) {
        const blank = { sha256: null, interval: null, manifest: null, createdAt: null, foundAt: clock.now() }
        await save({ ...blank, ...before, name, version, state: 'refused', reason: error.message }, before)
      }
      return error
    }
  }

  async function save(record: Parameters<ModelStore['saveModel']>[0], before: ModelRecord | null): Promise<void> {
    await store.saveModel(record)
    const { name: model, version, state, reason } = record
    log[state === 'refused' ? 'warn' : 'info']({ model, version, state, reason, was: before?.state }, `model ${state}`)
    changed(record)
  }

  async function recordOf(manifest: Manifest, { manifestJson }: ModelFiles) {
    const { name, version, sha256, interval } = manifest
    const served = (await store.promotions(name, maxPromotions)).some(one => one.version === version)
    return {
      name,
      version,
      sha256,
      interval,
      manifest: JSON.parse(manifestJson),
      reason: null,
      createdAt: (Date.parse(manifest.createdAt) || null) as Ms | null,
      foundAt: clock.now(),
      state: served ? ('retired' as const) : ('candidate' as const),
    }
  }
}

function refuseOther(name: string, version: string, before: ModelRecord | null, manifest: Manifest): void {
  const found = `${manifest.name} ${manifest.version}`
  if (found !== `${name} ${version}`) {
    throw new CandlewatchError(
      'ERR_MODEL_REFUSED',
      `The folder ${name}/${version} contains the model ${found}. Move it to a folder of that name and version.`,
    )
  }
  if (before?.sha256 && before.sha256 !== manifest.sha256) {
    throw new CandlewatchError(
      'ERR_MODEL_REFUSED',
      `Model ${found}: expected the first files of this version, with sha256 ${before.sha256}, found others with ${manifest.sha256}. Restore them, or give the new files their own version.`,
    )
  }
}

/**
 * Opens models with TensorFlow.js, whose backend was started before; their pipelines start with the budget in force. The
 * function throws ERR_MODEL_MANIFEST, ERR_MODEL_HASH and ERR_MODEL_SHAPE.
 */
export function openModel(budgets: {
  current(): { readonly alarmsPerWeek: number; readonly feedShare: number }
}): ModelFoldersParts['open'] {
  return async files => {
    const model = await loadModel(files)
    return {
      manifest: parseManifest(files.manifestJson),
      makePipeline(stream) {
        const { alarmsPerWeek, feedShare } = budgets.current()
        return makePipeline({ ...stream, alarmsPerWeek, feedShare }, model)
      },
    }
  }
}
