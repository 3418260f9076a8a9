create table models (
  name       text        not null,
  version    text        not null,
  sha256     text,
  interval   text,
  manifest   json,
  created_at timestamptz,
  found_at   timestamptz not null,
  state      text        not null check (state in ('champion', 'candidate', 'retired', 'refused')),
  reason     text,
  primary key (name, version)
);
create unique index models_one_champion on models (name) where state = 'champion';
comment on table models is 'The model folders that were found, and what became of them.';
comment on column models.sha256 is 'Over model.json, then weights.bin, when it was first found whole; null before.';
comment on column models.manifest is 'null where it could not be read.';
comment on column models.state is 'The champion serves; a candidate never did, a retired one did; a refused one cannot.';
comment on column models.reason is 'Why it is in this state, where there is more to say.';

create table promotions (
  id       bigint      generated always as identity primary key,
  name     text        not null,
  version  text        not null,
  previous text,
  at       timestamptz not null,
  because  text        not null,
  foreign key (name, version) references models
);
create index promotions_by_name on promotions (name, id);
comment on table promotions is 'Every change of champion, in order: what a rollback goes back over.';
comment on column promotions.previous is 'The champion before it; null where there was none that could serve.';

create table trials (
  name             text             not null,
  challenger       text             not null,
  champion         text             not null,
  from_time        timestamptz      not null,
  to_time          timestamptz      not null,
  bars             integer          not null,
  more             integer          not null,
  fewer            integer          not null,
  alarms           json             not null,
  challenger_error double precision not null,
  champion_error   double precision not null,
  passed           boolean          not null,
  because          text             not null,
  at               timestamptz      not null,
  primary key (name, challenger, champion, from_time, to_time)
);
comment on table trials is 'A challenger and the champion over the same stored bars.';
comment on column trials.to_time is 'Opening of the last bar judged.';
comment on column trials.more is 'Alarms of the challenger that the champion did not raise; fewer is the reverse.';
comment on column trials.alarms is 'Openings of the bars that alarmed: challenger, champion.';
comment on column trials.challenger_error is 'Mean absolute error of high and low, quote currency.';
