-- Where money is, by double entry: every fact that moves some is one transaction of entries that
-- sum to zero. What somebody has is positive, what is owed to somebody is negative.

create table ledger_entry (
  event_id uuid not null,
  -- The fact that moved it, and the number of the entry within.
  position bigint not null,
  line smallint not null check (line > 0),
  -- The fact's own id, `paid:` and the charge for instance: what happens once is booked once.
  transaction_id text not null,
  order_id uuid not null,
  account text not null check (account in (
    -- What the payment provider holds for us.
    'provider',
    -- What the show's producer is owed.
    'producer',
    -- What the platform earns.
    'fee',
    -- What buyers get back.
    'refunds_due',
    -- Money that bought nothing, until it is a refund.
    'stray'
  )),
  amount_cents bigint not null check (amount_cents <> 0),
  currency text not null default 'BRL' check (currency = 'BRL'),
  at timestamptz not null,
  primary key (event_id, position, line),
  unique (event_id, transaction_id, line)
);
create index ledger_entry_order on ledger_entry (event_id, order_id);

-- Looked at when the database's transaction ends, because the entries come one after the other.
create function ledger_must_balance() returns trigger language plpgsql as $$
begin
  if exists (
    select from ledger_entry
    where event_id = new.event_id and position = new.position
    group by order_id, currency having sum(amount_cents) <> 0
  ) then
    raise exception 'ledger transaction % does not sum to zero', new.transaction_id
      using errcode = 'check_violation', constraint = 'ledger_balances', table = 'ledger_entry';
  end if;
  return null;
end
$$;
create constraint trigger ledger_balances after insert on ledger_entry
  deferrable initially deferred for each row execute function ledger_must_balance();

-- What is booked stays. Only a rebuild, which says so in its transaction, takes the entries of its
-- one show out, and books the same ones again.
create function ledger_must_stay() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    if old.event_id::text = current_setting('ingressou.rebuilds', true) then
      return old;
    end if;
  end if;
  raise exception 'what is booked in the ledger stays'
    using errcode = 'restrict_violation', constraint = 'ledger_stays', table = 'ledger_entry';
end
$$;
create trigger ledger_stays before update or delete on ledger_entry
  for each row execute function ledger_must_stay();
create trigger ledger_stays_whole before truncate on ledger_entry
  for each statement execute function ledger_must_stay();
