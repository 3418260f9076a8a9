import type { ModelRecord, ModelStore, Trial } from '@candlewatch/adapters/stores/models'
import { CandlewatchError } from '@candlewatch/core/errors'
import { isoDate } from '@candlewatch/core/interval'
import { modelId } from '@candlewatch/core/verdict'
import { Router } from 'express'
import type { z } from 'zod'
import { jsonBody } from '../http/json-body.ts'
import { parsed } from '../http/problem.ts'
import { makeQueue } from '../platform/queue.ts'
import { championsOf } from './champions.ts'
import { figuresOf } from './model-figures.ts'
import { mostPromotions } from './model-files.ts'
import { type modelAnswer, modelChange, type modelDetailAnswer, storedManifest } from './model-schemas.ts'
import type { Models } from './models.ts'
import type { RetrainParts } from './retrain.ts'

const shownPromotions = 200

type ModelAnswer = z.output<typeof modelAnswer>

/** `/api/models`: which there are, who is champion, and how to change that. */
export function models(store: ModelStore, registry: Models, trial: RetrainParts['trial']): Router {
  // A trial is a second of work: a few of them wait their turn.
  const trials = makeQueue(4)

  return Router()
    .get('/api/models', async (_request, response) => {
      const records = await store.models()
      const trials = await trialsOf(records)
      response.json({ models: records.map(record => shown(record, trials)) })
    })
    .post('/api/models/:id/promote', jsonBody('16kb'), async (request, response) => {
      const { because = 'Promoted by hand.' } = parsed(modelChange, request.body, 'ERR_BODY_SHAPE')
      const { name, version } = partsOf(request.params.id as string)
      await answer(await registry.promote(name, version, because), response)
    })
    .post('/api/models/:id/trial', jsonBody('16kb'), async (request, response) => {
      const { name, version } = partsOf(request.params.id as string)
      const challenger = await registry.find(name, version)
      await trials.add('trial', async () => {
        const champion = registry.champion()
        const result = champion.manifest.name === name ? await trial(challenger, champion) : null
        if (result === null) throw impossible(champion.manifest.name)
      })
      await answer((await store.models()).find(one => one.name === name && one.version === version)!, response)
    })
    .post('/api/models/:name/rollback', jsonBody('16kb'), async (request, response) => {
      const { because = 'Rolled back by hand.' } = parsed(modelChange, request.body, 'ERR_BODY_SHAPE')
      const name = request.params.name as string
      if ((await store.champion(name)) === null) throw unknown(name)
      await answer(await registry.rollback(name, because), response)
    })
    .get('/api/models/:id', async (request, response) => {
      const { name, version } = partsOf(request.params.id as string)
      const record = (await store.models()).find(one => one.name === name && one.version === version)
      if (!record) throw unknown(request.params.id as string)
      const trials = (await store.trials(name)).filter(one => one.challenger === version)
      response.json({
        ...shown(record, trials),
        figures: figuresOf(record.manifest),
        trials: trials.map(shownTrial),
      } satisfies z.output<typeof modelDetailAnswer>)
    })
    .get('/api/models/:name/promotions', async (request, response) => {
      const name = request.params.name as string
      const log = await store.promotions(name, mostPromotions)
      if (log.length === 0) throw unknown(name)
      const promotions = log.slice(0, shownPromotions).map(one => ({ ...one, at: isoDate(one.at) }))
      response.json({ promotions, earlier: championsOf(log)[1] ?? null })
    })

  async function answer(record: ModelRecord, response: { json(body: ModelAnswer): unknown }): Promise<void> {
    response.json(shown(record, await trialsOf([record])))
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
    `Expected a version of ${name}, which serves, and stored bars of the last 30 days that it was not trained on, found none. Let more rows come in.`,
  )
}

function shown(record: ModelRecord, trials: readonly Trial[]): ModelAnswer {
  const { name, version, state, reason, sha256, interval, createdAt } = record
  // A manifest of an older program may lack what today's has.
  const manifest = storedManifest.safeParse(record.manifest).data
  const trial = trials.find(one => one.name === name && one.challenger === version)
  return {
    ...{ id: modelId(record), name, version, state, reason, sha256, interval },
    trainedFrom: manifest?.training.from ?? null,
    trainedTo: manifest?.training.to ?? null,
    metrics: manifest?.metrics ?? null,
    createdAt: createdAt === null ? null : isoDate(createdAt),
    trial: trial ? shownTrial(trial) : null,
  }
}

function shownTrial({ alarms, ...trial }: Trial): NonNullable<ModelAnswer['trial']> {
  const { champion, bars, more, fewer, challengerError, championError, passed, because } = trial
  return {
    ...{ champion, from: isoDate(trial.from), to: isoDate(trial.to), bars, more, fewer },
    moreAt: alarms.challenger.filter(date => !alarms.champion.includes(date)),
    fewerAt: alarms.champion.filter(date => !alarms.challenger.includes(date)),
    ...{ error: challengerError, championError, passed, because, at: isoDate(trial.at) },
  }
}
