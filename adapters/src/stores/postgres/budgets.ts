import { msOf } from '@candlewatch/core/time'
import type pg from 'pg'
import type { BudgetStore, KnownScores, ScoreStore } from '../budgets.ts'
import { lockStream } from './commits.ts'
import type { Connections } from './connection.ts'
import { keyOf, timestamp } from './rows.ts'

/** The alarm budgets in PostgreSQL. */
export function postgresBudgets({ query }: Connections): BudgetStore {
  return {
    async addBudget({ alarmsPerWeek, feedShare, at, note }) {
      const text = 'insert into budgets (alarms_per_week, feed_share, at, note) values ($1, $2, $3, $4)'
      await query(text, [alarmsPerWeek, feedShare, timestamp(at), note])
    },

    async budgets(limit) {
      const text = 'select alarms_per_week, feed_share, at, note from budgets order by id desc limit $1'
      return (await query<BudgetRow>(text, [limit])).map(({ alarms_per_week, feed_share, at, note }) => ({
        alarmsPerWeek: alarms_per_week,
        feedShare: feed_share,
        at: msOf(at),
        note,
      }))
    },
  }
}

/** The score histories in PostgreSQL. */
export function postgresScores({ transaction, query }: Connections, epoch: number | null = null): ScoreStore {
  return {
    saveKnownScores: known =>
      transaction(async client => {
        await lockStream(client, known, epoch)
        await writeKnownScores(client, known)
      }),

    async knownScores({ market, intervalMs }, toMs, limit) {
      const values = [...keyOf({ market, intervalMs }), timestamp(toMs), limit]
      return (await query<KnownRow>(selectKnownScores, values)).map(({ model, ts, memory }) => ({
        market,
        intervalMs,
        model,
        ts: msOf(ts),
        scores: new Uint8Array(memory),
      }))
    },
  }
}

/** Writes a score history, as part of a larger transaction. */
export async function writeKnownScores(client: pg.ClientBase, known: KnownScores): Promise<void> {
  const { model, ts, scores } = known
  await client.query(insertKnownScores, [...keyOf(known), model, timestamp(ts), Buffer.from(scores)])
}

interface BudgetRow {
  readonly alarms_per_week: number
  readonly feed_share: number
  readonly at: Date
  readonly note: string
}

interface KnownRow {
  readonly model: string
  readonly ts: Date
  readonly memory: Buffer
}

const insertKnownScores = `
  with given as (
    select $5::bytea as memory, sha256($5::bytea) as hash
  ), scores as (
    insert into score_sets (hash, memory) select hash, memory from given on conflict do nothing
  )
  insert into known_scores (market, interval, model, ts, scores) select $1, $2, $3, $4, hash from given
  on conflict do nothing`

const selectKnownScores = `
  select model, ts, memory from (
    select model, ts, scores from known_scores
    where market = $1 and interval = $2 and ts < $3
    order by ts desc, model desc limit $4
  ) as newest join score_sets on hash = scores order by ts, model`
