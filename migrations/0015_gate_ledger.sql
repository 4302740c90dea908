-- Money that is paid at the gates: half price that becomes full price there. It never comes to us and
-- never goes through the provider, so it is no part of what a producer is owed.
alter table ledger_entry drop constraint ledger_entry_account_check;
alter table ledger_entry add constraint ledger_entry_account_check check (account in (
  'provider',
  'producer',
  'fee',
  'refunds_due',
  'stray',
  -- What the producer's people took at the gates and have.
  'gate',
  -- What they took it for.
  'gate_sales'
));
