import { msOf } from '@candlewatch/core/time'
import type { Ms } from '@candlewatch/core/types'
import { modelMissing } from '../../models/model-files.ts'
import type { ModelFile, ModelRecord, ModelStore, ModelSummary, Promotion, SavedModel, Trial } from '../models.ts'
import type { Connections } from './connection.ts'
import { timestamp } from './rows.ts'

/** The model registry in PostgreSQL. */
export function postgresModels({ query, transaction }: Connections): ModelStore {
  return {
    async saveModel(record) {
      await query(upsertModel, valuesOf(record))
    },

    async addModel(record, files) {
      const { name, version } = record
      await transaction(async client => {
        await client.query(`${upsertModel} where models.state = 'refused'`, valuesOf(record))
        const columns = [files.map(one => one.file), files.map(one => one.sha256), files.map(one => one.bytes)]
        await client.query(insertFiles, [name, version, ...columns])
      })
    },

    async models() {
      return (await query<ModelRow>('select * from models order by name collate "C", version collate "C"')).map(modelOf)
    },

    modelStates() {
      return query<ModelSummary>(selectStates)
    },

    async model(name, version) {
      const [row] = await query<ModelRow>('select * from models where name = $1 and version = $2', [name, version])
      return row ? modelOf(row) : null
    },

    modelHashes(name, version) {
      const text = 'select file, sha256 from model_files where name = $1 and version = $2 order by file collate "C"'
      return query<Omit<ModelFile, 'bytes'>>(text, [name, version])
    },

    modelFiles(name, version) {
      const text =
        'select file, sha256, bytes from model_files where name = $1 and version = $2 order by file collate "C"'
      return query<ModelFile>(text, [name, version])
    },

    promote({ name, version, at, because }) {
      return transaction(async client => {
        // One promotion at a time: each must read the champion that the one before it made.
        await client.query('lock table models in share row exclusive mode')
        const { rows } = await client.query<ModelRow>(
          `select * from models where name = $1 and (version = $2 or state = 'champion')`,
          [name, version],
        )
        const chosen = rows.find(row => row.version === version)
        if (!chosen) throw modelMissing(name, version)
        if (chosen.state === 'champion') return null
        const previous = rows.find(row => row.state === 'champion')?.version ?? null
        const change = 'update models set state = $3, reason = null where name = $1 and version = $2'
        if (previous !== null) await client.query(change, [name, previous, 'retired'])
        await client.query(change, [name, version, 'champion'])
        await client.query(insertPromotion, [name, version, previous, timestamp(at), because])
        return { name, version, previous, at, because }
      })
    },

    async champion(name) {
      const [row] = await query<ModelRow>(`select * from models where name = $1 and state = 'champion'`, [name])
      return row ? modelOf(row) : null
    },

    async promotions(name, limit) {
      const text =
        'select name, version, previous, at, because from promotions where name = $1 order by id desc limit $2'
      return (await query<PromotionRow>(text, [name, limit])).map(row => ({ ...row, at: msOf(row.at) }))
    },

    async saveTrial(trial) {
      const { name, challenger, champion, from, to, bars, more, fewer, alarms, passed, because } = trial
      const errors = [trial.challengerError, trial.championError]
      const key = [name, challenger, champion, timestamp(from), timestamp(to)]
      const counts = [bars, more, fewer, JSON.stringify(alarms)]
      await query(upsertTrial, [...key, ...counts, ...errors, passed, because, timestamp(trial.at)])
    },

    async trials(name) {
      return (await query<TrialRow>('select * from trials where name = $1 order by at desc', [name])).map(trialOf)
    },
  }
}

type Dated<T, K extends keyof T> = Omit<T, K> & { readonly [P in K]: Date | Extract<T[P], null> }
type PromotionRow = Dated<Promotion, 'at'>

interface ModelRow extends Omit<ModelRecord, 'createdAt' | 'foundAt'> {
  readonly created_at: Date | null
  readonly found_at: Date
}

interface TrialRow extends Omit<Dated<Trial, 'at'>, 'from' | 'to' | 'challengerError' | 'championError'> {
  readonly from_time: Date
  readonly to_time: Date
  readonly challenger_error: number
  readonly champion_error: number
}

function valuesOf(record: SavedModel): unknown[] {
  const { name, version, sha256, interval, manifest, createdAt, foundAt, state, reason } = record
  const created = createdAt === null ? null : timestamp(createdAt)
  const json = manifest && JSON.stringify(manifest)
  return [name, version, sha256, interval, json, created, timestamp(foundAt), state, reason]
}

function modelOf({ created_at, found_at, ...row }: ModelRow): ModelRecord {
  return { ...row, createdAt: (created_at?.getTime() ?? null) as Ms | null, foundAt: msOf(found_at) }
}

function trialOf({ from_time, to_time, challenger_error, champion_error, at, ...row }: TrialRow): Trial {
  return {
    ...row,
    from: msOf(from_time),
    to: msOf(to_time),
    challengerError: challenger_error,
    championError: champion_error,
    at: msOf(at),
  }
}

const upsertModel = `
  insert into models (name, version, sha256, interval, manifest, created_at, found_at, state, reason)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
  on conflict (name, version) do update set sha256 = excluded.sha256, interval = excluded.interval,
    manifest = excluded.manifest, created_at = excluded.created_at, found_at = excluded.found_at,
    state = excluded.state, reason = excluded.reason`

// Bytes that were damaged where they are stored are replaced by those of the same hash.
const insertFiles = `
  insert into model_files (name, version, file, sha256, bytes)
  select $1, $2, file, sha256, bytes from unnest($3::text[], $4::text[], $5::bytea[]) as given (file, sha256, bytes)
  order by file collate "C"
  on conflict (name, version, file) do update set bytes = excluded.bytes where model_files.sha256 = excluded.sha256`

const selectStates = `
  select name, version, state, reason, exists (
    select from model_files where model_files.name = models.name and model_files.version = models.version
  ) as "hasFiles"
  from models order by name collate "C", version collate "C"`

const insertPromotion = 'insert into promotions (name, version, previous, at, because) values ($1, $2, $3, $4, $5)'

const upsertTrial = `
  insert into trials (name, challenger, champion, from_time, to_time, bars, more, fewer, alarms,
    challenger_error, champion_error, passed, because, at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
  on conflict (name, challenger, champion, from_time, to_time) do update set bars = excluded.bars,
    more = excluded.more, fewer = excluded.fewer, alarms = excluded.alarms, challenger_error = excluded.challenger_error,
    champion_error = excluded.champion_error, passed = excluded.passed, because = excluded.because, at = excluded.at`
