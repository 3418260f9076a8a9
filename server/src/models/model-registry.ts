import type { ModelRecord, Promotion } from '@candlewatch/adapters/stores/models'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Manifest } from '@candlewatch/core/forecast/artifact'
import { modelId } from '@candlewatch/core/verdict'
import type { CurrentModel } from '../judging/engine.ts'
import { makeQueue } from '../platform/queue.ts'
import { type ModelFoldersParts, makeModelFolders, maxPromotions, type OpenModel } from './model-folders.ts'

/** The parts that the model registry works with. */
export interface RegistryParts extends ModelFoldersParts {
  /** The name of the model in use. */
  readonly name: string
}

/** The known models and the current champion. Changes are made one at a time; each is stored before it takes effect. */
export interface ModelRegistry {
  /** The model that judges from now on. */
  champion(): OpenModel
  /** Reads every model folder again and finds new ones. */
  scan(): Promise<void>
  /** Opens a version. Throws ERR_MODEL_MISSING if it never existed and ERR_MODEL_REFUSED if its files cannot be used. */
  find(name: string, version: string): Promise<OpenModel>
  /** Makes a version the champion. Promoting the current champion changes nothing. Throws what `find` throws; the champion then stays. */
  promote(name: string, version: string, because: string): Promise<ModelRecord>
  /** Makes the previous champion the champion again. Throws ERR_MODEL_NO_EARLIER, and what `find` throws. */
  rollback(name: string, because: string): Promise<ModelRecord>
}

/** Reads the model folders and chooses a champion. Throws ERR_MODEL_MISSING if the model has no version and ERR_MODEL_REFUSED if none can be used. */
export async function openModelRegistry(parts: RegistryParts): Promise<ModelRegistry> {
  const { store, name: served, clock, log } = parts
  const folders = makeModelFolders(parts)
  const queue = makeQueue(1_000)
  const inTurn = <T>(job: () => Promise<T>) => queue.add('models', job)
  await folders.scan(null)
  let champion = await firstChampion()

  return {
    champion: () => champion,
    // The champion is in memory: damage to its files is found at the next start.
    scan: () => inTurn(() => folders.scan(champion.manifest)),
    find: (name, version) => inTurn(() => folders.find(name, version)),
    promote: (name, version, because) => inTurn(() => promote(name, version, because)),
    rollback: (name, because) => inTurn(() => rollback(name, because)),
  }

  async function promote(name: string, version: string, because: string): Promise<ModelRecord> {
    const current = await store.champion(name)
    if (current?.version === version) return current
    const model = await folders.find(name, version)
    await crown(model, current, because)
    if (name === served) champion = model
    return (await folders.record(name, version))!
  }

  async function rollback(name: string, because: string): Promise<ModelRecord> {
    const [, before] = championsOf(await store.promotions(name, maxPromotions))
    if (before !== undefined) return promote(name, before, because)
    throw new CandlewatchError(
      'ERR_MODEL_NO_EARLIER',
      `Expected an earlier champion of ${name}, found none. Promote a version instead.`,
    )
  }

  async function crown({ manifest }: OpenModel, current: ModelRecord | null, because: string): Promise<void> {
    const { name, version } = manifest
    await store.promote({ name, version, because, at: clock.now() })
    log.info({ model: name, version, previous: current?.version, because }, 'promoted')
    if (current) parts.changed({ ...current, state: 'retired', reason: null })
    parts.changed((await folders.record(name, version))!)
  }

  /**
   * The stored champion, or else the one before it, or else the newest version that can be used. Versions that learned from all of
   * their rows come first: a version that a server trained has kept its newest rows for a trial whose result is not known here.
   */
  async function firstChampion(): Promise<OpenModel> {
    const current = await store.champion(served)
    if (current) return folders.find(served, current.version)
    const records = (await store.models()).filter(one => one.name === served)
    const whole = records.filter(one => one.state !== 'refused')
    const newest = (whole.findLast(isRefitted) ?? whole.at(-1))?.version
    const earlier = championsOf(await store.promotions(served, maxPromotions))
    const chosen = earlier.find(version => whole.some(one => one.version === version)) ?? newest
    if (chosen === undefined) throw nothingServes(parts, records)
    const model = await folders.find(served, chosen)
    await crown(model, null, firstReason(chosen, earlier[0]))
    return model
  }
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
