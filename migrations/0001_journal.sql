-- The journal of every show and the fence in front of it.

-- What a show looks like. Nothing is ever decided from this table.
create table show (
  id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  title text not null,
  venue text not null,
  city text not null,
  uf text not null check (uf ~ '^[A-Z]{2}$'),
  starts_at timestamptz not null
);
create index show_starts_at on show (starts_at);

-- One row per show: the only place that says who may append behind which position. Every turn
-- updates it, so nothing here that changes is indexed and half of each page stays free: the update
-- is then a heap-only tuple and costs no index write.
create table event_head (
  event_id uuid primary key references show (id),
  epoch bigint not null default 0,
  owner uuid,
  last_position bigint not null default 0,
  hash bytea not null default '\x',
  -- Grows when a restore may have lost facts; nothing old can be confused with something new.
  generation integer not null default 1,
  -- The show's next deadline: when somebody must own it even if nobody asks for it.
  wake_at timestamptz,
  -- Its history did not add up; only an operator opens it again.
  sealed boolean not null default false
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);

-- One row per turn, however many facts it made. `position` is the number of the last of them, so
-- that the newest row tells where the history ends. Never updated, never deleted.
create table journal (
  event_id uuid not null,
  position bigint not null,
  epoch bigint not null,
  owner uuid not null,
  -- Milliseconds since 1970, as hashed; a timestamp would round.
  at bigint not null,
  facts bytea not null,
  hash bytea not null,
  primary key (event_id, position)
) partition by hash (event_id);

do $$
begin
  for part in 0..7 loop
    execute format(
      'create table journal_%s partition of journal for values with (modulus 8, remainder %s)',
      part, part
    );
    -- Facts are dense already: compressing them costs the database more than it saves.
    execute format('alter table journal_%s alter column facts set storage external', part);
  end loop;
end
$$;
