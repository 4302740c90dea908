import type { EventId } from '@ingressou/protocol';
import type { Account } from '../ports/projection.ts';
import { numberIn, textIn } from './columns.ts';
import type { Database, Statement } from './database.ts';

/** What is in each account of a show, in cents; accounts without entries are absent. */
export async function balancesOf(
  database: Database,
  event: EventId,
): Promise<ReadonlyMap<Account, number>> {
  const rows = await database.query(selectBalances, [event]);
  return new Map(
    rows.map((columns) => [textIn<Account>(columns, 'account'), numberIn(columns, 'cents')]),
  );
}

const selectBalances: Statement = {
  name: 'ledger_balances',
  text: `select account, sum(amount_cents)::bigint as cents from ledger_entry
    where event_id = $1 group by account order by account`,
};
