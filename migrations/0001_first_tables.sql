-- Every primary key is what the row is about, so that writing it twice is harmless.
-- Times are openings of bars, as exchanges name them; a bar closes one interval later.

create table history (
  market    text             not null,
  interval  text             not null,
  open_time timestamptz      not null,
  open      double precision not null,
  high      double precision not null,
  low       double precision not null,
  close     double precision not null,
  volume    double precision not null,
  seen      timestamptz      not null,
  source    text             not null,
  primary key (market, interval, open_time)
);
comment on table history is 'Imported rows of the past: what replays, training and warm-up read.';
comment on column history.interval is '1m, 1h, 1d';
comment on column history.source is 'The series the row came from, in words.';

create table bars (
  market    text             not null,
  interval  text             not null,
  open_time timestamptz      not null,
  revision  integer          not null default 0,
  open      double precision not null,
  high      double precision not null,
  low       double precision not null,
  close     double precision not null,
  volume    double precision not null,
  seen      timestamptz      not null,
  primary key (market, interval, open_time, revision)
);
comment on table bars is 'What was observed. A correction is a further revision: what was judged stays as it was.';
comment on column bars.revision is '0 is the bar as it was first seen; the highest revision counts.';
comment on column bars.seen is 'When we learned of it.';

create table forecasts (
  market        text             not null,
  interval      text             not null,
  open_time     timestamptz      not null,
  model         text             not null,
  high_expected double precision not null,
  high_lower    double precision not null,
  high_upper    double precision not null,
  high_baseline double precision not null,
  low_expected  double precision not null,
  low_lower     double precision not null,
  low_upper     double precision not null,
  low_baseline  double precision not null,
  primary key (market, interval, open_time, model)
);
comment on table forecasts is 'Made when the bar before closed, and never changed afterwards.';
comment on column forecasts.open_time is 'Opening of the bar that is forecast.';
comment on column forecasts.model is 'name@version';
comment on column forecasts.high_lower is 'lower to upper holds the price nine times in ten';
comment on column forecasts.high_baseline is 'The naive forecast of the same price, made at the same moment.';

create table verdicts (
  seq        bigint      generated always as identity primary key,
  id         text        not null unique,
  market     text        not null,
  interval   text        not null,
  open_time  timestamptz not null,
  model      text        not null,
  status     text        not null,
  is_anomaly boolean     not null,
  severity   text,
  lane       text,
  p_value    double precision,
  body       json        not null
);
create index verdicts_by_open on verdicts (market, interval, open_time, seq);
comment on table verdicts is 'What was said of each bar.';
comment on column verdicts.seq is 'Order of commits: a reader that has seen n has missed nothing up to n. Gaps are possible.';
comment on column verdicts.id is 'market/interval@ts#model';
comment on column verdicts.model is 'name@version';
comment on column verdicts.p_value is 'null while there is no opinion';
comment on column verdicts.body is 'The verdict as it was answered. json, not jsonb: it comes back byte for byte.';

create table snapshots (
  market   text        not null,
  interval text        not null,
  model    text        not null,
  ts       timestamptz not null,
  state    bytea       not null,
  primary key (market, interval, model)
);
comment on table snapshots is 'The newest memory of each engine.';
comment on column snapshots.ts is 'Close of the last bar it has learned; the epoch before any bar.';

create table replays (
  id         text        primary key,
  number     bigint      generated always as identity,
  market     text        not null,
  interval   text        not null,
  body       json        not null,
  updated_at timestamptz not null default now()
);
comment on column replays.number is 'Order of creation.';
