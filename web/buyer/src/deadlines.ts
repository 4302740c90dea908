import type { ShowView } from '@ingressou/client-sdk';
import { checkoutTexts } from './checkout-texts.ts';
import { texts } from './texts.ts';

/** Something on the page that runs out. */
export interface Deadline {
  readonly key: string;
  readonly at: number;
  readonly say: (seconds: number) => string;
}

/** The countdowns on the page. An extended hold has a new one; one that is being paid has another. */
export function deadlinesOf(view: ShowView | undefined): readonly Deadline[] {
  if (!view?.isKnown) return [];
  const { sale, holds, orders } = view;
  const pending = orders.filter(({ status, method }) => status === 'pending' && method === 'pix');
  const isBeingPaid = new Set(orders.flatMap((o) => (o.status === 'pending' ? [o.hold] : [])));
  const live = holds.filter(({ id, status }) => status === 'held' && !isBeingPaid.has(id));
  const deadlines = [
    ...live.map(({ id, expiresAt }) => {
      return { key: `${id}:${expiresAt}`, at: expiresAt, say: texts.holdRunsOut };
    }),
    ...pending.map(({ id, payBy }) => ({ key: id, at: payBy, say: checkoutTexts.pixRunsOut })),
  ];
  if (sale.status !== 'scheduled' || sale.opensAt === undefined) return deadlines;
  return [
    ...deadlines,
    { key: `opens:${sale.opensAt}`, at: sale.opensAt, say: texts.saleOpensSoon },
  ];
}
