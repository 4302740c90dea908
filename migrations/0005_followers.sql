-- How far those who follow histories have come: relays that make jobs of facts, the projector that
-- makes rows of them.

-- One row per follower and show. `epoch` and `owner` fence it as they fence the journal: whoever
-- was taken over moves it no more. It is rewritten many times a second while its show sells, so
-- nothing that changes is indexed and half of each page stays free. It refers to `show` and not to
-- `event_head`, because checking the reference locks the row, which every append needs.
create table follower (
  name text not null check (name ~ '^[a-z]+(\.[a-z]+)*$'),
  event_id uuid not null references show (id),
  -- Everything up to the fact of this number is done.
  position bigint not null default 0 check (position >= 0),
  -- Of the history that the position is in.
  generation integer not null default 1,
  owner uuid,
  epoch bigint not null default 0,
  primary key (event_id, name)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);
