-- Imports are seen by all servers on the database, and leave a trace when their server is killed.

create table imports (
  number     bigint      primary key generated always as identity,
  id         text        not null unique,
  epoch      bigint      not null,
  body       json        not null,
  changed_at timestamptz not null default now()
);
comment on table imports is 'The last imports of files and how far each has got.';
comment on column imports.epoch is 'The registration of the process that imports the file.';
