import type { CorrectionKind } from '@candlewatch/api/verdict'
import { msOf, openOf, type Stream } from '@candlewatch/core/time'
import type { Bar, Ms, Step } from '@candlewatch/core/types'
import type pg from 'pg'
import { checkBars, checkSteps } from '../commits.ts'
import type { Beginning, Correction, CorrectionStore, JudgingStore } from '../corrections.ts'
import type { EngineSettings } from '../settings.ts'
import { writeKnownScores } from './budgets.ts'
import { rollUp, rollUpWithout } from './candles.ts'
import { lockStream, writeEpisode, writeSnapshot, writeSteps } from './commits.ts'
import type { Connections } from './connection.ts'
import * as rows from './rows.ts'
import { type StoredVerdict, verdictOf } from './stored-verdict.ts'
import { makeRoom } from './years.ts'

/** The corrections in PostgreSQL. */
export function postgresCorrections(
  { query }: Connections,
  slow: Connections,
  epoch: number | null = null,
): CorrectionStore {
  return {
    async correct(stream, { kind, bars, reason, at, steps, episodeBefore, snapshot, beginning, yearStarts, known }) {
      checkSteps(stream, steps)
      checkBars(stream, bars)
      const openMs = openOf(bars[0], stream.intervalMs)
      const place = [...rows.keyOf(stream), rows.timestamp(openMs)]
      return slow.transaction(async client => {
        await lockStream(client, stream, epoch)
        const values = [...place, kind, bars.length, reason, rows.timestamp(at)]
        const numbers = kind === 'withdrawn' ? null : JSON.stringify(numbersOf(bars[0]))
        const record = await one<{ id: string; revision: number; after_seq: string }>(client, insertCorrection, [
          ...values,
          numbers,
        ])
        const { id, revision, after_seq } = record
        await client.query(withdraw, [...place, id])
        if (kind === 'withdrawn') await removeBar(client, stream, openMs, after_seq)
        else await addBars(client, stream, bars, revision, after_seq)
        await client.query(`delete from episodes where ${ofStream} and start_time >= $3`, place)
        if (episodeBefore) await writeEpisode(client, episodeBefore)
        // An engine that has learned the old numbers must begin anew. Beginnings stay: earlier verdicts follow from them.
        for (const table of ['snapshots', 'known_scores']) {
          await client.query(`delete from ${table} where ${ofStream} and ts > $3`, place)
        }
        await writeBeginning(client, beginning)
        await writeKnownScores(client, known)
        const seqs = await writeInParts(client, stream, steps)
        for (const { stepsBefore, beginning: start } of yearStarts) {
          await writeBeginning(client, start, seqs[stepsBefore - 1])
        }
        await client.query(markRevisions, place)
        await writeSnapshot(client, snapshot)
        const row = await one<CorrectionRow>(client, selectCorrection, [id])
        return { correction: correctionOf(row), seqs }
      })
    },

    async corrections(range) {
      const text = `select * from (${selectCorrections}
          and ($3::timestamptz is null or open_time >= $3) and ($4::timestamptz is null or open_time < $4)
          order by id desc limit $5) as newest order by id`
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
export function postgresJudging({ transaction, query }: Connections, epoch: number | null = null): JudgingStore {
  return {
    saveBeginning: beginning =>
      transaction(async client => {
        await lockStream(client, beginning, epoch)
        await writeBeginning(client, beginning)
      }),

    async beginnings(stream) {
      const { market, intervalMs } = stream
      const found = await query<BeginningRow>(selectBeginnings, rows.keyOf(stream))
      return found.map(({ id, model, ts, after_seq, engine, learned, settings, has_state }) => ({
        id: Number(id),
        market,
        intervalMs,
        model,
        ts: msOf(ts),
        afterSeq: Number(after_seq),
        engine,
        learned,
        ...(settings && { settings }),
        hasState: has_state,
      }))
    },

    async beginningState({ id }) {
      const [row] = await query<{ state: Buffer | null }>('select state from beginnings where id = $1', [id])
      return row?.state ? new Uint8Array(row.state) : null
    },

    async droppedYears(stream) {
      const found = await query<{ year: number; after_beginning: string }>(selectDroppedYears, rows.keyOf(stream))
      return found.map(({ year, after_beginning }) => ({ year, afterBeginning: Number(after_beginning) }))
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
      return found.reverse().map(row => rows.barOf(stream, row))
    },
  }
}

/** Writes the bars as they are now: as a further revision, or for the first time if they fill gaps. */
async function addBars(
  client: pg.ClientBase,
  stream: Stream,
  bars: readonly Bar[],
  revision: number,
  afterSeq: string,
): Promise<void> {
  const opens = bars.map(bar => openOf(bar, stream.intervalMs))
  await makeRoom(client, opens)
  for (const page of rows.pagesOf(bars)) {
    await client.query(insertBars, [...rows.keyOf(stream), rows.barRows(stream, page), revision, afterSeq])
  }
  await rollUp(client, stream, opens)
}

/** Keeps every revision of a bar apart from the bars: only earlier verdicts follow from it. */
async function removeBar(client: pg.ClientBase, stream: Stream, openMs: Ms, afterSeq: string): Promise<void> {
  await client.query(moveBar, [...rows.keyOf(stream), rows.timestamp(openMs), afterSeq])
  await rollUpWithout(client, stream, openMs)
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

/** Without a seq, the beginning follows the newest verdict. */
async function writeBeginning(client: pg.ClientBase, beginning: Beginning, afterSeq?: number): Promise<void> {
  const { model, ts, engine, learned, state, settings } = beginning
  const bytes = state && Buffer.from(state.buffer, state.byteOffset, state.byteLength)
  const values = [
    model,
    rows.timestamp(ts),
    engine,
    learned,
    bytes,
    afterSeq ?? null,
    settings ? JSON.stringify(settings) : null,
  ]
  await client.query(insertBeginning, [...rows.keyOf(beginning), ...values])
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
  const stream = rows.streamOf(row)
  const barOf = (numbers: StoredNumbers | null) =>
    numbers && rows.barOf(stream, { ...numbers, open_time: row.open_time, seen: new Date(numbers.seen) })
  return {
    market: stream.market,
    intervalMs: stream.intervalMs,
    id: Number(row.id),
    kind: row.kind,
    openMs: msOf(row.open_time),
    bars: row.bars,
    before: barOf(row.was),
    after: barOf(row.is_now),
    revision: row.revision,
    reason: row.reason,
    at: msOf(row.at),
    withdrawn: row.withdrawn,
  }
}

function numbersOf({ open, high, low, close, volume, seen }: Bar): StoredNumbers {
  return { open, high, low, close, volume, seen: rows.timestamp(seen) }
}

interface BeginningRow {
  readonly id: string
  readonly model: string
  readonly ts: Date
  readonly after_seq: string
  readonly engine: number
  readonly learned: number | null
  readonly settings: EngineSettings | null
  readonly has_state: boolean
}

interface JudgedRow extends rows.BarRow {
  readonly seq: string
  readonly model: string
  readonly body: string
}

/** A bar as JSON. */
interface StoredNumbers extends Pick<Bar, 'open' | 'high' | 'low' | 'close' | 'volume'> {
  readonly seen: string
}

interface CorrectionRow extends rows.KeyRow {
  readonly id: string
  readonly kind: CorrectionKind
  readonly open_time: Date
  readonly bars: number
  readonly was: StoredNumbers | null
  readonly is_now: StoredNumbers | null
  readonly revision: number
  readonly reason: string
  readonly at: Date
  readonly withdrawn: number
}

// Every seq drawn from now on is greater.
const newestSeq = '(select case when is_called then last_value else 0 end from verdicts_in_order)'
const ofStream = 'market = $1 and interval = $2'

const insertBeginning = `
  insert into beginnings (market, interval, model, ts, engine, learned, state, after_seq, settings)
  values ($1, $2, $3, $4, $5, $6, $7, coalesce($8::bigint, ${newestSeq}), $9)
  on conflict (market, interval, model, after_seq, ts) do update set
    engine = excluded.engine, learned = excluded.learned, state = excluded.state, settings = excluded.settings
  where beginnings.settings::text is distinct from excluded.settings::text`

const selectBeginnings = `
  select id, model, ts, after_seq, engine, learned, settings, state is not null as has_state
  from beginnings where ${ofStream} order by after_seq, id`

const selectDroppedYears = `select year, after_beginning from dropped_years where ${ofStream} order by after_beginning, year`

const insertCorrection = `
  insert into corrections (market, interval, open_time, kind, bars, reason, at, is_now, was, revision, after_seq, withdrawn)
  select $1, $2, $3, $4, $5, $6, $7, $8, case when revision is not null then json_build_object(
      'open', open, 'high', high, 'low', low, 'close', close, 'volume', volume, 'seen', seen
    ) end,
    case when $4 = 'changed' then revision + 1 else coalesce(revision, 0) end, ${newestSeq},
    (select count(*) from verdicts where ${ofStream} and open_time >= $3 and withdrawn_by is null)
  from (select) as always left join (
    select * from bars where ${ofStream} and open_time = $3 order by revision desc limit 1
  ) as bar on true
  returning id, revision, after_seq`

const insertBars = `
  insert into bars (market, interval, revision, after_seq, ${rows.barNames})
  select $1, $2, $4, $5, ${rows.barNames} from json_to_recordset($3::json) as given (${rows.barColumns})`

const moveBar = `
  with gone as (delete from bars where ${ofStream} and open_time = $3 returning *)
  insert into withdrawn_bars (market, interval, revision, after_seq, ${rows.barNames}, until_seq, previous_time)
  select market, interval, revision, after_seq, ${rows.barNames}, $4, coalesce(
    (select open_time from bars where ${ofStream} and open_time < $3 order by open_time desc limit 1), '-infinity'
  ) from gone`

const withdraw = `
  update verdicts set withdrawn_by = $4 where ${ofStream} and open_time >= $3 and withdrawn_by is null`

const markRevisions = `
  update verdicts set revision = bar.revision
  from (
    select open_time, max(revision) as revision from bars
    where ${ofStream} and open_time >= $3 and revision > 0 group by open_time
  ) as bar
  where ${ofStream} and verdicts.open_time = bar.open_time and withdrawn_by is null`

// First the page without the long columns, then each row's verdict and bar by their keys. A bar that was withdrawn since is
// among the withdrawn ones.
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
      select ${rows.barNames} from (
        (
          select ${rows.barNames}, until_seq from withdrawn_bars
          where ${ofStream} and open_time = page.open_time and revision = page.revision and until_seq >= page.seq
          order by until_seq limit 1
        )
        union all
        select ${rows.barNames}, null from bars
        where ${ofStream} and open_time = page.open_time and revision = page.revision
      ) as found order by until_seq nulls last limit 1
    ) as bar
  order by page.seq`

// A bar that was withdrawn after that verdict was known then. Those that came in its place were not.
const cameLater = (bar: 'bars' | 'gone') => `exists (
      select from withdrawn_bars as earlier
      where ${ofStream} and earlier.until_seq > $4 and ${bar}.open_time > earlier.previous_time
        ${bar === 'gone' ? 'and earlier.until_seq < gone.until_seq' : ''}
    )`

const selectBarsKnownAt = `
  select * from (
    (
      select distinct on (open_time) ${rows.barNames} from known_bars as bars
      where ${ofStream} and open_time <= $3 and open_time > $6 and (after_seq is null or after_seq <= $4)
        and not ${cameLater('bars')}
      order by open_time desc, revision desc limit $5
    )
    union all
    (
      select distinct on (open_time) ${rows.barNames} from withdrawn_bars as gone
      where ${ofStream} and open_time <= $3 and open_time > $6 and (after_seq is null or after_seq <= $4)
        and until_seq > $4 and not ${cameLater('gone')}
      order by open_time desc, revision desc
    )
  ) as known order by open_time desc limit $5`

const correctionColumns = 'market, interval, id, kind, open_time, bars, was, is_now, revision, reason, at, withdrawn'
const selectCorrections = `select ${correctionColumns} from corrections where ${ofStream}`
const selectCorrection = `select ${correctionColumns} from corrections where id = $1`
const selectWithdrawn = 'select body from verdicts where withdrawn_by = $1 order by open_time limit $2'
