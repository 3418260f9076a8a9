import { listArtifacts, type ModelFiles, modelMissing } from '@candlewatch/adapters/models/model-files'
import { candidateOf, filesOf, type ModelPlaces, readModel } from '@candlewatch/adapters/models/stored-model'
import type { ModelRecord, ModelStore, SavedModel } from '@candlewatch/adapters/stores/models'
import type { EngineSettings } from '@candlewatch/adapters/stores/settings'
import type { Clock } from '@candlewatch/core/clock'
import { makePipeline } from '@candlewatch/core/engine/pipeline'
import { CandlewatchError } from '@candlewatch/core/errors'
import { loadModel, type Manifest, parseManifest } from '@candlewatch/core/forecast/artifact'
import type { Stream } from '@candlewatch/core/time'
import type { Pipeline } from '@candlewatch/core/types'
import { modelId } from '@candlewatch/core/verdict'
import type { Log } from '../platform/log.ts'

/** A model whose files were read and verified. */
export interface OpenModel {
  readonly manifest: Manifest
  /** `settings`: those of the stream, as they are now, unless given. */
  makePipeline(stream: Stream, settings?: EngineSettings): Pipeline
}

/** The parts that the versions of models work with. */
export interface ModelFoldersParts extends Pick<ModelPlaces, 'modelsDir' | 'cacheDir'> {
  readonly store: ModelStore
  /** Opens the files of a model. Throws for files that cannot be used. */
  open(files: ModelFiles): Promise<OpenModel>
  readonly clock: Clock
  readonly log: Log
}

/**
 * The versions of models: those in the models folder, and those in the database, which has the files of each so that every
 * server can use it. A version that cannot be used is recorded as refused, with the reason.
 */
export interface ModelFolders {
  /** Adds the versions in the models folder that the database does not have, and tries refused ones again. */
  scan(): Promise<void>
  /** Opens a version. Throws ERR_MODEL_MISSING if it never existed and ERR_MODEL_REFUSED if its files cannot be used. */
  find(name: string, version: string): Promise<OpenModel>
  /** Opens a version and records nothing. Throws ERR_MODEL_MISSING, ERR_MODEL_REFUSED. */
  open(name: string, version: string): Promise<OpenModel>
}

/** The number of promotions that are read at once: 27 years of one per night. */
export const maxPromotions = 10_000

/** Makes the view of the versions; nothing is read yet. */
export function makeModelFolders({ store, open, clock, log, ...dirs }: ModelFoldersParts): ModelFolders {
  const { modelsDir, cacheDir } = dirs
  const places: ModelPlaces = {
    store,
    modelsDir,
    cacheDir,
    differs: folder =>
      log.warn({ folder }, 'these files differ from those of this version in the database, which are used'),
    notCached: err => log.warn({ err, cacheDir }, 'a model could not be copied to the cache folder'),
  }

  return {
    async scan() {
      const states = await store.modelStates()
      const known = new Set(states.map(modelId))
      const unknown = (await listArtifacts(modelsDir)).filter(one => !known.has(modelId(one)))
      const again = states.filter(one => !one.hasFiles || one.state === 'refused')
      for (const { name, version } of [...again, ...unknown].sort(byNameAndVersion)) await read(name, version)
    },
    async find(name, version) {
      const listed = await listArtifacts(modelsDir)
      const isListed = listed.some(one => one.name === name && one.version === version)
      if (!isListed && (await store.model(name, version)) === null) throw modelMissing(name, version)
      return refusedIfError(await read(name, version))
    },
    async open(name, version) {
      return refusedIfError(await usable(name, version).then(({ model }) => model, modelError))
    },
  }

  /** Opens the files of a version and records its state. Resolves to the reason if they cannot be used. */
  async function read(name: string, version: string): Promise<OpenModel | CandlewatchError> {
    const before = await store.model(name, version)
    try {
      const { model, files, isStored } = await usable(name, version)
      refuseOther(name, version, before, model.manifest)
      if (before === null || before.state === 'refused' || !isStored) {
        const record = await recordOf(model.manifest, files)
        await store.addModel(record, filesOf(files))
        if (before === null || before.state === 'refused') tell(record, before)
      }
      return model
    } catch (cause) {
      const error = modelError(cause)
      if (before?.state !== 'refused' || before.reason !== error.message) {
        const blank = { sha256: null, interval: null, manifest: null, createdAt: null, foundAt: clock.now() }
        const record = { ...blank, ...before, name, version, state: 'refused' as const, reason: error.message }
        await store.saveModel(record)
        tell(record, before)
      }
      return error
    }
  }

  async function usable(name: string, version: string) {
    const { files, isStored } = await readModel(places, name, version)
    const model = await open(files).catch(cause => {
      throw cause instanceof CandlewatchError ? cause : new CandlewatchError('ERR_MODEL_REFUSED', String(cause))
    })
    return { model, files, isStored }
  }

  function tell({ name: model, version, state, reason }: ModelRecord, before: ModelRecord | null): void {
    log[state === 'refused' ? 'warn' : 'info']({ model, version, state, reason, was: before?.state }, `model ${state}`)
  }

  async function recordOf(manifest: Manifest, files: ModelFiles): Promise<SavedModel> {
    const { name, version } = manifest
    const served = (await store.promotions(name, maxPromotions)).some(one => one.version === version)
    return { ...candidateOf(manifest, files, clock.now()), state: served ? 'retired' : 'candidate' }
  }
}

const byNameAndVersion = (a: Pick<ModelRecord, 'name' | 'version'>, b: Pick<ModelRecord, 'name' | 'version'>) =>
  modelId(a) < modelId(b) ? -1 : 1

/** Returns the error if it is about a model's files. Throws any other, such as that of a database that does not answer. */
function modelError(cause: unknown): CandlewatchError {
  if (cause instanceof CandlewatchError && cause.code.startsWith('ERR_MODEL_')) return cause
  throw cause
}

function refusedIfError(model: OpenModel | CandlewatchError): OpenModel {
  if (!(model instanceof CandlewatchError)) return model
  throw new CandlewatchError('ERR_MODEL_REFUSED', model.message, { cause: model })
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
export function openModel(settings: {
  budgetOf(stream: Stream): { readonly alarmsPerWeek: number; readonly feedShare: number }
  of(stream: Stream): EngineSettings
}): ModelFoldersParts['open'] {
  return async files => {
    const model = await loadModel(files)
    return {
      manifest: parseManifest(files.manifestJson),
      makePipeline(stream, { calendar } = settings.of(stream)) {
        const config = { ...stream, ...settings.budgetOf(stream) }
        return makePipeline(calendar ? { ...config, calendar } : config, model)
      },
    }
  }
}
