import type { Ms } from '@candlewatch/core/types'
import type { BudgetStore } from '../budget-records.ts'
import type { Connections } from './connection.ts'
import { keyOf, timestamp } from './rows.ts'

/** The budgets' part of the store on PostgreSQL. */
export function postgresBudgets(database: Connections): BudgetStore {
  async function query<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]> {
    return database.use(async client => (await client.query<Row & Record<string, unknown>>(text, [...values])).rows)
  }

  return {
    async addBudget({ alarmsPerWeek, feedShare, at, note }) {
      const text = 'insert into budgets (alarms_per_week, feed_share, at, note) values ($1, $2, $3, $4)'
      await query(text, [alarmsPerWeek, feedShare, timestamp(at), note])
    },

    async budgets(limit) {
      const text = 'select alarms_per_week, feed_share, at, note from budgets order by id desc limit $1'
      return (await query<BudgetRow>(text, [limit])).map(({ alarms_per_week, feed_share, at, note }) => ({
        ...{ alarmsPerWeek: alarms_per_week, feedShare: feed_share, at: at.getTime() as Ms, note },
      }))
    },

    async saveKnownScores({ model, ts, scores, ...stream }) {
      await query(insertKnownScores, [...keyOf(stream), model, timestamp(ts), scores.model, scores.naive])
    },

    async knownScores({ market, intervalMs }, toMs, limit) {
      const stream = { market, intervalMs }
      const found = await query<KnownRow>(selectKnownScores, [...keyOf(stream), timestamp(toMs), limit])
      return found.map(({ model, ts, model_scores, naive_scores }) => ({
        ...{ ...stream, model, ts: ts.getTime() as Ms, scores: { model: model_scores, naive: naive_scores } },
      }))
    },
  }
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
  readonly model_scores: number[]
  readonly naive_scores: number[]
}

export const insertKnownScores = `
  insert into known_scores (market, interval, model, ts, model_scores, naive_scores) values ($1, $2, $3, $4, $5, $6)
  on conflict do nothing`

const selectKnownScores = `
  select * from (
    select model, ts, model_scores, naive_scores from known_scores
    where market = $1 and interval = $2 and ts < $3
    order by ts desc, model desc limit $4
  ) as newest order by ts, model`
