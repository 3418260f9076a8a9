-- Several servers can work on one database. Each stream is judged by one of them, its owner, and the database proves it:
-- whatever a judge writes carries the epoch of its process and is refused once the stream belongs to another one.

create sequence process_epochs;

create table processes (
  epoch       bigint      primary key default nextval('process_epochs'),
  address     text,
  key         text        not null,
  valid_until timestamptz not null
);
comment on table processes is 'The servers that work on this database. Each renews its row every second; by the clock of the database.';
comment on column processes.epoch is 'Drawn at each registration. A process that was not valid for a moment must register again.';
comment on column processes.address is 'Where the other servers reach it; null until it listens.';
comment on column processes.key is 'What the other servers send with a forwarded request.';

create table stream_owners (
  market   text   not null,
  interval text   not null,
  epoch    bigint not null,
  primary key (market, interval)
);
comment on table stream_owners is 'The process that judges a stream, or judged it last. It is the owner while it is valid.';

create function renew_process(mine bigint, new_address text, for_ms integer)
returns table (epoch bigint, address text, key text) language plpgsql as $$
begin
  update processes as p set valid_until = clock_timestamp() + for_ms * interval '1 ms', address = new_address
  where p.epoch = mine and p.valid_until > clock_timestamp();
  if found then
    return query select p.epoch, p.address, p.key from processes as p where p.valid_until > clock_timestamp() order by p.epoch;
  end if;
end $$;
comment on function renew_process is 'Returns all valid processes, or nothing if the process is no longer valid.';

create function is_valid_process(given bigint) returns boolean language sql volatile as $$
  select exists (select from processes where epoch = given and valid_until > clock_timestamp())
$$;

create function claim_stream(given_market text, given_interval text, mine bigint) returns bigint language plpgsql as $$
declare
  owner bigint;
begin
  if not is_valid_process(mine) then
    return null;
  end if;
  select o.epoch into owner from stream_owners as o where o.market = given_market and o.interval = given_interval;
  if owner is not null and is_valid_process(owner) then
    return owner;
  end if;
  -- Waits for a write of the former owner that is under way: the new owner then reads what it wrote.
  perform lock_stream(given_market, given_interval);
  select o.epoch into owner from stream_owners as o where o.market = given_market and o.interval = given_interval;
  -- It may have been renewed, or the stream taken, meanwhile.
  if owner is not null and is_valid_process(owner) then
    return owner;
  end if;
  insert into stream_owners (market, interval, epoch) values (given_market, given_interval, mine)
  on conflict (market, interval) do update set epoch = excluded.epoch;
  return mine;
end $$;
comment on function claim_stream is
  'Takes a stream that no valid process owns. Returns the epoch of its owner, or null if the caller is not valid itself.';

create function lock_owned_stream(given_market text, given_interval text, mine bigint) returns void language plpgsql as $$
begin
  perform lock_stream(given_market, given_interval);
  if mine is not null and not exists (
    select from stream_owners as o where o.market = given_market and o.interval = given_interval and o.epoch = mine
  ) then
    raise exception 'The stream % % does not belong to process %', given_market, given_interval, mine using errcode = 'CW002';
  end if;
end $$;
comment on function lock_owned_stream is
  'lock_stream for a write of a process. Fails with CW002 if the stream does not belong to it; null: a write of no process.';

create function commit_owned_steps(
  given json, changes json, bars_are_new boolean, markets text[], intervals text[], epochs bigint[]
) returns table (n bigint, seq bigint) language plpgsql as $$
begin
  -- In the order of their names, so that two commits of several streams cannot wait for each other.
  perform lock_owned_stream(owned.market, owned."interval", owned.epoch) from (
    select * from unnest(markets, intervals, epochs) as owner (market, "interval", epoch) order by market, "interval"
  ) as owned;
  return query select * from write_steps(given, changes, bars_are_new);
end $$;
comment on function commit_owned_steps is 'write_steps, if the streams belong to the processes with these epochs.';
