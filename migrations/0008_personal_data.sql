-- Who buys, sealed. Facts carry a random subject and a random order and nothing else; what connects
-- them with a person is here, unreadable without the key file that no backup of this database holds.

-- One random key per person, itself sealed with the key of that file. Deleting the row makes
-- everything about the person unreadable, here and in every backup.
create table subject_key (
  subject uuid primary key,
  wrapped bytea not null
);

-- What a buyer told before the checkout, under the order's id that the buyer's browser made.
create table order_details (
  order_id uuid primary key,
  event_id uuid not null,
  subject uuid not null,
  -- Buyer and holders.
  people bytea not null,
  -- Apart, because it is forgotten as soon as it was used.
  card bytea,
  -- A keyed hash, to know the same details again without opening them.
  digest bytea not null,
  kept_at timestamptz not null,
  -- An order was made of it: it is not swept.
  is_used boolean not null default false
);
create index order_details_subject on order_details (subject);
create index order_details_unused on order_details (kept_at) where not is_used;
