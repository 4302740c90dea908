import type { OrderView } from '@ingressou/protocol';
import { checkoutTexts } from '../checkout-texts.ts';
import { MoneyBack } from './money-back.tsx';
import type { OrderProps } from './order-props.ts';
import { OrderTitle } from './order-title.tsx';

/** An order whose money goes back: why, how much, and how far it is. */
export function ReturnedOrder({ order, view }: OrderProps) {
  const isCancelled = view.sale.status === 'cancelled';
  return (
    <>
      <OrderTitle order={order}>{titleOf(order, isCancelled)}</OrderTitle>
      <p>{reasonOf(order, isCancelled)}</p>
      <MoneyBack order={order} />
    </>
  );
}

function titleOf({ status }: OrderView, isCancelled: boolean): string {
  if (isCancelled) return checkoutTexts.returned.cancelled;
  return status === 'refunded' ? checkoutTexts.returned.refunded : checkoutTexts.returned.late;
}

function reasonOf({ status, refusal }: OrderView, isCancelled: boolean): string {
  const { returnedWhy } = checkoutTexts;
  if (isCancelled) return returnedWhy.cancelled;
  if (status === 'refunded') return returnedWhy.refunded;
  if (refusal === 'underpaid') return returnedWhy.underpaid;
  return status === 'expired' ? returnedWhy.late : returnedWhy.stray;
}
