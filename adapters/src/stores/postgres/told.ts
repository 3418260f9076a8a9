import type { Group, Incident } from '@candlewatch/core/incident'
import type { Episode, EpisodeEvent } from '@candlewatch/core/types'
import type pg from 'pg'
import type { GroupStore, ProfileRecord, ProfileStore, ToldStore, ToldTurn, ToldWork } from '../told.ts'
import type { Connections } from './connection.ts'
import { type KeyRow, keyOf, streamOf, timestamp } from './rows.ts'
import { type StoredVerdict, verdictOf } from './stored-verdict.ts'

/** The groups of markets in PostgreSQL. */
export function postgresGroups({ query }: Connections): GroupStore {
  return {
    async saveGroup({ name, members }, at) {
      await query(upsertGroup, [name, members, timestamp(at)])
    },
    async deleteGroup(name) {
      return (await query('delete from market_groups where name = $1 returning name', [name])).length > 0
    },
    groups: () => query<Group>('select name, members from market_groups order by name'),
    async episodesOfAll({ fromMs, toMs, limit }) {
      const found = await query<{ body: Episode }>(selectEpisodes, [timestamp(fromMs), timestamp(toMs), limit])
      return found.map(({ body }) => body)
    },
  }
}

/** The profiles in PostgreSQL. */
export function postgresProfiles({ query }: Connections): ProfileStore {
  return {
    async saveProfile({ id, ...body }, at) {
      await query(upsertProfile, [id, JSON.stringify(body), timestamp(at)])
    },
    async profiles() {
      const found = await query<{ id: string; body: Omit<ProfileRecord, 'id'> }>('select id, body from profiles')
      return found.map(({ id, body }) => ({ id, ...body }))
    },
  }
}

/** The store of incidents in PostgreSQL. */
export function postgresTold({ query, transaction }: Connections): ToldStore {
  return {
    toldTurn: decide =>
      transaction(async client => {
        const { rows } = await client.query<{ version: string }>('select version from told_version for update')
        const version = Number(rows[0]?.version)
        const work = await decide(turnOf(client, version))
        if (!work) return version
        await write(client, work)
        return version + 1
      }),

    async told({ profile, fromMs, toMs, toldOnly, limit }) {
      const bounds = [fromMs, toMs].map(ms => (ms === null ? null : timestamp(ms)))
      const found = await query<{ body: Incident }>(selectTold, [profile, ...bounds, toldOnly, limit])
      return found.map(({ body }) => body)
    },

    async untold() {
      return (await query<KeyRow>(selectUntold)).map(streamOf)
    },
  }
}

function turnOf(client: pg.ClientBase, version: number): ToldTurn {
  return {
    version,
    async records(limit) {
      const { rows } = await client.query<{ profile: string; body: Incident }>(selectRecords, [limit])
      return rows.map(({ profile, body }) => ({ profile, incident: body }))
    },
    async news(stream, limit) {
      const { rows } = await client.query<NewsRow>(selectNews, [...keyOf(stream), limit])
      return rows.map(({ seq, body, episode_events }) => ({
        seq: Number(seq),
        verdict: verdictOf(body),
        episodes: episode_events,
      }))
    },
  }
}

async function write(client: pg.ClientBase, { stream, seq, records }: ToldWork): Promise<void> {
  await client.query('update told_version set version = version + 1')
  await client.query(upsertPosition, [...keyOf(stream), seq])
  for (const { profile, incident } of records) {
    const toldAt = incident.toldAt === null ? null : timestamp(incident.toldAt)
    await client.query(upsertTold, [profile, incident.n, timestamp(incident.at), toldAt, JSON.stringify(incident)])
  }
}

interface NewsRow {
  readonly seq: string
  readonly body: StoredVerdict
  readonly episode_events: readonly EpisodeEvent[]
}

const upsertGroup = `
  insert into market_groups (name, members, at) values ($1, $2, $3)
  on conflict (name) do update set members = excluded.members, at = excluded.at`

const upsertProfile = `
  insert into profiles (id, body, at) values ($1, $2, $3)
  on conflict (id) do update set body = excluded.body, at = excluded.at`

const selectEpisodes = `
  select body from (
    select body, start_time, market, interval from episodes where end_time >= $1 and start_time < $2
    order by start_time desc, market desc, interval desc limit $3
  ) as newest order by start_time, market, interval`

const selectRecords = `
  select profile, body from (
    select profile, n, body, row_number() over (partition by profile order by n desc) as place from told
  ) as placed where place <= $1 order by profile, n`

const selectNews = `
  select seq, body, episode_events from verdicts
  where market = $1 and interval = $2 and episode_events is not null and withdrawn_by is null
    and seq > coalesce((select p.seq from told_positions as p where p.market = $1 and p.interval = $2), 0)
  order by seq limit $3`

const upsertPosition = `
  insert into told_positions (market, interval, seq) values ($1, $2, $3)
  on conflict (market, interval) do update set seq = greatest(told_positions.seq, excluded.seq)`

const upsertTold = `
  insert into told (profile, n, at, told_at, body) values ($1, $2, $3, $4, $5)
  on conflict (profile, n) do update set told_at = excluded.told_at, body = excluded.body`

const selectTold = `
  select body from (
    select n, body from told
    where profile = $1 and ($2::timestamptz is null or at >= $2) and ($3::timestamptz is null or at < $3)
      and (not $4 or told_at is not null) and body ->> 'partOf' is null
    order by n desc limit $5
  ) as newest order by n`

const selectUntold = `
  select key.market, key.interval from (select distinct market, interval from episodes) as key
  where exists (
    select from verdicts as v
    where v.market = key.market and v.interval = key.interval and v.episode_events is not null and v.withdrawn_by is null
      and v.seq > coalesce((
        select p.seq from told_positions as p where p.market = key.market and p.interval = key.interval
      ), 0)
  )
  order by key.market, key.interval`
