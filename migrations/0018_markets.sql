-- Markets can be listed, archived, deleted and counted without looking at their bars, and a new one takes little room.

create table streams (
  market      text        not null,
  interval    text        not null,
  created_at  timestamptz not null default now(),
  archived_at timestamptz,
  primary key (market, interval)
);
comment on table streams is 'The streams that were judged.';
comment on column streams.archived_at is 'Since when it is neither shown nor judged; null = it is in use.';
insert into streams (market, interval) select distinct market, interval from rollups where width = interval '1 day';

-- All engines of a model that begin without any bar know the same scores.
create table score_sets (
  hash         bytea    primary key,
  model_scores float8[] not null,
  naive_scores float8[] not null
);
comment on table score_sets is 'Past scores that engines knew when they began.';
comment on column score_sets.hash is 'SHA-256 of both as text.';

alter table known_scores add column scores bytea;
update known_scores set scores = sha256(convert_to(model_scores::text || naive_scores::text, 'UTF8'));
insert into score_sets select distinct on (scores) scores, model_scores, naive_scores from known_scores;
alter table known_scores alter column scores set not null, add foreign key (scores) references score_sets,
  drop column model_scores, drop column naive_scores;
create index known_scores_by_scores on known_scores (scores);
