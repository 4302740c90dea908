-- How the money at the gates was paid, so that whoever counts it can: bank notes in a box are counted
-- elsewhere than what came over a producer's own machine.
alter table ledger_entry drop constraint ledger_entry_account_check;
alter table ledger_entry add constraint ledger_entry_account_check check (account in (
  'provider',
  'producer',
  'fee',
  'refunds_due',
  'stray',
  -- What the producer's people took at the gates and have.
  'gate_cash',
  'gate_card',
  'gate_pix',
  -- The same, where nobody wrote down how.
  'gate',
  -- What they took it for.
  'gate_sales'
));
