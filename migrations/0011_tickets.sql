-- The keys that sign tickets, and the codes they have signed.

-- Every key a show ever had: what a key signed is checked long after it has signed for the last
-- time. Private keys are sealed with the node's data key, and destroyed as soon as they sign no more.
create table ticket_key (
  event_id uuid not null references show (id),
  -- Two bytes in every code. Those of a generation begin at a multiple of 256, so that the number of
  -- a key that a restore lost is not given out again.
  key_id integer not null check (key_id between 1 and 65535),
  public_key bytea not null check (length(public_key) = 32),
  sealed_private bytea,
  -- The show's, when it was made.
  generation integer not null,
  created_at timestamptz not null default clock_timestamp(),
  -- Signs no more; what it signed stays good.
  retired_at timestamptz,
  -- What it signed is void.
  revoked_at timestamptz,
  primary key (event_id, key_id),
  check ((sealed_private is not null) = (retired_at is null and revoked_at is null))
);
-- However many workers want a first key at once, one key signs.
create unique index ticket_key_current on ticket_key (event_id) where sealed_private is not null;

-- What the QR code of each issue of a ticket says. Kept, because a ticket must look the same each
-- time it is shown, and signing again would make another code.
create table ticket_code (
  event_id uuid not null,
  serial bigint not null,
  revision integer not null,
  key_id integer not null,
  code text not null,
  signed_at timestamptz not null default clock_timestamp(),
  primary key (event_id, serial, revision),
  foreign key (event_id, key_id) references ticket_key (event_id, key_id)
);
