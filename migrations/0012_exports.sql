-- Files that producers ask for: lists of sales, tickets and check-ins, and the half-price report.

-- A wish and what became of it. The row is the only record that a job is wanted: whoever finds one
-- that nobody has begun publishes its job (again).
create table export (
  id uuid primary key,
  event_id uuid not null,
  kind text not null check (kind in ('sales', 'tickets', 'check_ins', 'half_price')),
  status text not null default 'waiting'
    check (status in ('waiting', 'running', 'done', 'failed')),
  -- Lines that are written, and how many there will be, counted at the beginning.
  rows_done bigint not null default 0,
  rows_total bigint not null default 0,
  object_key text,
  -- When somebody last worked on it.
  touched_at timestamptz not null default now(),
  created_at timestamptz not null default now()
);
create index export_unfinished on export (touched_at) where status in ('waiting', 'running');
create index export_of_show on export (event_id, created_at desc);
