import type { OrderView } from '@ingressou/protocol';
import { checkoutTexts } from '../checkout-texts.ts';

/** How much is on its way back, and how much is back. */
export function MoneyBack({ order }: { readonly order: OrderView }) {
  const { refundDueCents, refundedCents } = order;
  if (refundDueCents + refundedCents === 0) return null;
  return (
    <div class="money-back" role="status">
      {refundDueCents > 0 && <p>{checkoutTexts.refundDue(refundDueCents)}</p>}
      {refundedCents > 0 && <p>{checkoutTexts.refunded(refundedCents)}</p>}
    </div>
  );
}
