-- Nobody reads the table of forecasts: a verdict's body has the forecast of its bar and of the next one. The same holds for
-- three columns of verdicts. Dropping them rewrites no row, so it takes a moment however many there are.

create or replace function make_partitions(first_time timestamptz, last_time timestamptz) returns void language plpgsql as $$
declare
  parent text;
  partition text;
begin
  -- One year more: the first row of January finds its partition made.
  for year in extract(year from first_time at time zone 'UTC') .. extract(year from last_time at time zone 'UTC') + 1 loop
    foreach parent in array array['bars', 'verdicts'] loop
      partition := parent || '_' || year;
      continue when to_regclass(partition) is not null;
      -- Made first and attached afterwards, so that readers need not wait.
      execute format('create table %I (like %I including defaults including constraints)', partition, parent);
      execute format('alter table %I attach partition %I for values from (%L) to (%L)', parent, partition,
        make_timestamptz(year, 1, 1, 0, 0, 0, 'UTC'), make_timestamptz(year + 1, 1, 1, 0, 0, 0, 'UTC'));
    end loop;
  end loop;
end $$;
comment on function make_partitions is
  'Makes partitions for rows from first_time to last_time and for the year after. The caller has taken the lock that orders commits.';

create or replace function commit_steps(given json) returns table (n bigint, seq bigint) language plpgsql as $$
declare
  year integer;
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
      insert into verdicts (id, market, interval, open_time, model, status, is_anomaly, body)
      select s.id, s.market, s.interval, s.open_time, s.model, s.status, s.is_anomaly, s.body
      from step as s order by s.ordinality
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
  'Writes bars, their verdicts and the stored candles of any streams in one round trip. Repeating it changes nothing.';

drop table forecasts;
alter table verdicts drop column severity, drop column lane, drop column p_value;
