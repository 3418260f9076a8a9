import { msOf, openOf, type Stream } from '@candlewatch/core/time'
import type { Step } from '@candlewatch/core/types'
import type pg from 'pg'
import { checkSteps } from '../commits.ts'
import type { Beginning, Correction, CorrectionStore, JudgingStore } from '../corrections.ts'
import { writeKnownScores } from './budgets.ts'
import { rollUp } from './candles.ts'
import { lockStream, writeEpisode, writeSnapshot, writeSteps } from './commits.ts'
import type { Connections } from './connection.ts'
import * as rows from './rows.ts'
import { type StoredVerdict, verdictOf } from './stored-verdict.ts'

/** The corrections in PostgreSQL. */
export function postgresCorrections({ query }: Connections, slow: Connections): CorrectionStore {
  return {
    async correct(stream, { bar, reason, at, steps, episodeBefore, snapshot, beginning, known }) {
      checkSteps(stream, steps)
      const openMs = openOf(bar, stream.intervalMs)
      const place = [...rows.keyOf(stream), rows.timestamp(openMs)]
      return slow.transaction(async client => {
        await lockStream(client, stream)
        const numbers = [bar.open, bar.high, bar.low, bar.close, bar.volume, rows.timestamp(bar.seen)]
        const { revision } = await one<{ revision: number }>(client, insertRevision, [...place, ...numbers])
        const reasoned = [...place, revision, reason, rows.timestamp(at)]
        const { id } = await one<{ id: string }>(client, insertCorrection, reasoned)
        await client.query(withdraw, [...place, id])
        await client.query(`delete from episodes where ${ofStream} and start_time >= $3`, place)
        if (episodeBefore) await writeEpisode(client, episodeBefore)
        // An engine that has learned the old numbers must begin anew. Beginnings stay: earlier verdicts follow from them.
        for (const table of ['snapshots', 'known_scores']) {
          await client.query(`delete from ${table} where ${ofStream} and ts > $3`, place)
        }
        await writeBeginning(client, beginning)
        await writeKnownScores(client, known)
        const seqs = await writeInParts(client, stream, steps)
        await client.query(markRevisions, place)
        await writeSnapshot(client, snapshot)
        await rollUp(client, stream, [openMs])
        const row = await one<CorrectionRow>(client, selectCorrection, [id])
        return { correction: correctionOf(row), seqs }
      })
    },

    async corrections(range) {
      const text = `select * from (${selectCorrections}
          and ($3::timestamptz is null or c.open_time >= $3) and ($4::timestamptz is null or c.open_time < $4)
          order by c.id desc limit $5) as newest order by id`
      return (await query<CorrectionRow>(text, rows.rangeValues(range))).map(correctionOf)
    },

    async correction(id, limit) {
      const [row] = await query<CorrectionRow>(selectCorrection, [id])
      if (!row) return null
      const withdrawn = await query<{ body: StoredVerdict }>(selectWithdrawn, [id, limit])
      return { correction: correctionOf(row), verdicts: withdrawn.map(({ body }) => verdictOf(body)) }
    },
  }
}

/** The record of how verdicts came about, in PostgreSQL. */
export function postgresJudging({ use, query }: Connections): JudgingStore {
  return {
    saveBeginning: beginning => use(client => writeBeginning(client, beginning)),

    async beginnings(stream) {
      const { market, intervalMs } = stream
      const found = await query<BeginningRow>(selectBeginnings, rows.keyOf(stream))
      return found.map(({ model, ts, after_seq, engine }) => ({
        market,
        intervalMs,
        model,
        ts: msOf(ts),
        afterSeq: Number(after_seq),
        engine,
      }))
    },

    async judged(stream, afterSeq, limit) {
      const found = await query<JudgedRow>(selectJudged, [...rows.keyOf(stream), afterSeq, limit])
      return found.map(row => ({
        seq: Number(row.seq),
        model: row.model,
        bar: rows.barOf(stream, row),
        body: row.body,
      }))
    },

    async barsKnownAt(stream, ts, seq, limit, afterTs) {
      const after = afterTs === undefined ? '-infinity' : rows.openTime(stream, afterTs)
      const values = [...rows.keyOf(stream), rows.openTime(stream, ts), seq, limit, after]
      const found = await query<rows.BarRow>(selectBarsKnownAt, values)
      return found.map(row => rows.barOf(stream, row))
    },
  }
}

// Some 2 MB as JSON: written in a few milliseconds, so that other requests get their turn in between.
const stepsAtATime = 500

/** Writes thousands of steps within one transaction, without keeping other requests waiting. */
async function writeInParts(client: pg.ClientBase, stream: Stream, steps: readonly Step[]): Promise<readonly number[]> {
  const seqs: number[] = []
  for (let from = 0; from < steps.length; from += stepsAtATime) {
    const part = steps.slice(from, from + stepsAtATime).map(step => rows.stepRow(stream, step))
    seqs.push(...(await writeSteps(client, part, { barsAreNew: false })))
  }
  return seqs
}

async function writeBeginning(client: pg.ClientBase, beginning: Beginning): Promise<void> {
  const { model, ts, engine } = beginning
  await client.query(insertBeginning, [...rows.keyOf(beginning), model, rows.timestamp(ts), engine])
}

/** Runs a statement that always returns one row. */
async function one<Row extends pg.QueryResultRow>(
  client: pg.ClientBase,
  text: string,
  values: readonly unknown[],
): Promise<Row> {
  const [row] = (await client.query<Row>(text, [...values])).rows
  if (!row) throw new Error(`Expected a row from: ${text.trim()}`)
  return row
}

function correctionOf(row: CorrectionRow): Correction {
  const stream: Stream = rows.streamOf(row)
  const { open_time } = row
  return {
    market: stream.market,
    intervalMs: stream.intervalMs,
    id: Number(row.id),
    before: rows.barOf(stream, {
      open_time,
      open: row.was_open,
      high: row.was_high,
      low: row.was_low,
      close: row.was_close,
      volume: row.was_volume,
      seen: row.was_seen,
    }),
    after: rows.barOf(stream, {
      open_time,
      open: row.is_open,
      high: row.is_high,
      low: row.is_low,
      close: row.is_close,
      volume: row.is_volume,
      seen: row.seen,
    }),
    revision: row.revision,
    reason: row.reason,
    at: msOf(row.at),
    withdrawn: row.withdrawn,
  }
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

interface CorrectionRow extends Numbers, rows.KeyRow {
  readonly id: string
  readonly open_time: Date
  readonly revision: number
  readonly reason: string
  readonly at: Date
  readonly withdrawn: number
  readonly seen: Date
  readonly was_seen: Date
}

// Every seq drawn from now on is greater.
const newestSeq = '(select case when is_called then last_value else 0 end from verdicts_in_order)'
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

// First the page without the long columns, then each row's verdict and bar by their keys.
const selectJudged = `
  with page as materialized (
    select seq, open_time, revision from verdicts where ${ofStream} and seq > $3 order by seq limit $4
  )
  select page.seq, verdict.model, verdict.body::text as body, bar.*
  from page
    cross join lateral (
      select model, body from verdicts where ${ofStream} and seq = page.seq and open_time = page.open_time
    ) as verdict
    cross join lateral (
      select ${rows.barNames} from bars where ${ofStream} and open_time = page.open_time and revision = page.revision
    ) as bar
  order by page.seq`

const selectBarsKnownAt = `
  select * from (
    select distinct on (open_time) ${rows.barNames} from bars
    where ${ofStream} and open_time <= $3 and open_time > $6 and (revision = 0 or exists (
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
const selectWithdrawn = 'select body from verdicts where withdrawn_by = $1 order by open_time limit $2'
