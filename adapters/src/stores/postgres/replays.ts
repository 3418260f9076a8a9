import type { Replay } from '@candlewatch/core/types'
import type { ReplayStore } from '../replays.ts'
import type { Connections } from './connection.ts'

/** The replays in PostgreSQL. */
export function postgresReplays(database: Connections): ReplayStore {
  return {
    async saveReplay(replay) {
      await database.query(upsertReplay, [replay.id, replay.market, replay.interval, JSON.stringify(replay)])
    },

    async replay(id) {
      const [row] = await database.query<ReplayRow>('select body from replays where id = $1', [id])
      return row?.body ?? null
    },

    async replays(limit) {
      const text = 'select body from replays order by number desc limit $1'
      return (await database.query<ReplayRow>(text, [limit])).map(row => row.body)
    },
  }
}

interface ReplayRow {
  readonly body: Replay
}

const upsertReplay = `
  insert into replays (id, market, interval, body) values ($1, $2, $3, $4)
  on conflict (id) do update set
    market = excluded.market, interval = excluded.interval, body = excluded.body, updated_at = now()`
