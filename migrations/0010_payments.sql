-- What we asked of the payment provider and what it says became of it. The provider is the truth
-- about money; this is what we know of it and when to ask again. Nothing here names a person.

-- One row for each attempt to have an order paid.
create table payment (
  order_id uuid not null,
  attempt integer not null check (attempt >= 1),
  event_id uuid not null,
  method text not null,
  amount bigint not null check (amount >= 0),
  made_at timestamptz not null,
  pay_by timestamptz not null,
  -- Null until the provider has answered.
  provider_order text,
  -- When the provider is asked if no webhook comes; null when nothing more is to be found out.
  next_check_at timestamptz,
  primary key (order_id, attempt)
);
create index payment_due on payment (next_check_at) where next_check_at is not null;

-- One row for each charge the provider has told of, ours or not. Told things come in any order and
-- more than once: each column only ever grows, so the row is the same whatever the order.
create table charge (
  id text primary key,
  -- Whose it is, as its code says; null when the code is none of ours.
  order_id uuid,
  event_id uuid,
  attempt integer,
  provider_order text not null,
  method text not null,
  status text not null,
  -- Where the status is in a charge's life.
  rank smallint not null,
  amount bigint not null,
  paid bigint not null,
  refunded bigint not null,
  pix_code text,
  pix_expires_at timestamptz,
  refusal text
);
create index charge_order on charge (order_id, attempt);
create index charge_paid on charge (id) where paid > refunded;

-- Money that has to go back, until it has. The id names the refund at the provider too, so it goes
-- back once, however often it is tried.
create table refund (
  id text primary key,
  order_id uuid,
  event_id uuid,
  charge_id text not null,
  amount bigint not null check (amount > 0),
  status text not null check (status in ('due', 'sent', 'done', 'failed')),
  tries integer not null default 0,
  -- The provider's last word, as a code; never what it says of people.
  answer text,
  next_try_at timestamptz
);
create index refund_due on refund (next_try_at) where status in ('due', 'sent');
create index refund_order on refund (order_id);
create index refund_charge on refund (charge_id);

-- Which messages have had their effect. The row is written in the effect's own transaction, so both
-- are there or neither is.
create table handled (
  consumer text not null,
  message_id text not null,
  at timestamptz not null default now(),
  primary key (consumer, message_id)
);
create index handled_at on handled (at);
