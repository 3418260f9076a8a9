-- Years before 2010 share one partition, named after the last of them. A partition is eleven relations, and rows of each year
-- since 1970 made more than six hundred, which every query that names no time locks and plans for.

create or replace function make_partitions(first_time timestamptz, last_time timestamptz) returns void language plpgsql as $$
declare
  parent text;
  partition text;
  first_year integer := greatest(extract(year from first_time at time zone 'UTC'), 2009);
  -- One year more: the first row of January finds its partition made.
  last_year integer := greatest(extract(year from last_time at time zone 'UTC') + 1, 2009);
begin
  for year in first_year .. last_year loop
    continue when to_regclass('bars_' || year) is not null and to_regclass('verdicts_' || year) is not null;
    -- Two transactions may need the same year. The number is the same everywhere.
    perform pg_advisory_xact_lock(2021051912);
    foreach parent in array array['bars', 'verdicts'] loop
      partition := parent || '_' || year;
      continue when to_regclass(partition) is not null;
      -- Made apart and then attached: readers need not wait.
      execute format('create table %I (like %I including defaults including constraints)', partition, parent);
      execute format('alter table %I attach partition %I for values from (%s) to (%L)', parent, partition,
        case year when 2009 then 'minvalue' else quote_literal(make_timestamptz(year, 1, 1, 0, 0, 0, 'UTC')) end,
        make_timestamptz(year + 1, 1, 1, 0, 0, 0, 'UTC'));
    end loop;
  end loop;
end $$;
comment on function make_partitions is
  'For rows from first_time to last_time, and the year after. Years before 2010 share the partition of 2009.';

do $$
declare
  parent text;
  partition text;
  has_old boolean;
begin
  foreach parent in array array['bars', 'verdicts'] loop
    execute format('create table %I (like %I including defaults including constraints)', parent || '_before_2010', parent);
    has_old := false;
    for partition in
      select relname from pg_inherits join pg_class on pg_class.oid = inhrelid
      where inhparent = parent::regclass and substring(relname from '\d+$')::integer < 2010
    loop
      has_old := true;
      execute format('alter table %I detach partition %I', parent, partition);
      execute format('insert into %I select * from %I', parent || '_before_2010', partition);
      execute format('drop table %I', partition);
    end loop;
    if has_old then
      execute format('alter table %I rename to %I', parent || '_before_2010', parent || '_2009');
      execute format('alter table %I attach partition %I for values from (minvalue) to (%L)', parent, parent || '_2009',
        make_timestamptz(2010, 1, 1, 0, 0, 0, 'UTC'));
    else
      execute format('drop table %I', parent || '_before_2010');
    end if;
  end loop;
end $$;
