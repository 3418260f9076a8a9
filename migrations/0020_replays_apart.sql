-- Replays stay apart from rows of other sources, and verdicts can be judged again after retention has dropped older years.

create table real_streams (
  market   text not null,
  interval text not null,
  primary key (market, interval)
);
comment on table real_streams is 'Streams with rows that no replay sent. Written before the first of them; no replay writes to or deletes such a stream.';
-- Nobody recorded which rows came from replays.
insert into real_streams select distinct market, interval from bars;

alter table beginnings add column learned integer, add column state bytea;
alter table beginnings alter column state set storage external;
comment on column beginnings.learned is
  'On how many bars the engine was warmed up; null if it went on from what it knew, or if an earlier version wrote the row.';
comment on column beginnings.state is 'What an engine knew that went on: needed once bars that it had learned are dropped. Null where one was warmed up.';

create table dropped_years (
  market          text    not null,
  interval        text    not null,
  year            integer not null,
  after_beginning bigint  not null,
  primary key (market, interval, year, after_beginning)
);
comment on table dropped_years is 'Calendar years (UTC) of bars and verdicts that retention dropped, by stream.';
comment on column dropped_years.after_beginning is 'The newest beginning of any engine at that moment.';

create table kept_bars (like bars including comments, primary key (market, interval, open_time, revision));
comment on table kept_bars is 'The newest bars of dropped years: engines were warmed up on them whose verdicts are left.';

create view known_bars as
  select market, interval, open_time, revision, open, high, low, close, volume, seen, after_seq from bars
  union all
  select market, interval, open_time, revision, open, high, low, close, volume, seen, after_seq from kept_bars;
comment on view known_bars is 'The bars from which verdicts can be judged again.';
