create table api_keys (
  id         text        primary key,
  name       text        not null,
  scope      text        not null check (scope in ('read', 'ingest', 'admin')),
  hash       bytea       not null check (length(hash) = 32),
  created_at timestamptz not null,
  used_at    timestamptz,
  revoked_at timestamptz
);
comment on table api_keys is 'Who may ask what over HTTP. A revoked key stays, so that its name is still known.';
comment on column api_keys.scope is 'admin includes ingest, which includes read.';
comment on column api_keys.hash is 'SHA-256 of the secret, which is stored nowhere.';
comment on column api_keys.used_at is 'To the hour, so that reading does not mean writing.';

create table api_sessions (
  hash       bytea       primary key check (length(hash) = 32),
  key_id     text        not null references api_keys (id),
  expires_at timestamptz not null
);
comment on table api_sessions is 'Browsers that signed in with a key. A session may what its key may, and ends with it.';
comment on column api_sessions.hash is 'SHA-256 of the token that the cookie holds.';
