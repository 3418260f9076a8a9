import { candidateOf, filesOf } from '@candlewatch/adapters/models/stored-model'
import type { Ms } from '@candlewatch/core/types'
import { type Env, readEnv } from '../env.ts'
import { withStore } from '../series/database.ts'
import type { TrainedModel } from './training.ts'

/**
 * Adds a version to the database that DATABASE_URL names, so that every server on it can use the version. Without DATABASE_URL
 * nothing is added. Resolves to true if it was.
 */
export async function addToDatabase(model: TrainedModel, env: Env = readEnv()): Promise<boolean> {
  if (env.DATABASE_URL === undefined) return false
  const record = candidateOf(model.manifest, model, Date.now() as Ms)
  await withStore(env, store => store.addModel(record, filesOf(model)))
  return true
}
