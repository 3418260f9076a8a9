import type { ModelRecord } from '@candlewatch/adapters/stores/models'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Manifest } from '@candlewatch/core/forecast/artifact'
import { modelId } from '@candlewatch/core/verdict'
import type { CurrentModel } from '../judging/engine.ts'
import { makeQueue } from '../platform/queue.ts'
import { championsOf } from './champions.ts'
import { makeShelf, mostPromotions, type OpenModel, type ShelfParts } from './model-files.ts'

export interface ModelsParts extends ShelfParts {
  /** Whose champion judges. */
  readonly name: string
}

/** Who is champion. Changes come one at a time, each stored before it takes effect. */
export interface Models {
  /** Who judges from now on. */
  champion(): OpenModel
  /** Finds new folders and looks at all of them again. */
  scan(): Promise<void>
  /** Throws ERR_MODEL_MISSING for a version that was never there, ERR_MODEL_REFUSED for one that cannot serve. */
  find(name: string, version: string): Promise<OpenModel>
  /** Throws as `find`; the champion then stays. The champion itself is answered as it is. */
  promote(name: string, version: string, because: string): Promise<ModelRecord>
  /** Back to the champion before this one. Throws ERR_MODEL_NO_EARLIER and as `find`. */
  rollback(name: string, because: string): Promise<ModelRecord>
}

/** Throws ERR_MODEL_MISSING when there is no version of the name, ERR_MODEL_REFUSED when none can serve. */
export async function openModels(parts: ModelsParts): Promise<Models> {
  const { store, name: served, clock, log } = parts
  const shelf = makeShelf(parts)
  const queue = makeQueue(1_000)
  const inTurn = <T>(job: () => Promise<T>) => queue.add('models', job)
  await shelf.scan(null)
  let champion = await firstChampion()

  return {
    champion: () => champion,
    // What serves is in memory: damage to its files is found at the next start.
    scan: () => inTurn(() => shelf.scan(champion.manifest)),
    find: (name, version) => inTurn(() => shelf.find(name, version)),
    promote: (name, version, because) => inTurn(() => promote(name, version, because)),
    rollback: (name, because) => inTurn(() => rollback(name, because)),
  }

  async function promote(name: string, version: string, because: string): Promise<ModelRecord> {
    const current = await store.champion(name)
    if (current?.version === version) return current
    const model = await shelf.find(name, version)
    await crown(model, current, because)
    if (name === served) champion = model
    return (await shelf.record(name, version))!
  }

  async function rollback(name: string, because: string): Promise<ModelRecord> {
    const [, before] = championsOf(await store.promotions(name, mostPromotions))
    if (before !== undefined) return promote(name, before, because)
    throw new CandlewatchError(
      'ERR_MODEL_NO_EARLIER',
      `Expected a champion of ${name} before the present one, found none to go back to. Promote a version instead.`,
    )
  }

  async function crown({ manifest }: OpenModel, current: ModelRecord | null, because: string): Promise<void> {
    const { name, version } = manifest
    await store.promote({ name, version, because, at: clock.now() })
    log.info({ model: name, version, previous: current?.version, because }, 'promoted')
    if (current) parts.changed({ ...current, state: 'retired', reason: null })
    parts.changed((await shelf.record(name, version))!)
  }

  /**
   * The table's champion, else the one before it, else the newest that can serve, of those that learned from all their rows where
   * there are such: what a server trained keeps its newest rows for a trial, and nobody knows any more what came of that.
   */
  async function firstChampion(): Promise<OpenModel> {
    const current = await store.champion(served)
    if (current) return shelf.find(served, current.version)
    const records = (await store.models()).filter(one => one.name === served)
    const whole = records.filter(one => one.state !== 'refused')
    const newest = (whole.findLast(isRefitted) ?? whole.at(-1))?.version
    const earlier = championsOf(await store.promotions(served, mostPromotions))
    const chosen = earlier.find(version => whole.some(one => one.version === version)) ?? newest
    if (chosen === undefined) throw nothingServes(parts, records)
    const model = await shelf.find(served, chosen)
    await crown(model, null, firstReason(chosen, earlier[0]))
    return model
  }
}

function isRefitted({ manifest }: ModelRecord): boolean {
  return (manifest?.training as Partial<Manifest['training']> | undefined)?.refitted === true
}

function firstReason(chosen: string, champion: string | undefined): string {
  if (champion === undefined) return 'The newest when none was champion yet.'
  return chosen === champion ? 'It can serve again.' : `${champion} could not serve.`
}

/** The champion as live wants it. */
export function currentModel(models: Models): CurrentModel {
  const { manifest, makePipeline } = models.champion()
  return { id: modelId(manifest), makePipeline }
}

function nothingServes({ name, modelsDir }: ModelsParts, records: readonly ModelRecord[]): CandlewatchError {
  const reasons = records.map(({ version, reason }) => `  ${version}: ${reason}`)
  if (reasons.length > 0) {
    return new CandlewatchError('ERR_MODEL_REFUSED', `No version of ${name} can serve:\n${reasons.join('\n')}`)
  }
  return new CandlewatchError(
    'ERR_MODEL_MISSING',
    `Expected model ${name} in ${modelsDir}, found none. Train it with \`npm run train -- --csv FILE\`, or name another.`,
  )
}
