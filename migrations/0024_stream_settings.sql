-- A stream can have settings of its own.

create table stream_settings (
  id       bigint      generated always as identity primary key,
  market   text        not null,
  interval text        not null,
  body     json        not null,
  at       timestamptz not null,
  note     text        not null
);
comment on table stream_settings is 'All settings that streams had; the newest row of a stream is in force. What it leaves out is as for all streams.';
comment on column stream_settings.body is 'The settings that differ from the usual ones, by their names in the API.';
comment on column stream_settings.note is 'Why they were changed, in the words of whoever did.';
create index stream_settings_by_stream on stream_settings (market, interval, id desc);
