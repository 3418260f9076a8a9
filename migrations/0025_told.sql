-- A person has a budget of episodes over all streams that they watch; markets that move together form groups.

create table market_groups (
  name    text        primary key,
  members text[]      not null,
  at      timestamptz not null
);
comment on table market_groups is 'Markets that are expected to move together.';
comment on column market_groups.members is 'Markets and patterns of them, such as binance:*@1h.';

create table profiles (
  id   text        primary key,
  body json        not null,
  at   timestamptz not null
);
comment on table profiles is 'What a person watches and how much of it they want to be told.';
comment on column profiles.id is 'The id of an API key; default for those who have not made one of their own, and where no keys are used.';

create table told (
  profile text        not null,
  n       bigint      not null,
  at      timestamptz not null,
  told_at timestamptz,
  body    json        not null,
  primary key (profile, n)
);
comment on table told is 'What counts as one against the budget of a person, and whether they were told of it.';
comment on column told.n is 'Counts up in the order in which they began.';
comment on column told.at is 'Close of the bar with which it began.';
comment on column told.told_at is 'Close of the bar at which it was told; null if it was not.';
create index told_by_time on told (profile, at);

create table told_positions (
  market   text   not null,
  interval text   not null,
  seq      bigint not null,
  primary key (market, interval)
);
comment on table told_positions is 'How far each stream was read for the decisions in told. Written in the transaction of the decisions.';

create table told_version (version bigint not null);
insert into told_version values (0);
comment on table told_version is 'Counts the writes to told. Who decides locks the row, so that one process at a time does.';

create index episodes_by_start on episodes (start_time);
create index verdicts_with_episodes on verdicts (market, interval, seq) where episode_events is not null;
