import { isoDate } from '@candlewatch/core/interval'
import type { Bar, Label, Ms, Replay, Verdict } from '@candlewatch/core/types'
import type pg from 'pg'
import { checkBars, checkSteps } from '../steps.ts'
import type { SequencedVerdict, Store, Stream } from '../store.ts'
import { postgresBudgets } from './budgets.ts'
import { readCandles, rollUp } from './candles.ts'
import { groupCommits } from './commits.ts'
import { connections, type PoolState } from './connection.ts'
import { postgresCorrections } from './corrections.ts'
import { postgresCoverage } from './coverage.ts'
import { postgresKeys } from './keys.ts'
import { postgresModels } from './models.ts'
import * as rows from './rows.ts'
import * as sql from './statements.ts'
import { dropYears, makeRoom } from './years.ts'

export interface PostgresOptions {
  /** Connections that this process holds at most. Default 10: a tenth of what the private server allows. */
  readonly connections?: number
}

/** What only a database knows of itself, for those who watch over it. */
export interface PostgresStore extends Store {
  readonly pool: PoolState
  /** Names of the files that `migrate` has run here. */
  appliedMigrations(): Promise<readonly string[]>
  /**
   * Drops bars, verdicts and forecasts of the calendar years (UTC) that ended before `before` and of which no row was learned
   * since then. Years with bars that an engine has yet to learn stay. Returns the years.
   */
  dropYears(before: Ms): Promise<readonly number[]>
}

/** Rows a query moves at a time: some 300 kB. */
const pageRows = 2_000

/** The store on PostgreSQL 15 or later; `migrate` has run before. Throws ERR_DATABASE_UNREACHABLE, ERR_DATABASE_VERSION. */
export function postgresStore(databaseUrl: string, options: PostgresOptions = {}): PostgresStore {
  const database = connections(databaseUrl, options.connections ?? 10)

  async function query<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return database.use(async client => (await client.query<Row>(text, [...values])).rows)
  }

  function transaction<T>(work: (client: pg.ClientBase) => Promise<T>, begin = 'begin'): Promise<T> {
    return database.use(async client => {
      try {
        await client.query(begin)
        const result = await work(client)
        await client.query('commit')
        return result
      } catch (error) {
        // On a lost connection this fails too; the server has then rolled back by itself.
        await client.query('rollback').catch(() => {})
        throw error
      }
    })
  }

  const commits = groupCommits(database, transaction)

  return {
    ...postgresModels(database, transaction),
    ...postgresBudgets(database),
    ...postgresCorrections(database, transaction),
    ...postgresCoverage(database),
    ...postgresKeys(database),

    get pool() {
      return database.pool
    },

    async appliedMigrations() {
      return (await query<{ name: string }>('select name from migrations order by id')).map(row => row.name)
    },

    async appendHistory(series) {
      checkBars(series, series.bars)
      await transaction(async client => {
        for (const page of pages(series.bars)) {
          const values = [...rows.keyOf(series), series.name, json(page.map(bar => rows.barRow(series, bar)))]
          await client.query(sql.insertHistory, values)
        }
      })
      return series.bars.length
    },

    async appendWarmUp(stream, bars) {
      checkBars(stream, bars)
      const opens = opensOf(stream, bars)
      await transaction(async client => {
        await makeRoom(client, opens)
        for (const page of pages(bars)) {
          await client.query(sql.insertBars, [...rows.keyOf(stream), json(page.map(bar => rows.barRow(stream, bar)))])
        }
        await rollUp(client, stream, opens)
      }, sql.beginInOrder)
    },

    async commit(stream, steps, snapshot) {
      checkSteps(stream, steps)
      return commits.add({ stepRows: steps.map(step => rows.stepRow(stream, step)), snapshot })
    },

    async snapshot(stream, model) {
      const [row] = await query<{ model: string; ts: Date; state: Buffer }>(
        'select model, ts, state from snapshots where market = $1 and interval = $2 and model = $3',
        [...rows.keyOf(stream), model],
      )
      return row ? rows.snapshotOf(stream, row) : null
    },

    async saveSnapshot(snapshot) {
      await query(sql.upsertSnapshot, rows.snapshotValues(snapshot))
    },

    async *barsAfter(stream, ts) {
      let after = ts
      while (true) {
        const page = await query<rows.BarRow>(sql.selectBarsAfter, [
          ...rows.keyOf(stream),
          rows.timestamp(after - stream.intervalMs),
          pageRows,
        ])
        const bars = page.map(row => rows.barOf(stream, row))
        yield* bars
        if (bars.length < pageRows) return
        after = bars[bars.length - 1]!.ts
      }
    },

    async bars(range) {
      const found = await query<rows.BarRow>(sql.selectBars, rows.rangeValues(range))
      return found.map(row => rows.barOf(range, row))
    },

    candles: range => readCandles(database, range),

    async verdicts(range) {
      return (await query<VerdictRow>(sql.selectVerdicts, rows.rangeValues(range))).map(sequenced)
    },

    async anomalies(range) {
      return (await query<VerdictRow>(sql.selectAnomalies, rows.rangeValues(range))).map(sequenced)
    },

    async faults(range) {
      return (await query<VerdictRow>(sql.selectFaults, rows.rangeValues(range))).map(sequenced)
    },

    async alarmAfter(stream, ts) {
      const open = rows.timestamp(ts - stream.intervalMs)
      const [row] = await query<{ body: Verdict }>(sql.selectAlarmAfter, [...rows.keyOf(stream), open])
      return row?.body ?? null
    },

    async known(stream, closes) {
      const opens = closes.map(ts => rows.timestamp(ts - stream.intervalMs))
      const found = await query<rows.BarRow & { body: Verdict | null }>(sql.selectKnown, [...rows.keyOf(stream), opens])
      return new Map(
        found.map(row => {
          const bar = rows.barOf(stream, row)
          return [bar.ts, { bar, verdict: row.body }] as const
        }),
      )
    },

    async verdictsAfter(seq, limit) {
      const text = 'select seq, body from verdicts where seq > $1 and withdrawn_by is null order by seq limit $2'
      return (await query<VerdictRow>(text, [seq, limit])).map(sequenced)
    },

    async lastSeq() {
      const [row] = await query<{ seq: string }>('select coalesce(max(seq), 0) as seq from verdicts')
      return Number(row!.seq)
    },

    async streams() {
      const found = await query<StreamRow>(sql.selectStreams)
      return found.map(row => ({
        ...rows.streamOf(row),
        bars: Number(row.bars),
        firstOpenMs: row.first_open.getTime() as Ms,
        lastOpenMs: row.last_open.getTime() as Ms,
      }))
    },

    async saveLabel({ market, interval, date, mark, note }, markedAt) {
      await query(sql.upsertLabel, [market, interval, date, mark, note, rows.timestamp(markedAt)])
    },

    async labels(range) {
      return (await query<LabelRow>(sql.selectLabels, rows.rangeValues(range))).map(({ open_time, ...label }) => {
        const { market, interval, mark, note } = label
        return { market, interval, date: isoDate(open_time.getTime()), mark, note }
      })
    },

    async saveReplay(replay) {
      await query(sql.upsertReplay, [replay.id, replay.market, replay.interval, json(replay)])
    },

    async replay(id) {
      const [row] = await query<{ body: Replay }>('select body from replays where id = $1', [id])
      return row?.body ?? null
    },

    async replays(limit) {
      const found = await query<{ body: Replay }>('select body from replays order by number desc limit $1', [limit])
      return found.map(row => row.body)
    },

    async forget(stream) {
      await transaction(async client => {
        for (const table of ofStream) {
          await client.query(`delete from ${table} where market = $1 and interval = $2`, [...rows.keyOf(stream)])
        }
      }, sql.beginInOrder)
    },

    dropYears: before => transaction(client => dropYears(client, before), sql.beginInOrder),

    async ping() {
      await query('select 1')
    },

    close: () => database.close(),
  }
}

/** What is about one stream, in an order in which it can be deleted. */
const ofStream = [
  ...['verdicts', 'corrections', 'beginnings', 'bars', 'rollups', 'forecasts', 'snapshots', 'known_scores'],
  ...['labels', 'replays'],
]

type LabelRow = Omit<Label, 'date'> & { readonly open_time: Date }

interface VerdictRow {
  readonly seq: string
  readonly body: Verdict
}

interface StreamRow {
  readonly market: string
  readonly interval: string
  readonly bars: string
  readonly first_open: Date
  readonly last_open: Date
}

const opensOf = ({ intervalMs }: Stream, bars: readonly Bar[]) => bars.map(bar => (bar.ts - intervalMs) as Ms)

const json = (value: unknown) => JSON.stringify(value)

const sequenced = ({ seq, body }: VerdictRow): SequencedVerdict => ({ seq: Number(seq), verdict: body })

function* pages(bars: readonly Bar[]): Generator<readonly Bar[]> {
  for (let i = 0; i < bars.length; i += pageRows) yield bars.slice(i, i + pageRows)
}
