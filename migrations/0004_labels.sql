create table labels (
  market    text        not null,
  interval  text        not null,
  open_time timestamptz not null,
  mark      text        not null check (mark in ('right', 'wrong', 'missed')),
  note      text        not null,
  marked_at timestamptz not null,
  primary key (market, interval, open_time)
);
comment on table labels is 'What people said of alarms, and of bars that should have been one.';
comment on column labels.open_time is 'Opening of the bar; of an episode, any bar that alarmed.';
