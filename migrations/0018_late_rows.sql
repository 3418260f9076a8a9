-- Rows that fill a gap, and bars that are withdrawn, change the past of a stream as a correction of numbers does.

alter table corrections
  add column kind text not null default 'changed' check (kind in ('changed', 'filled', 'withdrawn')),
  add column bars integer not null default 1,
  add column was json,
  add column is_now json;
comment on table corrections is 'Changes of bars after they were judged, and why: other numbers, rows that filled a gap, withdrawn bars.';
comment on column corrections.open_time is 'Open of the first bar that it changes.';
comment on column corrections.bars is 'How many bars it changes.';
comment on column corrections.was is 'The first bar before; null if there was none.';
comment on column corrections.is_now is 'The first bar after; null if it was withdrawn.';

update corrections as c set (was, is_now) = (
  select
    json_build_object('open', a.open, 'high', a.high, 'low', a.low, 'close', a.close, 'volume', a.volume, 'seen', a.seen),
    json_build_object('open', b.open, 'high', b.high, 'low', b.low, 'close', b.close, 'volume', b.volume, 'seen', b.seen)
  from bars a join bars b using (market, interval, open_time)
  where a.market = c.market and a.interval = c.interval and a.open_time = c.open_time
    and a.revision = c.revision - 1 and b.revision = c.revision
);
-- The numbers of a bar that is withdrawn and sent again are counted from 0 again.
alter table corrections drop constraint corrections_market_interval_open_time_revision_key;
create index corrections_by_stream on corrections (market, interval, id);

alter table bars add column after_seq bigint;
comment on column bars.after_seq is
  'The newest verdict when the row came as a correction or filled a gap; null if it came in its turn.';
update bars set after_seq = c.after_seq from corrections as c
where c.market = bars.market and c.interval = bars.interval and c.open_time = bars.open_time and c.revision = bars.revision;

create table withdrawn_bars (like bars including comments);
alter table withdrawn_bars add column until_seq bigint not null, add column previous_time timestamptz not null;
create index withdrawn_bars_by_open on withdrawn_bars (market, interval, open_time, until_seq);
comment on table withdrawn_bars is 'Bars that were withdrawn: earlier verdicts follow from them.';
comment on column withdrawn_bars.until_seq is 'The newest verdict when it was withdrawn.';
comment on column withdrawn_bars.previous_time is
  'Open of the bar before it: those after that one, except itself, came after it was withdrawn.';

-- Several beginnings can follow the same verdict; the last of them counts.
alter table beginnings add column id bigint;
update beginnings as b set id = numbered.n
from (select ctid, row_number() over (order by after_seq, ts) as n from beginnings) as numbered where b.ctid = numbered.ctid;
alter table beginnings alter column id set not null;
alter table beginnings alter column id add generated always as identity;
select setval(pg_get_serial_sequence('beginnings', 'id'), coalesce(max(id), 0) + 1, false) from beginnings;
comment on column beginnings.id is 'Order of creation.';
