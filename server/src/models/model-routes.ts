import type { ModelRecord, ModelStore, Trial } from '@candlewatch/adapters/stores/models'
import type { Model, Trial as TrialAnswer } from '@candlewatch/api/models'
import { CandlewatchError } from '@candlewatch/core/errors'
import { isoDate } from '@candlewatch/core/interval'
import { modelId } from '@candlewatch/core/verdict'
import { Router } from 'express'
import { z } from 'zod'
import { handle } from '../http/handle.ts'
import { makeQueue } from '../platform/queue.ts'
import { figuresOf } from './model-figures.ts'
import { maxPromotions } from './model-folders.ts'
import type { ModelRegistry } from './model-registry.ts'
import { championsOf } from './model-registry.ts'
import type { TrainingsParts } from './trainings.ts'

const shownPromotions = 200

/** The part of a stored manifest that the API answers. */
const storedManifest = z.object({
  training: z.object({ from: z.string(), to: z.string() }),
  metrics: z.record(z.string(), z.unknown()),
})

/** `/api/models`: the versions, the champion, and how to change it. */
export function models(store: ModelStore, registry: ModelRegistry, trial: TrainingsParts['trial']): Router {
  // A trial takes about a second; a few of them can wait.
  const trials = makeQueue(4)

  const router = Router()
  handle(router, 'GET /api/models', async () => {
    const records = await store.models()
    const trials = await trialsOf(records)
    return { models: records.map(record => shown(record, trials)) }
  })
  handle(router, 'POST /api/models/:id/promote', async ({ params, body: { because = 'Promoted manually.' } }) => {
    const { name, version } = partsOf(params.id)
    return answer(await registry.promote(name, version, because))
  })
  handle(router, 'POST /api/models/:id/trial', async ({ params }) => {
    const { name, version } = partsOf(params.id)
    const challenger = await registry.find(name, version)
    await trials.add('trial', async () => {
      const champion = registry.championOf(name)
      const result = champion === null ? null : await trial(challenger, champion)
      if (result === null) throw impossible(name)
    })
    return answer(await recordOf(params.id))
  })
  handle(router, 'POST /api/models/:name/rollback', async ({ params, body: { because = 'Rolled back manually.' } }) => {
    if ((await store.champion(params.name)) === null) throw unknown(params.name)
    return answer(await registry.rollback(params.name, because))
  })
  handle(router, 'GET /api/models/:id', async ({ params }) => {
    const record = await recordOf(params.id)
    const trials = (await store.trials(record.name)).filter(one => one.challenger === record.version)
    return { ...shown(record, trials), figures: figuresOf(record.manifest), trials: trials.map(shownTrial) }
  })
  handle(router, 'GET /api/models/:name/promotions', async ({ params: { name } }) => {
    const log = await store.promotions(name, maxPromotions)
    if (log.length === 0) throw unknown(name)
    const promotions = log.slice(0, shownPromotions).map(one => ({ ...one, at: isoDate(one.at) }))
    return { promotions, earlier: championsOf(log)[1] ?? null }
  })
  return router

  async function recordOf(id: string): Promise<ModelRecord> {
    const { name, version } = partsOf(id)
    const record = (await store.models()).find(one => one.name === name && one.version === version)
    if (!record) throw unknown(id)
    return record
  }

  async function answer(record: ModelRecord): Promise<Model> {
    return shown(record, await trialsOf([record]))
  }

  /** Newest first. */
  async function trialsOf(records: readonly ModelRecord[]): Promise<readonly Trial[]> {
    const names = [...new Set(records.map(one => one.name))]
    return (await Promise.all(names.map(name => store.trials(name)))).flat()
  }
}

function partsOf(id: string): { name: string; version: string } {
  const [, name, version] = /^([^@]+)@([^@]+)$/.exec(id) ?? []
  if (name === undefined || version === undefined) throw unknown(id)
  return { name, version }
}

function unknown(found: string): CandlewatchError {
  return new CandlewatchError(
    'ERR_MODEL_MISSING',
    `Expected a model's name@version, or the name of one with a champion, found ${found.slice(0, 100)}. GET /api/models lists them.`,
  )
}

function impossible(name: string): CandlewatchError {
  return new CandlewatchError(
    'ERR_TRIAL_IMPOSSIBLE',
    `Expected a champion of ${name}, and stored bars of the last 30 days that it was not trained on; found none. Add more rows.`,
  )
}

function shown(record: ModelRecord, trials: readonly Trial[]): Model {
  const { name, version, state, reason, sha256, interval, createdAt } = record
  // A manifest of an older program may lack what today's has.
  const manifest = storedManifest.safeParse(record.manifest).data
  const trial = trials.find(one => one.name === name && one.challenger === version)
  return {
    id: modelId(record),
    name,
    version,
    state,
    reason,
    sha256,
    interval,
    trainedFrom: manifest?.training.from ?? null,
    trainedTo: manifest?.training.to ?? null,
    metrics: manifest?.metrics ?? null,
    createdAt: createdAt === null ? null : isoDate(createdAt),
    trial: trial ? shownTrial(trial) : null,
  }
}

function shownTrial({ alarms, ...trial }: Trial): TrialAnswer {
  const { champion, bars, more, fewer, challengerError, championError, passed, because } = trial
  return {
    champion,
    from: isoDate(trial.from),
    to: isoDate(trial.to),
    bars,
    more,
    fewer,
    moreAt: alarms.challenger.filter(date => !alarms.champion.includes(date)),
    fewerAt: alarms.champion.filter(date => !alarms.challenger.includes(date)),
    error: challengerError,
    championError,
    passed,
    because,
    at: isoDate(trial.at),
  }
}
