-- An engine can be made with settings of its stream, which its memory follows from.

alter table beginnings add column settings json;
comment on column beginnings.settings is 'The settings of the stream with which the engine was made, such as its calendar; null for the usual ones.';
