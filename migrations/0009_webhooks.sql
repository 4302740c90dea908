-- What providers told us by HTTP, kept before they are told that we have it. Their bodies name
-- people, so they are sealed with the key of the key file, each for its own row.

create table webhook (
  -- The provider's own id of it, or the hash of its body: the same one again is this row.
  id text primary key,
  source text not null,
  sealed bytea not null,
  received_at timestamptz not null,
  -- How it ended; null while nobody has dealt with it.
  outcome text check (outcome in ('done', 'ignored', 'broken'))
);
create index webhook_waiting on webhook (received_at) where outcome is null;
create index webhook_received on webhook (received_at);

-- Partners who want to be told of what happens, and where.
create table partner_endpoint (
  id uuid primary key,
  -- Null: of every show.
  event_id uuid references show (id),
  url text not null,
  -- One or, while it is being replaced, two, sealed.
  secrets bytea not null,
  created_at timestamptz not null default now(),
  -- Failures in a row, and when the first of them was.
  failures integer not null default 0,
  failing_since timestamptz,
  disabled_at timestamptz
);
create index partner_endpoint_event on partner_endpoint (event_id);
