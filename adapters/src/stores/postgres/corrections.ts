import type { Ms, Verdict } from '@candlewatch/core/types'
import type pg from 'pg'
import type { Correction, CorrectionStore } from '../correction-records.ts'
import { checkSteps } from '../steps.ts'
import type { Stream } from '../store.ts'
import { insertKnownScores } from './budgets.ts'
import { rollUp } from './candles.ts'
import type { Connections } from './connection.ts'
import * as rows from './rows.ts'
import * as sql from './statements.ts'

type Transaction = <T>(work: (client: pg.ClientBase) => Promise<T>, begin?: string) => Promise<T>

/** The corrections' part of the store on PostgreSQL. */
export function postgresCorrections(database: Connections, transaction: Transaction): CorrectionStore {
  async function query<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[]): Promise<Row[]> {
    return database.use(async client => (await client.query<Row>(text, [...values])).rows)
  }

  return {
    async saveBeginning({ model, ts, engine, ...stream }) {
      await query(insertBeginning, [...rows.keyOf(stream), model, rows.timestamp(ts), engine])
    },

    async beginnings(stream) {
      const found = await query<BeginningRow>(selectBeginnings, rows.keyOf(stream))
      return found.map(({ model, ts, after_seq, engine }) => ({
        ...{ ...streamOnly(stream), model, ts: ts.getTime() as Ms, afterSeq: Number(after_seq), engine },
      }))
    },

    async correct(stream, { bar, reason, at, steps, snapshot, beginning, known }) {
      checkSteps(stream, steps)
      const key = rows.keyOf(stream)
      const open = rows.timestamp(bar.ts - stream.intervalMs)
      return transaction(async client => {
        const { open: o, high, low, close, volume, seen } = bar
        const numbers = [o, high, low, close, volume, rows.timestamp(seen)]
        const [{ revision }] = (await client.query(insertRevision, [...key, open, ...numbers])).rows as [
          { revision: number },
        ]
        const [{ id }] = (await client.query(insertCorrection, [...key, open, revision, reason, rows.timestamp(at)]))
          .rows as [{ id: string }]
        await client.query(withdraw, [...key, open, id])
        // Whoever has learned the old numbers must begin anew. Beginnings stay: what was said before follows from them.
        for (const table of ['snapshots', 'known_scores']) {
          await client.query(`delete from ${table} where ${ofStream} and ts > $3`, [...key, open])
        }
        const { model, ts, engine } = beginning
        await client.query(insertBeginning, [...key, model, rows.timestamp(ts), engine])
        await client.query(insertKnownScores, [
          ...key,
          model,
          rows.timestamp(ts),
          known.scores.model,
          known.scores.naive,
        ])
        const stepRows = JSON.stringify(steps.map(step => rows.stepRow(stream, step)))
        const seqs = (await client.query<{ seq: string }>(sql.commitSteps, [stepRows])).rows.map(row => Number(row.seq))
        await client.query(markRevisions, [...key, open])
        await client.query(sql.upsertSnapshot, rows.snapshotValues(snapshot))
        await rollUp(client, stream, [(bar.ts - stream.intervalMs) as Ms])
        const [found] = (await client.query<CorrectionRow>(`${selectCorrections} and c.id = $3`, [...key, id])).rows
        return { correction: correctionOf(stream, found!), seqs }
      }, sql.beginInOrder)
    },

    async corrections(range) {
      const text = `select * from (${selectCorrections}
          and ($3::timestamptz is null or c.open_time >= $3) and ($4::timestamptz is null or c.open_time < $4)
          order by c.id desc limit $5) as newest order by id`
      return (await query<CorrectionRow>(text, rows.rangeValues(range))).map(row => correctionOf(range, row))
    },

    async correction(id, limit) {
      const [row] = await query<CorrectionRow & { market: string; interval: string }>(selectCorrection, [id])
      if (!row) return null
      const withdrawn = await query<{ body: Verdict }>(
        'select body from verdicts where withdrawn_by = $1 order by open_time limit $2',
        [id, limit],
      )
      return { correction: correctionOf(rows.streamOf(row), row), verdicts: withdrawn.map(({ body }) => body) }
    },

    async judged(stream, afterSeq, limit) {
      const found = await query<JudgedRow>(selectJudged, [...rows.keyOf(stream), afterSeq, limit])
      return found.map(row => ({
        ...{ seq: Number(row.seq), model: row.model, bar: rows.barOf(stream, row), body: row.body },
      }))
    },

    async barsKnownAt(stream, ts, seq, limit) {
      const until = rows.timestamp(ts - stream.intervalMs)
      const found = await query<rows.BarRow>(selectBarsKnownAt, [...rows.keyOf(stream), until, seq, limit])
      return found.map(row => rows.barOf(stream, row))
    },
  }
}

const streamOnly = ({ market, intervalMs }: Stream): Stream => ({ market, intervalMs })

function correctionOf(stream: Stream, row: CorrectionRow): Correction {
  const { id, revision, reason, at, withdrawn, open_time, seen } = row
  const numbers = (prefix: 'was_' | 'is_') => ({
    ...{ open: row[`${prefix}open`], high: row[`${prefix}high`], low: row[`${prefix}low`] },
    ...{ close: row[`${prefix}close`], volume: row[`${prefix}volume`] },
  })
  const before = rows.barOf(stream, { open_time, seen: row.was_seen, ...numbers('was_') })
  const after = rows.barOf(stream, { open_time, seen, ...numbers('is_') })
  return { ...streamOnly(stream), id: Number(id), before, after, revision, reason, at: at.getTime() as Ms, withdrawn }
}

interface BeginningRow {
  readonly model: string
  readonly ts: Date
  readonly after_seq: string
  readonly engine: number
}

interface JudgedRow extends rows.BarRow {
  readonly seq: string
  readonly model: string
  readonly body: string
}

type Numbers = Readonly<Record<`${'was' | 'is'}_${'open' | 'high' | 'low' | 'close' | 'volume'}`, number>>

interface CorrectionRow extends Numbers {
  readonly id: string
  readonly open_time: Date
  readonly revision: number
  readonly reason: string
  readonly at: Date
  readonly withdrawn: number
  readonly seen: Date
  readonly was_seen: Date
}

const newestSeq = '(select coalesce(max(seq), 0) from verdicts)'
const ofStream = 'market = $1 and interval = $2'

const insertBeginning = `
  insert into beginnings (market, interval, model, ts, after_seq, engine) values ($1, $2, $3, $4, ${newestSeq}, $5)
  on conflict do nothing`

const selectBeginnings = `
  select model, ts, after_seq, engine from beginnings where ${ofStream} order by after_seq, ts`

const insertRevision = `
  insert into bars (market, interval, open_time, revision, open, high, low, close, volume, seen)
  select $1, $2, $3, 1 + max(revision), $4, $5, $6, $7, $8, $9 from bars where ${ofStream} and open_time = $3
  returning revision`

const insertCorrection = `
  insert into corrections (market, interval, open_time, revision, reason, at, after_seq, withdrawn)
  values ($1, $2, $3, $4, $5, $6, ${newestSeq},
    (select count(*) from verdicts where ${ofStream} and open_time >= $3 and withdrawn_by is null))
  returning id`

const withdraw = `
  update verdicts set withdrawn_by = $4 where ${ofStream} and open_time >= $3 and withdrawn_by is null`

const markRevisions = `
  update verdicts set revision = bar.revision
  from (
    select open_time, max(revision) as revision from bars
    where ${ofStream} and open_time >= $3 and revision > 0 group by open_time
  ) as bar
  where ${ofStream} and verdicts.open_time = bar.open_time and withdrawn_by is null`

// The page first, without what is long: then each row's verdict and bar by their keys.
const selectJudged = `
  with page as materialized (
    select seq, open_time, revision from verdicts where ${ofStream} and seq > $3 order by seq limit $4
  )
  select page.seq, verdict.model, verdict.body::text as body, bar.*
  from page
    cross join lateral (
      select model, body from verdicts where seq = page.seq and open_time = page.open_time
    ) as verdict
    cross join lateral (
      select ${rows.barNames} from bars where ${ofStream} and open_time = page.open_time and revision = page.revision
    ) as bar
  order by page.seq`

const selectBarsKnownAt = `
  select * from (
    select distinct on (open_time) ${rows.barNames} from bars
    where ${ofStream} and open_time <= $3 and (revision = 0 or exists (
      select from corrections c
      where c.market = bars.market and c.interval = bars.interval and c.open_time = bars.open_time
        and c.revision = bars.revision and c.after_seq <= $4
    ))
    order by open_time desc, revision desc limit $5
  ) as newest order by open_time`

const correctionRows = `
  select c.market, c.interval, c.id, c.open_time, c.revision, c.reason, c.at, c.withdrawn, b.seen, a.seen as was_seen,
    a.open as was_open, a.high as was_high, a.low as was_low, a.close as was_close, a.volume as was_volume,
    b.open as is_open, b.high as is_high, b.low as is_low, b.close as is_close, b.volume as is_volume
  from corrections c
    join bars b on (b.market, b.interval, b.open_time, b.revision) = (c.market, c.interval, c.open_time, c.revision)
    join bars a on (a.market, a.interval, a.open_time, a.revision) = (c.market, c.interval, c.open_time, c.revision - 1)`

const selectCorrections = `${correctionRows} where c.market = $1 and c.interval = $2`
const selectCorrection = `${correctionRows} where c.id = $1`
