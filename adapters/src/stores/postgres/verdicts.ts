import { isoDate } from '@candlewatch/core/interval'
import { closeOf } from '@candlewatch/core/time'
import type { Episode, EpisodeEvent, Label } from '@candlewatch/core/types'
import type { EpisodeStore, LabelStore, SequencedVerdict, VerdictStore } from '../verdicts.ts'
import { lockStream } from './commits.ts'
import type { Connections } from './connection.ts'
import { inRange, keyOf, openTime, rangeValues, timestamp } from './rows.ts'
import { type StoredVerdict, verdictOf } from './stored-verdict.ts'

/** The verdicts in PostgreSQL. */
export function postgresVerdicts(database: Connections): VerdictStore {
  const read = async (text: string, values: readonly unknown[]) =>
    sequenced(await database.query<VerdictRow>(text, values))

  function sequenced(found: readonly VerdictRow[]): readonly SequencedVerdict[] {
    return found.map(({ seq, body, episode_events }) => ({
      seq: Number(seq),
      verdict: verdictOf(body),
      episodes: episode_events ?? [],
    }))
  }

  return {
    verdicts: range => read(selectVerdicts, rangeValues(range)),
    anomalies: range => read(selectAnomalies, rangeValues(range)),
    faults: range => read(selectFaults, rangeValues(range)),

    async alarmAfter(stream, ts) {
      const values = [...keyOf(stream), openTime(stream, ts)]
      const [row] = await database.query<Pick<VerdictRow, 'body'>>(selectAlarmAfter, values)
      return row ? verdictOf(row.body) : null
    },

    async firstJudged(stream) {
      const [row] = await database.query<{ open_time: Date }>(selectFirstJudged, keyOf(stream))
      return row ? closeOf(row.open_time.getTime(), stream.intervalMs) : null
    },

    settledAfter: (stream, seq, limit) =>
      database.transaction(async client => {
        await lockStream(client, stream, null)
        return sequenced((await client.query<VerdictRow>(selectVerdictsAfter, [...keyOf(stream), seq, limit])).rows)
      }),
    verdictsAfter: (stream, seq, limit) => read(selectVerdictsAfter, [...keyOf(stream), seq, limit]),

    async lastSeq(stream) {
      const [row] = await database.query<{ seq: string }>(selectLastSeq, keyOf(stream))
      return Number(row?.seq ?? 0)
    },
  }
}

/** The episodes in PostgreSQL. */
export function postgresEpisodes(database: Connections): EpisodeStore {
  return {
    async episodes(range) {
      const found = await database.query<{ body: Episode }>(selectEpisodes, rangeValues(range))
      return found.map(({ body }) => body)
    },
  }
}

/** The labels in PostgreSQL. */
export function postgresLabels(database: Connections): LabelStore {
  return {
    async saveLabel({ market, interval, date, mark, note }, markedAt) {
      await database.query(upsertLabel, [market, interval, date, mark, note, timestamp(markedAt)])
    },

    async labels(range) {
      const found = await database.query<LabelRow>(selectLabels, rangeValues(range))
      return found.map(({ market, interval, open_time, mark, note }) => ({
        market,
        interval,
        date: isoDate(open_time.getTime()),
        mark,
        note,
      }))
    },
  }
}

interface VerdictRow {
  readonly seq: string
  readonly body: StoredVerdict
  readonly episode_events: readonly EpisodeEvent[] | null
}

type LabelRow = Omit<Label, 'date'> & { readonly open_time: Date }

const newestVerdicts = (condition: string) => `
  select seq, body, episode_events from (
    select seq, open_time, body, episode_events from verdicts where ${inRange} and ${condition} order by open_time desc, seq desc limit $5
  ) as newest order by open_time, seq`

const selectVerdicts = newestVerdicts('withdrawn_by is null')
const selectAnomalies = newestVerdicts('is_anomaly and withdrawn_by is null')
const selectFaults = newestVerdicts("status = 'feed-fault' and withdrawn_by is null")

const selectVerdictsAfter = `
  select seq, body, episode_events from verdicts
  where market = $1 and interval = $2 and seq > $3 and withdrawn_by is null order by seq limit $4`

const selectLastSeq = 'select coalesce(max(seq), 0) as seq from verdicts where market = $1 and interval = $2'

// Each half uses its own index: alarms are few, and the verdicts between them are not read.
const alarmsAfter = `market = $1 and interval = $2 and open_time > $3 and withdrawn_by is null order by open_time limit 1`
const selectAlarmAfter = `
  select body from (
    (select open_time, body from verdicts where is_anomaly and ${alarmsAfter})
    union all
    (select open_time, body from verdicts where status = 'feed-fault' and ${alarmsAfter})
  ) as alarm order by open_time limit 1`

const selectFirstJudged = `
  select open_time from verdicts where market = $1 and interval = $2 and withdrawn_by is null order by open_time limit 1`

const selectEpisodes = `
  select body from (
    select start_time, body from episodes
    where market = $1 and interval = $2
      and ($3::timestamptz is null or end_time >= $3) and ($4::timestamptz is null or start_time < $4)
    order by start_time desc limit $5
  ) as newest order by start_time`

const upsertLabel = `
  insert into labels (market, interval, open_time, mark, note, marked_at) values ($1, $2, $3, $4, $5, $6)
  on conflict (market, interval, open_time) do update set
    mark = excluded.mark, note = excluded.note, marked_at = excluded.marked_at`

const selectLabels = `
  select market, interval, open_time, mark, note from (
    select * from labels where ${inRange} order by open_time desc limit $5
  ) as newest order by open_time`
