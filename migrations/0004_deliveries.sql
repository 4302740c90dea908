-- Mails and messages that left, and what their deliverers say about them. To whom and what they
-- said is nowhere here: that is the order's, and sealed.

-- How far one came, each word stronger than those before it. The order is the meaning: words come
-- late, twice and in any order, and the strongest is kept. `failed` is stronger than `sent`, but a
-- second attempt under the same id may still arrive; `bounced` comes after a server had taken it;
-- whoever read it has it, whatever else is said.
create type delivery_status as enum (
  'unsent', 'accepted', 'sent', 'failed', 'delivered', 'bounced', 'read'
);

create table delivery (
  -- Ours: it goes with what is delivered and comes back with every word about it.
  id text primary key check (id <> '' and length(id) <= 200),
  kind text not null check (kind in ('mail', 'whatsapp')),
  event_id uuid not null,
  order_id uuid not null,
  -- The deliverer's, for asking them about it; of the first attempt that has one.
  message_id text check (length(message_id) <= 200),
  status delivery_status not null default 'unsent',
  begun_at timestamptz not null default now(),
  changed_at timestamptz not null default now()
);
create index delivery_order on delivery (order_id);
