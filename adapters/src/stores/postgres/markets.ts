import type { Stream } from '@candlewatch/core/time'
import type { MarketStore } from '../markets.ts'
import type { Connections } from './connection.ts'
import { disown } from './owners.ts'
import { deleteStream } from './replays.ts'
import * as rows from './rows.ts'

/** The streams that are judged, in PostgreSQL. */
export function postgresMarkets(database: Connections, slow: Connections): MarketStore {
  const { query } = database

  async function known(stream: Stream): Promise<{ readonly archived: boolean } | undefined> {
    const [row] = await query<{ archived: boolean }>(selectStream, rows.keyOf(stream))
    return row
  }

  const store: MarketStore = {
    async admit(stream, max) {
      const found = await known(stream)
      if (found) return found.archived ? 'archived' : 'admitted'
      const added = await query(insertStream, [...rows.keyOf(stream), max])
      // Another process may have added it meanwhile.
      return added.length > 0 || (await known(stream)) ? 'admitted' : 'full'
    },

    archive: (stream, at) =>
      database.transaction(async client => {
        await disown(client, stream)
        const values = [...rows.keyOf(stream), at === null ? null : rows.timestamp(at)]
        return (await client.query(upsertArchived, values)).rowCount === 1
      }),

    async archived() {
      return (await query<rows.KeyRow>(selectArchived)).map(rows.streamOf)
    },

    async deleteStream(stream) {
      await query(insertArchived, rows.keyOf(stream))
      await database.transaction(client => disown(client, stream))
      for (const table of longTables) while (await deletePart(slow, table, stream));
      await slow.transaction(async client => {
        await disown(client, stream)
        await deleteStream(client, stream)
        for (const table of ['labels', 'history', 'real_streams', 'stream_settings', 'told_positions', 'streams']) {
          await client.query(`delete from ${table} where market = $1 and interval = $2`, [...rows.keyOf(stream)])
        }
        // Others that need the same scores wait, and then add them again.
        await client.query('lock table score_sets in exclusive mode')
        await client.query(deleteUnusedScores)
      })
    },
  }
  return store
}

/** Tables with millions of rows of a stream. */
const longTables = ['verdicts', 'bars', 'history'] as const
const rowsAtATime = 20_000

/** Deletes the oldest rows of a stream. Resolves to true while there are more. */
async function deletePart({ query }: Connections, table: string, stream: Stream): Promise<boolean> {
  const found = await query<{ more: boolean }>(
    `with part as (
      select open_time from ${table} where market = $1 and interval = $2 order by open_time limit ${rowsAtATime}
    ), gone as (
      delete from ${table} where market = $1 and interval = $2 and open_time <= (select max(open_time) from part)
    )
    select count(*) = ${rowsAtATime} as more from part`,
    rows.keyOf(stream),
  )
  return found[0]?.more ?? false
}

const selectStream = `
  select archived_at is not null as archived from streams where market = $1 and interval = $2`

const insertStream = `
  insert into streams (market, interval) select $1, $2 where (select count(*) from streams) < $3
  on conflict do nothing returning market`

const upsertArchived = `
  insert into streams (market, interval, archived_at)
  select $1, $2, $3 where exists (
    select from rollups where market = $1 and interval = $2 union all select from streams where market = $1 and interval = $2
  )
  on conflict (market, interval) do update set archived_at = excluded.archived_at`

const insertArchived = `
  insert into streams (market, interval, archived_at) values ($1, $2, now())
  on conflict (market, interval) do update set archived_at = now()`

const selectArchived = 'select market, interval from streams where archived_at is not null order by market, interval'

const deleteUnusedScores = `
  delete from score_sets where not exists (select from known_scores where known_scores.scores = score_sets.hash)`
