import type { ModelRecord, Promotion } from '@candlewatch/adapters/stores/models'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Manifest } from '@candlewatch/core/forecast/artifact'
import { known } from '@candlewatch/core/nth'
import { modelId } from '@candlewatch/core/verdict'
import type { CurrentModel } from '../judging/engine.ts'
import { makeQueue } from '../platform/queue.ts'
import { type ModelFoldersParts, makeModelFolders, maxPromotions, type OpenModel } from './model-folders.ts'

/** The parts that the model registry works with. */
export interface RegistryParts extends ModelFoldersParts {
  /** The name of the model in use. */
  readonly name: string
  /** Called with each change of a version's state, made here or by another server. */
  changed(model: Pick<ModelRecord, 'name' | 'version' | 'state' | 'reason'>): void
}

/** The known models and the current champion. Changes are made one at a time; each is stored before it takes effect. */
export interface ModelRegistry {
  /** The model that judges from now on. */
  champion(): OpenModel
  /** Throws ERR_MODEL_REFUSED if the champion that another server promoted cannot be used here; `champion` is then an earlier one. */
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

/** Reads the models and chooses a champion. Throws ERR_MODEL_MISSING if the model has no version and ERR_MODEL_REFUSED if none can be used. */
export async function openModelRegistry(parts: RegistryParts): Promise<ModelRegistry> {
  const { store, name: served, clock, log } = parts
  const folders = makeModelFolders(parts)
  const queue = makeQueue(1_000)
  const inTurn = <T>(job: () => Promise<T>) => queue.add('models', job)
  const stateOf = ({ state, reason }: Pick<ModelRecord, 'state' | 'reason'>) => `${state} ${reason}`
  let states = new Map((await store.modelStates()).map(one => [modelId(one), stateOf(one)] as const))
  let unusable: { readonly version: string; readonly error: unknown } | null = null
  let refreshing: Promise<void> | null = null
  await folders.scan()
  await tellChanges()
  let champion = await firstChampion()

  return {
    champion: () => champion,
    check() {
      if (unusable !== null) throw unusable.error
    },
    scan: () =>
      inTurn(async () => {
        await folders.scan()
        await follow()
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
      if (name === served) champion = model
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

  /** Tells what has changed in the table since it was last read, and uses the champion that it names. */
  async function follow(): Promise<void> {
    const current = await tellChanges()
    if (current === undefined || current === champion.manifest.version) {
      unusable = null
      return
    }
    try {
      champion = await folders.open(served, current)
      unusable = null
      log.info({ model: served, version: current }, 'the champion has changed')
    } catch (error) {
      // What cannot be used here can perhaps be used by the server that promoted it, so the record stays.
      if (unusable?.version !== current) {
        const { version } = champion.manifest
        log.error(
          { err: error, model: served, version: current },
          `the champion cannot be used here: ${version} stays in use`,
        )
      }
      unusable = { version: current, error }
    }
  }

  /** Resolves to the champion's version. The champion is told last. */
  async function tellChanges(): Promise<string | undefined> {
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
    return found.find(one => one.name === served && isChampion(one))?.version
  }

  /**
   * The stored champion, or else the one before it, or else the newest version that can be used. Versions that learned from all of
   * their rows come first: a version that a server trained has kept its newest rows for a trial whose result is not known here.
   */
  async function firstChampion(): Promise<OpenModel> {
    const current = await store.champion(served)
    const promoted = championsOf(await store.promotions(served, maxPromotions))
    const records = (await store.models()).filter(one => one.name === served && one.state !== 'refused').reverse()
    const newest = [...records.filter(isRefitted), ...records].map(one => one.version)
    const earlier = promoted.filter(version => newest.includes(version))
    const choices = new Set([...(current ? [current.version] : []), ...earlier, ...newest])
    for (const version of choices) {
      const model = await folders.find(served, version).catch(refusal)
      if (model === null) continue
      await crown(model, firstReason(version, promoted[0]))
      await tellChanges()
      return model
    }
    await tellChanges()
    throw nothingServes(
      parts,
      (await store.models()).filter(one => one.name === served),
    )
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

/** The champion in the form in which engines use it. */
export function currentModel(models: Pick<ModelRegistry, 'champion'>): CurrentModel {
  const { manifest, makePipeline } = models.champion()
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
