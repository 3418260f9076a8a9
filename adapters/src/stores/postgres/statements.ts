import { barColumns, barNames } from './rows.ts'

// A seq is drawn when a row is written, but readers see the row when its transaction commits. Were two commits to overlap,
// the later seq could be seen first, and a reader resuming after it would skip the earlier one for good. The lock makes
// drawing and committing one turn; it ends with the transaction. The number is arbitrary, but the same everywhere.
export const beginInOrder = 'begin; select pg_advisory_xact_lock(2021051912)'

export const insertHistory = `
  insert into history (market, interval, source, ${barNames})
  select $1, $2, $3, ${barNames} from json_to_recordset($4::json) as given (${barColumns})
  on conflict (market, interval, open_time) do update set
    open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close,
    volume = excluded.volume, seen = excluded.seen, source = excluded.source`

export const insertBars = `
  insert into bars (market, interval, ${barNames})
  select $1, $2, ${barNames} from json_to_recordset($3::json) as given (${barColumns})
  on conflict do nothing`

export const commitSteps = 'select seq from commit_steps($1) order by n'

// A snapshot never goes back in time, so a repeated commit does not undo a later one.
export const upsertSnapshot = `
  insert into snapshots (market, interval, model, ts, state) values ($1, $2, $3, $4, $5)
  on conflict (market, interval, model) do update set ts = excluded.ts, state = excluded.state
  where snapshots.ts <= excluded.ts`

export const selectBarsAfter = `
  select distinct on (open_time) ${barNames} from bars
  where market = $1 and interval = $2 and open_time > $3
  order by open_time, revision desc limit $4`

export const inRange = `market = $1 and interval = $2
    and ($3::timestamptz is null or open_time >= $3) and ($4::timestamptz is null or open_time < $4)`

export const selectBars = `
  select * from (
    select distinct on (open_time) ${barNames} from bars
    where ${inRange} order by open_time desc, revision desc limit $5
  ) as newest order by open_time`

const newestVerdicts = (condition: string) => `
  select seq, body from (
    select seq, open_time, body from verdicts where ${inRange} and ${condition} order by open_time desc, seq desc limit $5
  ) as newest order by open_time, seq`

export const selectVerdicts = newestVerdicts('withdrawn_by is null')
export const selectAnomalies = newestVerdicts('is_anomaly and withdrawn_by is null')
export const selectFaults = newestVerdicts("status = 'feed-fault' and withdrawn_by is null")

// Each half by its own index: alarms are few, and what lies between them is not read.
const alarmsAfter = `market = $1 and interval = $2 and open_time > $3 and withdrawn_by is null order by open_time limit 1`
export const selectAlarmAfter = `
  select body from (
    (select open_time, body from verdicts where is_anomaly and ${alarmsAfter})
    union all
    (select open_time, body from verdicts where status = 'feed-fault' and ${alarmsAfter})
  ) as alarm order by open_time limit 1`

export const selectKnown = `
  select distinct on (open_time) ${barNames}, verdict.body
  from bars left join lateral (
    select body from verdicts
    where market = bars.market and interval = bars.interval and open_time = bars.open_time and withdrawn_by is null
    order by seq desc limit 1
  ) as verdict on true
  where market = $1 and interval = $2 and open_time = any($3::timestamptz[])
  order by open_time, revision desc`

// Days are counted instead of bars: of millions, that takes a second.
export const selectStreams = `
  select market, interval, bars,
    (select open_time from bars where market = day.market and interval = day.interval order by open_time limit 1)
      as first_open,
    (select open_time from bars where market = day.market and interval = day.interval order by open_time desc limit 1)
      as last_open
  from (
    select market, interval, sum(bars) as bars from rollups where width = interval '1 day' group by market, interval
  ) as day
  order by market, interval`

export const upsertLabel = `
  insert into labels (market, interval, open_time, mark, note, marked_at) values ($1, $2, $3, $4, $5, $6)
  on conflict (market, interval, open_time) do update set
    mark = excluded.mark, note = excluded.note, marked_at = excluded.marked_at`

export const selectLabels = `
  select market, interval, open_time, mark, note from (
    select * from labels where ${inRange} order by open_time desc limit $5
  ) as newest order by open_time`

export const upsertReplay = `
  insert into replays (id, market, interval, body) values ($1, $2, $3, $4)
  on conflict (id) do update set
    market = excluded.market, interval = excluded.interval, body = excluded.body, updated_at = now()`
