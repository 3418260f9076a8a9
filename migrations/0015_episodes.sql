-- Episodes become rows of their own, written in the commit of the bar that changes them, and each change is kept with its
-- verdict, so that a listener that resumes receives it again.

create table episodes (
  market     text        not null,
  interval   text        not null,
  start_time timestamptz not null,
  end_time   timestamptz not null,
  body       json        not null,
  primary key (market, interval, start_time)
);
comment on table episodes is 'Alarms that belong together. Only verdicts in force count.';
comment on column episodes.start_time is 'Open of the first alarm.';
comment on column episodes.end_time is 'Open of the last alarm.';

alter table verdicts add column episode_events json;
comment on column verdicts.episode_events is 'What the bar changed in the episodes of its stream, in order; null = nothing.';

create function write_episodes(events json) returns void language sql as $$
  insert into episodes (market, interval, start_time, end_time, body)
  select episode ->> 'market', episode ->> 'interval', (episode ->> 'start')::timestamptz, (episode ->> 'end')::timestamptz, episode
  from (
    -- The last change of each episode holds all earlier ones.
    select distinct on (event -> 'episode' ->> 'market', event -> 'episode' ->> 'interval', event -> 'episode' ->> 'start')
      event -> 'episode' as episode
    from json_array_elements(events) with ordinality as given (event, n)
    order by event -> 'episode' ->> 'market', event -> 'episode' ->> 'interval', event -> 'episode' ->> 'start', n desc
  ) as newest
  on conflict (market, interval, start_time) do update set end_time = excluded.end_time, body = excluded.body
$$;
comment on function write_episodes is 'Takes [{"kind": …, "episode": {…}}, …] in the order in which it happened.';

drop function commit_steps(json);

create function commit_steps(given json, changes json default '[]') returns table (n bigint, seq bigint) language plpgsql as $$
declare
  year integer;
  events json;
begin
  -- A seq is drawn when a row is written, but readers see the row when its transaction commits. If two commits overlapped,
  -- the later seq could be seen first, and a reader resuming after it would skip the earlier one for good. The lock makes
  -- drawing and committing one turn; it ends with the transaction. The number is the same everywhere.
  perform pg_advisory_xact_lock(2021051912);
  for year in
    select distinct extract(year from open_time at time zone 'UTC')::integer
    from json_to_recordset(given) as step (open_time timestamptz)
  loop
    -- The year after stands ready too.
    if to_regclass('verdicts_' || year + 1) is null or to_regclass('verdicts_' || year) is null then
      perform make_partitions(make_timestamptz(year, 1, 1, 0, 0, 0, 'UTC'), make_timestamptz(year, 1, 1, 0, 0, 0, 'UTC'));
    end if;
  end loop;
  -- Only verdicts that are new change an episode: a repeated commit must not undo what came after it.
  select json_agg(event order by c.ordinality, e.n) into events
  from rows from (json_to_recordset(changes) as (id text, open_time timestamptz, events json)) with ordinality as c
    cross join json_array_elements(c.events) with ordinality as e (event, n)
  where not exists (
    select from verdicts as old where old.id = c.id and old.open_time = c.open_time and old.withdrawn_by is null
  );
  if events is not null then
    perform write_episodes(events);
  end if;
  return query
    with step as (
      select * from rows from (json_to_recordset(given) as (
        market text, interval text, open_time timestamptz, open float8, high float8, low float8, close float8, volume float8,
        seen timestamptz, id text, model text, status text, is_anomaly boolean, body json
      )) with ordinality
    ), bar as (
      insert into bars (market, interval, open_time, open, high, low, close, volume, seen)
      select s.market, s.interval, s.open_time, s.open, s.high, s.low, s.close, s.volume, s.seen from step as s
      on conflict do nothing
      returning *
    ), rollup as (
      insert into rollups as r
      select b.market, b.interval, w.width, date_bin(w.width, b.open_time, 'epoch') as bucket,
        (array_agg(b.open order by b.open_time))[1], max(b.high), min(b.low),
        (array_agg(b.close order by b.open_time desc))[1], sum(b.volume), count(*), min(b.open_time), max(b.open_time)
      from bar as b cross join unnest(array[interval '1 hour', interval '1 day']) as w (width)
      where w.width = interval '1 day' or b.interval ~ '[ms]$'
      group by b.market, b.interval, w.width, bucket
      on conflict (market, interval, width, open_time) do update set
        open = case when excluded.first_open < r.first_open then excluded.open else r.open end,
        close = case when excluded.last_open > r.last_open then excluded.close else r.close end,
        high = greatest(r.high, excluded.high), low = least(r.low, excluded.low),
        volume = r.volume + excluded.volume, bars = r.bars + excluded.bars,
        first_open = least(r.first_open, excluded.first_open), last_open = greatest(r.last_open, excluded.last_open)
    ), verdict as (
      insert into verdicts (id, market, interval, open_time, model, status, is_anomaly, body, episode_events)
      select s.id, s.market, s.interval, s.open_time, s.model, s.status, s.is_anomaly, s.body, c.events
      from step as s left join json_to_recordset(changes) as c (id text, events json) using (id)
      order by s.ordinality
      on conflict (id, open_time) where withdrawn_by is null do nothing
      returning verdicts.id, verdicts.open_time, verdicts.seq
    )
    -- Verdicts that were stored already are returned with the seq that they have.
    select s.ordinality, coalesce(v.seq, (
      select old.seq from verdicts as old
      where v.seq is null and old.id = s.id and old.open_time = s.open_time and old.withdrawn_by is null
    ))
    from step as s left join verdict as v using (id, open_time) order by s.ordinality;
end $$;
comment on function commit_steps is
  'Takes steps, and the episode events of those that have any; writes bars, their verdicts, the episodes that they change and the stored candles of any streams in one round trip. Repeating it changes nothing.';

-- The episodes of the verdicts that are stored already. Alarms within six hours of one another are one episode.
with alarm as (
  select market, interval, open_time, body, (body ->> 'pValue')::float8 as p_value,
    open_time - lag(open_time) over (partition by market, interval order by open_time) <= interval '6 hours' as joins
  from verdicts where is_anomaly and withdrawn_by is null
), numbered as (
  select *, count(*) filter (where joins is not true) over (partition by market, interval order by open_time) as n from alarm
), episode as (
  select market, interval, min(open_time) as start_time, max(open_time) as end_time, count(*) as alarms,
    (array_agg(body order by open_time))[1] as first, (array_agg(body order by open_time desc))[1] as last,
    (array_agg(body order by p_value, open_time))[1] as peak,
    coalesce(bool_or((body -> 'high' ->> 'actual')::float8 > (body -> 'high' ->> 'upper')::float8), false) as left_high,
    coalesce(bool_or((body -> 'low' ->> 'actual')::float8 < (body -> 'low' ->> 'lower')::float8), false) as left_low
  from numbered group by market, interval, n
), price as (
  select *, (peak -> (peak ->> 'side') ->> 'actual')::float8 as actual, (peak -> (peak ->> 'side') ->> 'expected')::float8 as expected
  from episode
)
insert into episodes (market, interval, start_time, end_time, body)
select market, interval, start_time, end_time, json_build_object(
  'id', first -> 'id',
  'market', first -> 'market',
  'interval', first -> 'interval',
  'lane', peak -> 'lane',
  'type', case when left_high and left_low then 'swing' when peak ->> 'side' = 'low' then 'fall' else 'rise' end,
  'start', first -> 'date',
  'peak', peak -> 'date',
  'end', last -> 'date',
  'recovered', case
    when exists (
      select from verdicts as later
      where later.market = price.market and later.interval = price.interval and later.withdrawn_by is null
        and later.open_time > end_time + interval '6 hours'
    ) then to_char((end_time + interval '6 hours') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
  end,
  'alarms', alarms,
  'severity', peak -> 'severity',
  'pValue', peak -> 'pValue',
  'size', (actual - expected) / expected,
  'seenBy', (
    select count(*) from json_array_elements(peak -> 'detectors') as opinion
    where (opinion ->> 'share')::float8 > 0 or (opinion ->> 'pValue')::float8 <= 0.01
  ),
  'detectors', json_array_length(peak -> 'detectors'),
  'reason', coalesce(peak -> 'reason', json_build_object('code', 'stored-text', 'text', peak -> 'because'))
)
from price;
