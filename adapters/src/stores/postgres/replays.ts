import type { Stream } from '@candlewatch/core/time'
import type { Replay } from '@candlewatch/core/types'
import type pg from 'pg'
import { checkBars } from '../commits.ts'
import type { ReplayStore } from '../replays.ts'
import { writeBars } from './bars.ts'
import { lockStream } from './commits.ts'
import type { Connections } from './connection.ts'
import { disown } from './owners.ts'
import { keyOf } from './rows.ts'

/** The replays in PostgreSQL. Long writes use `slow`. */
export function postgresReplays(database: Connections, slow: Connections): ReplayStore {
  return {
    async saveReplay(replay) {
      await database.query(upsertReplay, [replay.id, replay.market, replay.interval, JSON.stringify(replay)])
    },

    async changeReplay(replay, revision) {
      const values = [replay.id, JSON.stringify(replay), revision]
      return (await database.query<object>(updateReplay, values)).length > 0
    },

    async replay(id) {
      const [row] = await database.query<ReplayRow>('select body from replays where id = $1', [id])
      return row?.body ?? null
    },

    async replays(limit) {
      const text = 'select body from replays order by number desc limit $1'
      return (await database.query<ReplayRow>(text, [limit])).map(row => row.body)
    },

    async markReal(stream) {
      // In turn with `prepareReplay`, which must not delete the rows that follow.
      await database.transaction(async client => {
        await lockStream(client, stream, null)
        await client.query(insertReal, [...keyOf(stream)])
      })
    },

    isForReplays: stream => database.use(client => isForReplays(client, stream)),

    async prepareReplay(stream, { startOver, warmUp }) {
      checkBars(stream, warmUp)
      return slow.transaction(async client => {
        await disown(client, stream)
        if (!(await isForReplays(client, stream))) return false
        if (startOver) await deleteStream(client, stream)
        await writeBars(client, stream, warmUp)
        return true
      })
    },
  }
}

/** Deletes everything about a stream except its labels and imported rows. It runs in a transaction that has locked the stream. */
export async function deleteStream(client: pg.ClientBase, stream: Stream): Promise<void> {
  for (const table of streamTables) {
    await client.query(`delete from ${table} where market = $1 and interval = $2`, [...keyOf(stream)])
  }
}

async function isForReplays(client: pg.ClientBase, stream: Stream): Promise<boolean> {
  const { rows } = await client.query<{ free: boolean }>(selectFree, [...keyOf(stream)])
  return rows[0]?.free === true
}

interface ReplayRow {
  readonly body: Replay
}

/** The tables with rows about one stream, in an order in which they can be deleted. */
const streamTables = [
  'verdicts',
  'episodes',
  'corrections',
  'beginnings',
  'dropped_years',
  'bars',
  'withdrawn_bars',
  'held_rows',
  'kept_bars',
  'rollups',
  'snapshots',
  'known_scores',
  'replays',
] as const

const upsertReplay = `
  insert into replays (id, market, interval, body) values ($1, $2, $3, $4)
  on conflict (id) do update set
    market = excluded.market, interval = excluded.interval, body = excluded.body, updated_at = now()`

const updateReplay = `
  update replays set body = $2, updated_at = now() where id = $1 and (body ->> 'revision')::bigint = $3 returning id`

const insertReal = 'insert into real_streams (market, interval) values ($1, $2) on conflict do nothing'

// Verdicts without any replay came from elsewhere, even if nobody recorded it.
const selectFree = `
  select not exists (select from real_streams where market = $1 and interval = $2) and (
    exists (select from replays where market = $1 and interval = $2)
    or not exists (select from verdicts where market = $1 and interval = $2)
  ) as free`
