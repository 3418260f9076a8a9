create table budgets (
  id              bigint           generated always as identity primary key,
  alarms_per_week double precision not null check (alarms_per_week > 0),
  feed_share      double precision not null check (feed_share between 0 and 1),
  at              timestamptz      not null,
  note            text             not null
);
comment on table budgets is 'Every budget of alarms there was; the newest row is in force, for all streams.';
comment on column budgets.feed_share is 'Of that budget, what goes to rows that are hard to believe.';
comment on column budgets.note is 'Why it was changed, in the words of whoever did.';

create table known_scores (
  market       text               not null,
  interval     text               not null,
  model        text               not null,
  ts           timestamptz        not null,
  model_scores double precision[] not null,
  naive_scores double precision[] not null,
  primary key (market, interval, model, ts)
);
comment on table known_scores is 'What an engine knew of past scores when it began to judge: verdicts tell the rest.';
comment on column known_scores.model is 'name@version';
comment on column known_scores.ts is 'Close of the last bar it had learned; the epoch before any bar.';
comment on column known_scores.model_scores is 'Of the misses of the model''s forecasts, oldest first; likewise the naive ones.';
