-- What lists, pages and reports are read from. All of it is made of facts by the projector and can
-- be made again from zero (`npm run rebuild`); nothing is ever decided from it.

-- What kind of show it is, in the words of the catalogue's addresses.
alter table show add column category text not null default 'outros'
  check (category ~ '^[a-z0-9]+(-[a-z0-9]+)*$');
create index show_place on show (uf, city, starts_at);
create index show_category on show (category, starts_at);

-- One row per order. Order ids are made by clients: only within a show are they known to be one.
create table sale_order (
  event_id uuid not null,
  order_id uuid not null,
  subject uuid not null,
  hold_id uuid not null,
  status text not null
    check (status in ('pending', 'paid', 'failed', 'expired', 'cancelled', 'refunded')),
  method text not null check (method in ('pix', 'card')),
  tickets_cents bigint not null check (tickets_cents >= 0),
  fee_cents bigint not null check (fee_cents >= 0),
  -- As it was checked out: [{"lot", "quantity", "priceCents", "feeCents"}].
  lines jsonb not null,
  created_at timestamptz not null,
  pay_by timestamptz not null,
  is_payable boolean not null default false,
  refusal text,
  paid_at timestamptz,
  -- The charge that paid it.
  charge text,
  has_codes boolean not null default false,
  refund_due_cents bigint not null default 0 check (refund_due_cents >= 0),
  refunded_cents bigint not null default 0 check (refunded_cents >= 0),
  -- Of the last fact about it.
  position bigint not null,
  primary key (event_id, order_id)
);
-- A buyer's orders, newest first.
create index sale_order_subject on sale_order (subject, created_at desc, order_id desc);
-- Whatever comes with an order's id alone.
create index sale_order_id on sale_order (order_id);
-- Orders that should have ended by now.
create index sale_order_pending on sale_order (event_id, pay_by) where status = 'pending';

-- One row per serial. The key is the second defence against a ticket that is issued twice: the
-- projector adds rows and never replaces one, so it stops there, and an alarm rings.
create table ticket (
  event_id uuid not null,
  serial integer not null check (serial > 0),
  order_id uuid not null,
  lot_id uuid not null,
  subject uuid not null,
  status text not null default 'valid' check (status in ('valid', 'revoked')),
  -- Grows when it is issued again.
  revision integer not null default 0,
  issued_at timestamptz not null,
  revoked_at timestamptz,
  position bigint not null,
  primary key (event_id, serial)
) partition by hash (event_id);
create index ticket_order on ticket (event_id, order_id);

-- One row per lot. The check is the second defence against selling a place twice.
create table lot_sales (
  event_id uuid not null,
  lot_id uuid not null,
  -- The fact that opened it: lots are listed in this order.
  opened bigint not null,
  sector text not null,
  name text not null,
  price_cents bigint not null,
  is_half boolean not null,
  quantity integer not null,
  held integer not null default 0,
  -- Of valid tickets; those that were given back are on sale again.
  sold integer not null default 0,
  refunded integer not null default 0,
  -- What all tickets that were ever sold cost, and those of them that were given back.
  gross_cents bigint not null default 0,
  refunded_cents bigint not null default 0,
  position bigint not null,
  primary key (event_id, lot_id),
  constraint lot_sales_no_oversell
    check (held >= 0 and sold >= 0 and refunded >= 0 and held + sold <= quantity)
) with (fillfactor = 50);

-- Everybody who came to a gate, as it was decided there: the nth word about a ticket at a
-- checkpoint is there once, however often it is told.
create table check_in (
  event_id uuid not null,
  serial integer not null,
  checkpoint text not null,
  entry_no integer not null check (entry_no > 0),
  verdict text not null,
  device uuid not null,
  gate text not null,
  at timestamptz not null,
  -- Scanned while the gate was alone, and told later.
  is_offline boolean not null default false,
  position bigint not null,
  primary key (event_id, serial, checkpoint, entry_no)
) partition by hash (event_id);
create index check_in_gate on check_in (event_id, gate, at);

do $$
begin
  for part in 0..7 loop
    execute format(
      'create table ticket_%s partition of ticket for values with (modulus 8, remainder %s)',
      part, part
    );
    execute format(
      'create table check_in_%s partition of check_in for values with (modulus 8, remainder %s)',
      part, part
    );
  end loop;
end
$$;
