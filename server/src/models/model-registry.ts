import type { ModelRecord, Promotion } from '@candlewatch/adapters/stores/models'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Manifest } from '@candlewatch/core/forecast/artifact'
import { type Choice, chooseModel } from '@candlewatch/core/forecast/model-choice'
import { known } from '@candlewatch/core/nth'
import type { Stream } from '@candlewatch/core/time'
import { modelId } from '@candlewatch/core/verdict'
import type { CurrentModel } from '../judging/engine.ts'
import { makeQueue } from '../platform/queue.ts'
import { type ModelFoldersParts, makeModelFolders, maxPromotions, type OpenModel } from './model-folders.ts'

/** The parts that the model registry works with. */
export interface RegistryParts extends ModelFoldersParts {
  /** The name of the model that trainings make new versions of, and that judges streams for which no other fits. */
  readonly name: string
  /** True to have that model judge every stream. */
  readonly isSet: boolean
  /** Called with each change of a version's state, made here or by another server. */
  changed(model: Pick<ModelRecord, 'name' | 'version' | 'state' | 'reason'>): void
}

/** The known models and the champion of each name. Changes are made one at a time; each is stored before it takes effect. */
export interface ModelRegistry {
  /** The champion of the model that this server is for. */
  champion(): OpenModel
  /** The champion of a name; null if it has none that can be used. */
  championOf(name: string): OpenModel | null
  /** The model that judges a stream from now on, and why. */
  modelFor(stream: Stream): Choice<OpenModel>
  /** Throws ERR_MODEL_REFUSED if a champion that another server promoted cannot be used here; an earlier one is then in use. */
  check(): void
  /** Adds the versions in the models folder that the database does not have. */
  scan(): Promise<void>
  /** Reads the table: versions that others added or refused, and the champion that they promoted. */
  refresh(): Promise<void>
  /** Opens a version. Throws ERR_MODEL_MISSING if it never existed and ERR_MODEL_REFUSED if its files cannot be used. */
  find(name: string, version: string): Promise<OpenModel>
  /** Makes a version the champion. Promoting the current champion changes nothing. Throws what `find` throws; the champion then stays. */
  promote(name: string, version: string, because: string): Promise<ModelRecord>
  /** Makes the previous champion the champion again. Throws ERR_MODEL_NO_EARLIER, and what `find` throws. */
  rollback(name: string, because: string): Promise<ModelRecord>
}

/** Reads the models and chooses the champions. Throws ERR_MODEL_MISSING if the model has no version and ERR_MODEL_REFUSED if none can be used. */
export async function openModelRegistry(parts: RegistryParts): Promise<ModelRegistry> {
  const { store, name: served, clock, log } = parts
  const folders = makeModelFolders(parts)
  const queue = makeQueue(1_000)
  const inTurn = <T>(job: () => Promise<T>) => queue.add('models', job)
  const stateOf = ({ state, reason }: Pick<ModelRecord, 'state' | 'reason'>) => `${state} ${reason}`
  let states = new Map((await store.modelStates()).map(one => [modelId(one), stateOf(one)] as const))
  const champions = new Map<string, OpenModel>()
  const unusable = new Map<string, { readonly version: string; readonly error: unknown }>()
  let refreshing: Promise<void> | null = null
  await folders.scan()
  await tellChanges()
  await crownFirst()
  if (!champions.has(served)) throw nothingServes(parts, await recordsOf(served))

  return {
    champion: () => known(champions.get(served)),
    championOf: name => champions.get(name) ?? null,
    modelFor(stream) {
      const model = known(champions.get(served))
      if (parts.isSet) return { model, because: 'set' }
      return chooseModel(stream, [...champions.values()]) ?? { model, because: 'only' }
    },
    check() {
      for (const { error } of unusable.values()) throw error
    },
    scan: () =>
      inTurn(async () => {
        await folders.scan()
        await follow()
        await crownFirst()
      }),
    refresh() {
      refreshing ??= inTurn(follow).finally(() => {
        refreshing = null
      })
      return refreshing
    },
    find: (name, version) => inTurn(() => folders.find(name, version)),
    promote: (name, version, because) => inTurn(() => promote(name, version, because)),
    rollback: (name, because) => inTurn(() => rollback(name, because)),
  }

  async function promote(name: string, version: string, because: string): Promise<ModelRecord> {
    const current = await store.champion(name)
    if (current?.version !== version) {
      const model = await folders.find(name, version)
      await crown(model, because)
      champions.set(name, model)
    }
    await follow()
    return known(await store.model(name, version))
  }

  async function rollback(name: string, because: string): Promise<ModelRecord> {
    const [, before] = championsOf(await store.promotions(name, maxPromotions))
    if (before !== undefined) return promote(name, before, because)
    throw new CandlewatchError(
      'ERR_MODEL_NO_EARLIER',
      `Expected an earlier champion of ${name}, found none. Promote a version instead.`,
    )
  }

  async function crown({ manifest }: OpenModel, because: string): Promise<void> {
    const { name, version } = manifest
    const promotion = await store.promote({ name, version, because, at: clock.now() })
    if (promotion) log.info({ model: name, version, previous: promotion.previous, because }, 'promoted')
  }

  /** Tells what has changed in the table since it was last read, and uses the champions that it names. */
  async function follow(): Promise<void> {
    for (const { name, version } of await tellChanges()) await use(name, version)
  }

  async function use(name: string, current: string): Promise<void> {
    const before = champions.get(name)?.manifest.version
    if (current === before) {
      unusable.delete(name)
      return
    }
    try {
      champions.set(name, await folders.open(name, current))
      unusable.delete(name)
      log.info({ model: name, version: current }, 'the champion has changed')
    } catch (error) {
      // What cannot be used here can perhaps be used by the server that promoted it, so the record stays.
      if (unusable.get(name)?.version !== current) {
        const stays = before === undefined ? 'streams use other models' : `${before} stays in use`
        log.error({ err: error, model: name, version: current }, `the champion cannot be used here: ${stays}`)
      }
      unusable.set(name, { version: current, error })
    }
  }

  /** Resolves to the champions. They are told last. */
  async function tellChanges(): Promise<readonly Pick<ModelRecord, 'name' | 'version'>[]> {
    const found = await store.modelStates()
    const changed = found.filter(one => states.get(modelId(one)) !== stateOf(one))
    states = new Map(found.map(one => [modelId(one), stateOf(one)] as const))
    const isChampion = ({ state }: Pick<ModelRecord, 'state'>) => state === 'champion'
    for (const { name, version, state, reason } of [
      ...changed.filter(one => !isChampion(one)),
      ...changed.filter(isChampion),
    ]) {
      parts.changed({ name, version, state, reason })
    }
    return found.filter(isChampion)
  }

  /** Finds a champion for each name that has none in use. */
  async function crownFirst(): Promise<void> {
    const names = new Set([served, ...(await store.modelStates()).map(one => one.name)])
    for (const name of names) {
      if (champions.has(name)) continue
      const model = await firstChampion(name)
      if (model !== null) champions.set(name, model)
    }
    await tellChanges()
  }

  /**
   * The stored champion, or else the one before it, or else the newest version that can be used. Versions that learned from all of
   * their rows come first: a version that a server trained has kept its newest rows for a trial whose result is not known here.
   * Of a model besides the one that this server is for, such a version is no champion until somebody promotes it.
   */
  async function firstChampion(name: string): Promise<OpenModel | null> {
    const current = await store.champion(name)
    const promoted = championsOf(await store.promotions(name, maxPromotions))
    const records = (await recordsOf(name)).filter(one => one.state !== 'refused').reverse()
    const newest = [...records.filter(isRefitted), ...(name === served ? records : [])].map(one => one.version)
    const earlier = promoted.filter(version => records.some(one => one.version === version))
    const choices = new Set([...(current ? [current.version] : []), ...earlier, ...newest])
    for (const version of choices) {
      const model = await folders.find(name, version).catch(refusal)
      if (model === null) continue
      await crown(model, firstReason(version, promoted[0]))
      return model
    }
    return null
  }

  async function recordsOf(name: string): Promise<readonly ModelRecord[]> {
    return (await store.models()).filter(one => one.name === name)
  }
}

/** Resolves to null for a version that cannot be used: its record now has the reason. */
function refusal(error: unknown): null {
  if (error instanceof CandlewatchError && error.code === 'ERR_MODEL_REFUSED') return null
  throw error
}

function isRefitted({ manifest }: ModelRecord): boolean {
  return (manifest?.training as Partial<Manifest['training']> | undefined)?.refitted === true
}

function firstReason(chosen: string, champion: string | undefined): string {
  if (champion === undefined) return 'First champion: the newest version.'
  return chosen === champion ? 'Its files can be used again.' : `${champion} could not be used.`
}

/** The model of a stream in the form in which engines use it. */
export function currentModel(models: Pick<ModelRegistry, 'modelFor'>, stream: Stream): CurrentModel {
  const { manifest, makePipeline } = models.modelFor(stream).model
  return { id: modelId(manifest), makePipeline }
}

function nothingServes({ name, modelsDir }: RegistryParts, records: readonly ModelRecord[]): CandlewatchError {
  const reasons = records.map(({ version, reason }) => `  ${version}: ${reason}`)
  if (reasons.length > 0) {
    return new CandlewatchError(
      'ERR_MODEL_REFUSED',
      `Expected a usable version of ${name}, found none:\n${reasons.join('\n')}`,
    )
  }
  return new CandlewatchError(
    'ERR_MODEL_MISSING',
    `Expected model ${name} in ${modelsDir}, found none. Train it with \`npm run train -- --csv FILE\`, or set MODEL to another one.`,
  )
}

/**
 * The versions of a promotion log (newest first), from the present champion to the first one. A promotion of the previous
 * champion takes the present one off the list, so that rolling back twice goes back two.
 */
export function championsOf(log: readonly Promotion[]): string[] {
  const stack: string[] = []
  for (const { version } of [...log].reverse()) {
    if (stack.at(-2) === version) stack.pop()
    else if (stack.at(-1) !== version) stack.push(version)
  }
  return stack.reverse()
}
