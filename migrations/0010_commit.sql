-- When the first and the last bar of a candle opened: with them, bars that come in any order can be added to it.
alter table rollups add column first_open timestamptz, add column last_open timestamptz;
update rollups set (first_open, last_open) = (
  select min(bars.open_time), max(bars.open_time) from bars
  where bars.market = rollups.market and bars.interval = rollups.interval
    and bars.open_time >= rollups.open_time and bars.open_time < rollups.open_time + rollups.width
);
alter table rollups alter column first_open set not null, alter column last_open set not null;

create function commit_steps(given json) returns table (n bigint, seq bigint) language plpgsql as $$
declare
  year integer;
begin
  -- A seq is drawn when a row is written, but readers see the row when its transaction commits. Were two commits to
  -- overlap, the later seq could be seen first, and a reader resuming after it would skip the earlier one for good. The
  -- lock makes drawing and committing one turn; it ends with the transaction. The number is the same everywhere.
  perform pg_advisory_xact_lock(2021051912);
  for year in
    select distinct extract(year from t at time zone 'UTC')::integer
    from json_to_recordset(given) as step (open_time timestamptz, next_open timestamptz)
    cross join unnest(array[open_time, next_open]) as t where t is not null
  loop
    -- The year after stands ready too.
    if to_regclass('forecasts_' || year + 1) is null or to_regclass('forecasts_' || year) is null then
      perform make_partitions(make_timestamptz(year, 1, 1, 0, 0, 0, 'UTC'), make_timestamptz(year, 1, 1, 0, 0, 0, 'UTC'));
    end if;
  end loop;
  return query
    with step as (
      select * from rows from (json_to_recordset(given) as (
        market text, interval text, open_time timestamptz, open float8, high float8, low float8, close float8, volume float8,
        seen timestamptz, id text, model text, status text, is_anomaly boolean, severity text, lane text, p_value float8,
        body json, next_open timestamptz, high_expected float8, high_lower float8, high_upper float8, high_baseline float8,
        low_expected float8, low_lower float8, low_upper float8, low_baseline float8
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
    ), forecast as (
      insert into forecasts (market, interval, open_time, model, high_expected, high_lower, high_upper, high_baseline,
        low_expected, low_lower, low_upper, low_baseline)
      select s.market, s.interval, s.next_open, s.model, s.high_expected, s.high_lower, s.high_upper, s.high_baseline,
        s.low_expected, s.low_lower, s.low_upper, s.low_baseline
      from step as s where s.next_open is not null
      on conflict do nothing
    ), verdict as (
      insert into verdicts (id, market, interval, open_time, model, status, is_anomaly, severity, lane, p_value, body)
      select s.id, s.market, s.interval, s.open_time, s.model, s.status, s.is_anomaly, s.severity, s.lane, s.p_value, s.body
      from step as s order by s.ordinality
      on conflict (id, open_time) where withdrawn_by is null do nothing
      returning verdicts.id, verdicts.open_time, verdicts.seq
    )
    -- What was there already is repeated with the seq that it has.
    select s.ordinality, coalesce(v.seq, (
      select old.seq from verdicts as old
      where v.seq is null and old.id = s.id and old.open_time = s.open_time and old.withdrawn_by is null
    ))
    from step as s left join verdict as v using (id, open_time) order by s.ordinality;
end $$;
comment on function commit_steps is
  'Bars, their verdicts, the forecasts that follow and the stored candles, of any streams, in one round trip. Repeating it changes nothing.';
