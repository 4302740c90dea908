-- Scanners, what their people call them, and the codes by which they are let in. Whether one may
-- scan is decided by the facts of its show, not here.
create table gate_device (
  device uuid primary key,
  event_id uuid not null references show (id),
  name text not null check (length(name) between 1 and 80),
  gate smallint not null check (gate between 0 and 31),
  -- SHA-256 of the code, so that nobody who reads this table can use it; null once it was used.
  code_digest bytea unique check (length(code_digest) = 32),
  code_expires_at timestamptz,
  created_at timestamptz not null default clock_timestamp()
);
create index gate_device_event on gate_device (event_id);
