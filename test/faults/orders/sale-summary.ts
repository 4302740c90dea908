import type { Found } from '../found.ts';
import { moneyOf, type SaleEvidence } from './order-checker.ts';

/** Says in a few sentences what became of a sale. */
export function tellSale(found: Found, { stories, mails, provider, rows }: SaleEvidence): void {
  const orders = [...stories.orders.values()];
  const count = (status: string) => orders.filter((each) => each.status === status).length;
  const refunds = stories.refunds.filter(({ done }) => done.length > 0).length;
  found.note(
    `${orders.length} orders: ${count('paid')} paid, ${count('failed')} failed, ` +
      `${count('expired')} expired, ${count('cancelled')} cancelled; ${refunds} refunds`,
  );
  const { inCents, backCents } = moneyOf(provider.flatMap(({ charges }) => charges));
  const valid = rows.tickets.filter(({ status }) => status === 'valid').length;
  const different = new Set(mails.map(({ id }) => id)).size;
  found.note(
    `${brl(inCents)} came in, ${brl(backCents)} went back, ${valid} tickets stay; ` +
      `${mails.length} mails, ${mails.length - different} of them again`,
  );
  const signed = orders.flatMap(({ checkedOutAt, signedAt }) =>
    signedAt === undefined ? [] : [signedAt - checkedOutAt],
  );
  found.measured('checkout to signed tickets', ...signed);
}

function brl(cents: number): string {
  return `R$ ${(cents / 100).toFixed(2)}`;
}
