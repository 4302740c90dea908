-- Which processes are alive, and where operators want shows to live.

-- One row per start of a process: "is its owner alive?" is asked about shows, but only processes
-- have a heartbeat, so the number of shows costs nothing. A row is rewritten four times a second;
-- nothing that changes is indexed and half of each page stays free, so that this never touches the
-- index. Its time is this server's alone: the clocks of the nodes decide nothing. Like every table
-- it survives a crash of the server: otherwise all owners would seem dead at once after one.
create table node_lease (
  -- Fresh at every start, so that a process is never taken for the one before it.
  node uuid primary key,
  -- What operators call it; the same after a restart.
  name text not null,
  has_actors boolean not null,
  is_leaving boolean not null,
  expires_at timestamptz not null
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);

-- An operator wants a show on the node of that name, and no other show there if `is_alone`. A wish:
-- while no such node runs the show lives where any other would. It refers to `show` and not to
-- `event_head`, because checking the reference locks the row, which every append needs.
create table pin (
  event_id uuid primary key references show (id),
  name text not null check (name <> ''),
  is_alone boolean not null
);
