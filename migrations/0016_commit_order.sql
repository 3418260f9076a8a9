-- Commits of different streams no longer wait for one another: the order that readers rely on is the order within a stream.
-- A reader follows one stream and resumes after a seq of that stream, so it reads by stream, too.

create index verdicts_in_order_of_stream on verdicts (market, interval, seq);
drop index verdicts_by_seq;

create function lock_stream(market text, "interval" text) returns void language sql as $$
  select pg_advisory_xact_lock(hashtextextended(market || ' ' || "interval", 2021051912))
$$;
comment on function lock_stream is
  'Makes the writes of a stream take turns. A seq is drawn when a row is written, but readers see it when the transaction commits: without turns a later seq could be seen first, and a reader that resumes after it would skip the earlier one. The lock ends with the transaction.';

create or replace function make_partitions(first_time timestamptz, last_time timestamptz) returns void language plpgsql as $$
declare
  parent text;
  partition text;
begin
  -- One year more: the first row of January finds its partition made.
  for year in extract(year from first_time at time zone 'UTC') .. extract(year from last_time at time zone 'UTC') + 1 loop
    continue when to_regclass('bars_' || year) is not null and to_regclass('verdicts_' || year) is not null;
    -- Two transactions may need the same year. The number is the same everywhere.
    perform pg_advisory_xact_lock(2021051912);
    foreach parent in array array['bars', 'verdicts'] loop
      partition := parent || '_' || year;
      continue when to_regclass(partition) is not null;
      -- Made apart and then attached: readers need not wait.
      execute format('create table %I (like %I including defaults including constraints)', partition, parent);
      execute format('alter table %I attach partition %I for values from (%L) to (%L)', parent, partition,
        make_timestamptz(year, 1, 1, 0, 0, 0, 'UTC'), make_timestamptz(year + 1, 1, 1, 0, 0, 0, 'UTC'));
    end loop;
  end loop;
end $$;
comment on function make_partitions is 'For rows from first_time to last_time, and the year after.';

drop function commit_steps(json, json);

create function write_steps(given json, changes json, bars_are_new boolean)
  returns table (n bigint, seq bigint) language plpgsql as $$
declare
  year integer;
  events json;
  stored bigint;
begin
  for year in
    select distinct extract(year from open_time at time zone 'UTC')::integer
    from json_to_recordset(given) as step (open_time timestamptz)
  loop
    -- The year after stands ready too.
    if to_regclass('verdicts_' || year + 1) is null or to_regclass('verdicts_' || year) is null then
      perform make_partitions(make_timestamptz(year, 1, 1, 0, 0, 0, 'UTC'), make_timestamptz(year, 1, 1, 0, 0, 0, 'UTC'));
    end if;
  end loop;
  select json_agg(event order by c.ordinality, e.n) into events
  from rows from (json_to_recordset(changes) as (id text, open_time timestamptz, events json)) with ordinality as c
    cross join json_array_elements(c.events) with ordinality as e (event, n);
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
      where bars_are_new
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
    select s.ordinality, v.seq
    from step as s join verdict as v using (id, open_time)
    where not bars_are_new
      or exists (select from bar as b where b.market = s.market and b.interval = s.interval and b.open_time = s.open_time)
    order by s.ordinality;
  get diagnostics stored = row_count;
  -- Who judged these bars did not know of the ones that are stored: nothing of it may be kept.
  if stored < json_array_length(given) then
    raise exception 'Expected % new bars and verdicts, found % that are stored already', json_array_length(given), json_array_length(given) - stored
      using errcode = 'CW001';
  end if;
end $$;
comment on function write_steps is
  'Takes steps of streams that are locked, and the episode events of those that have any; writes bars, their verdicts, the episodes that they change and the stored candles in one round trip. Fails with CW001 if a verdict, or a bar where bars are new, is stored already.';

create function commit_steps(given json, changes json default '[]', bars_are_new boolean default true)
  returns table (n bigint, seq bigint) language plpgsql as $$
begin
  -- In the order of their names, so that two commits of several streams cannot wait for each other.
  perform lock_stream(market, "interval") from (
    select distinct market, "interval" from json_to_recordset(given) as step (market text, "interval" text)
    order by market, "interval"
  ) as stream;
  return query select * from write_steps(given, changes, bars_are_new);
end $$;
comment on function commit_steps is 'Locks the streams of the steps, then write_steps.';

create table write_probe (at timestamptz not null);
insert into write_probe values (now());
comment on table write_probe is 'One row, written to find out whether commits would get through.';

create function probe_write() returns void language plpgsql as $$
begin
  set local lock_timeout = '2s';
  lock table bars, verdicts in row exclusive mode;
  update write_probe set at = now();
end $$;
comment on function probe_write is 'Fails where a commit would: on a read-only or full server, or while a table is locked.';
