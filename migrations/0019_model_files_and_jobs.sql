create table model_files (
  name    text  not null,
  version text  not null,
  file    text  not null,
  sha256  text  not null,
  bytes   bytea not null,
  primary key (name, version, file),
  foreign key (name, version) references models
);
-- Weights hardly compress, so trying to costs time only.
alter table model_files alter column bytes set storage external;
comment on table model_files is 'The files of each model version, so that every server on this database can use it.';
comment on column model_files.sha256 is 'Of bytes, hexadecimal. It is checked each time the file is read.';

comment on table models is 'The model versions that were found, and their states.';

create table jobs (
  name        text        primary key,
  schedule    text        not null,
  next_run    timestamptz not null,
  attempt     bigint      not null default 0,
  lease_until timestamptz,
  run_by      text,
  started_at  timestamptz,
  ended_at    timestamptz,
  outcome     text        check (outcome in ('done', 'failed')),
  result      text,
  missed      bigint      not null default 0,
  missed_at   timestamptz
);
comment on table jobs is 'What runs on a schedule. One process at a time runs a job.';
comment on column jobs.schedule is 'Five cron fields, UTC.';
comment on column jobs.next_run is 'When the job is due. It moves on when a run ends.';
comment on column jobs.attempt is 'Counts the claims: a process whose claim was taken over finds another number.';
comment on column jobs.lease_until is 'Null between runs. The process that runs the job renews it, by this database''s clock; once it has passed, another process takes over.';
comment on column jobs.run_by is 'The process of the present run, or of the last one.';
comment on column jobs.outcome is 'Of the last run that ended.';
comment on column jobs.missed is 'Runs that no process started in time, since the job exists.';
comment on column jobs.missed_at is 'When the last of them was due.';
