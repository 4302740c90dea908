-- What is to be done later, where no broker keeps it. A job that is done is deleted: that its effect
-- happens once is recorded with the effect.

create table job (
  id text primary key,
  kind text not null,
  event_id uuid,
  -- JSON as it was published.
  body text not null,
  attempt integer not null default 1,
  -- How often it was taken since the last attempt ended. It grows only by workers that died.
  deliveries integer not null default 0,
  -- When somebody may take it. Whoever takes it moves this ahead, again and again while they work,
  -- so the job of a worker that died is due again by itself.
  run_at timestamptz not null default now(),
  -- Who took it last; null when that attempt has ended.
  owner uuid,
  -- What went wrong last.
  reason text,
  -- It is dead since then, and waits for an operator.
  died_at timestamptz
) with (
  -- Every row is soon dead: what is left of it is cleared away by number, not by share.
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 5000
);
create index job_due on job (kind, run_at) where died_at is null;
create index job_dead on job (died_at) where died_at is not null;
