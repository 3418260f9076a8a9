create table beginnings (
  market    text        not null,
  interval  text        not null,
  model     text        not null,
  ts        timestamptz not null,
  after_seq bigint      not null,
  engine    integer     not null,
  primary key (market, interval, model, after_seq, ts)
);
comment on table beginnings is 'Engines that began anew, warmed up on the bars before: all that they said since follows from the bars.';
comment on column beginnings.model is 'name@version';
comment on column beginnings.ts is 'Close of the last bar it had learned; the epoch before any bar.';
comment on column beginnings.after_seq is 'The newest verdict of any stream when it began.';
comment on column beginnings.engine is 'Its version: another one judges otherwise.';

create table corrections (
  id        bigint      generated always as identity primary key,
  market    text        not null,
  interval  text        not null,
  open_time timestamptz not null,
  revision  integer     not null,
  reason    text        not null,
  at        timestamptz not null,
  after_seq bigint      not null,
  withdrawn integer     not null,
  unique (market, interval, open_time, revision)
);
comment on table corrections is 'Bars whose numbers were corrected after they were judged, and why.';
comment on column corrections.revision is 'The row of bars that counts from then on.';
comment on column corrections.after_seq is 'The newest verdict when it was made: those that followed know of it.';
comment on column corrections.withdrawn is 'How many verdicts no longer stand for it.';

alter table verdicts add column revision integer not null default 0;
alter table verdicts add column withdrawn_by bigint references corrections;
comment on column verdicts.revision is 'Of the bar that was judged.';
comment on column verdicts.withdrawn_by is 'The correction for which it no longer stands; null while it does.';

-- A bar that was judged again has two verdicts of one id, of which one stands.
alter table verdicts drop constraint verdicts_pkey;
create unique index verdicts_standing on verdicts (id, open_time) where withdrawn_by is null;
