-- What grows with time lies in one partition a calendar year (UTC). Of years, quarters and months, over 19 years,
-- years were quickest: what names no time looks into every partition, and with 228 months that took ten times as long.
-- There is no default partition: rows in it would stand in the way of the partition that they belong to.

alter table bars rename to old_bars;
alter table forecasts rename to old_forecasts;
alter table verdicts rename to old_verdicts;

create table bars (like old_bars including defaults including comments) partition by range (open_time);
create table forecasts (like old_forecasts including defaults including comments) partition by range (open_time);
create table verdicts (like old_verdicts including comments) partition by range (open_time);
comment on table bars is 'What was observed. A correction is a further revision: what was judged stays as it was.';
comment on table forecasts is 'Made when the bar before closed, and never changed afterwards.';
comment on table verdicts is 'What was said of each bar.';

-- Until PostgreSQL 17 no partitioned table can have an identity column.
create sequence verdicts_in_order owned by verdicts.seq;
select setval('verdicts_in_order', last_value, is_called) from verdicts_seq_seq;
alter table verdicts alter column seq set default nextval('verdicts_in_order');

create function make_partitions(first_time timestamptz, last_time timestamptz) returns void language plpgsql as $$
declare
  parent text;
  partition text;
begin
  -- One year more: the first row of January finds its partition made.
  for year in extract(year from first_time at time zone 'UTC') .. extract(year from last_time at time zone 'UTC') + 1 loop
    foreach parent in array array['bars', 'verdicts', 'forecasts'] loop
      partition := parent || '_' || year;
      continue when to_regclass(partition) is not null;
      -- Made apart and then attached: readers need not wait.
      execute format('create table %I (like %I including defaults including constraints)', partition, parent);
      execute format('alter table %I attach partition %I for values from (%L) to (%L)', parent, partition,
        make_timestamptz(year, 1, 1, 0, 0, 0, 'UTC'), make_timestamptz(year + 1, 1, 1, 0, 0, 0, 'UTC'));
    end loop;
  end loop;
end $$;
comment on function make_partitions is
  'For rows from first_time to last_time, and the year after. Whoever calls it has taken the lock that orders commits.';

select make_partitions(min(open_time), max(open_time)) from (
  select open_time from old_bars union all select open_time from old_forecasts union all select open_time from old_verdicts
) as rows having count(*) > 0;

insert into bars select * from old_bars;
insert into forecasts select * from old_forecasts;
insert into verdicts select * from old_verdicts;
drop table old_bars, old_forecasts, old_verdicts;

-- The time is part of every key, because a partition can only vouch for its own rows. An id says its bar's time too, so it
-- stays unique as it was.
alter table bars add primary key (market, interval, open_time, revision);
alter table forecasts add primary key (market, interval, open_time, model);
alter table verdicts add primary key (id, open_time);
create index verdicts_by_seq on verdicts (seq);
create index verdicts_by_open on verdicts (market, interval, open_time, seq);
create index verdicts_alarms on verdicts (market, interval, open_time, seq) where is_anomaly;

create table rollups (
  market    text             not null,
  interval  text             not null,
  width     interval         not null,
  open_time timestamptz      not null,
  open      double precision not null,
  high      double precision not null,
  low       double precision not null,
  close     double precision not null,
  volume    double precision not null,
  bars      integer          not null,
  primary key (market, interval, width, open_time)
);
comment on table rollups is 'Bars of an hour and of a day as one candle, written with the bars: what a chart of years is drawn from.';
comment on column rollups.width is 'An hour, for bars of less; a day, for all.';
comment on column rollups.open_time is 'A whole multiple of the width since 1970, UTC. The bars that open within it are counted.';

insert into rollups
select market, interval, width, date_bin(width, open_time, 'epoch') as bucket,
  (array_agg(open order by open_time))[1], max(high), min(low), (array_agg(close order by open_time desc))[1], sum(volume),
  count(*)
from (
  select distinct on (market, interval, open_time) * from bars order by market, interval, open_time, revision desc
) as bar
cross join unnest(array[interval '1 hour', interval '1 day']) as width
where width = interval '1 day' or interval::interval < width
group by market, interval, width, bucket;
