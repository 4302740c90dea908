import { type OrderView, orderCode } from '@ingressou/protocol';
import { unitsOf } from '../cart.ts';
import { checkoutTexts } from '../checkout-texts.ts';
import { MoneyBack } from './money-back.tsx';
import type { OrderProps } from './order-props.ts';
import { OrderTitle } from './order-title.tsx';
import { PdfButton } from './pdf-button.tsx';
import { RefundPanel } from './refund-panel.tsx';
import { Tickets } from './tickets.tsx';

/** A paid order: its tickets, and what can be done with them. */
export function OwnedOrder(props: OrderProps) {
  const { order, live } = props;
  return (
    <>
      <div class="title-line">
        <OrderTitle order={order}>{checkoutTexts.bought(unitsOf(order.lines))}</OrderTitle>
        <strong class="badge good">{checkoutTexts.paid}</strong>
      </div>
      {order.paidAt !== undefined && (
        <p class="quiet">
          {checkoutTexts.paidOn(
            orderCode(order.id),
            order.ticketsCents + order.feeCents,
            order.paidAt,
          )}
        </p>
      )}
      <MoneyBack order={order} />
      {order.hasCodes ? (
        <>
          <Tickets key={editionOf(order)} {...props} />
          <PdfButton order={order} live={live} />
        </>
      ) : (
        <output class="waiting">
          {checkoutTexts.signing} {checkoutTexts.signingHint}
        </output>
      )}
      <RefundPanel {...props} />
    </>
  );
}

/** Tickets that are issued again have new codes. */
function editionOf({ tickets }: OrderView): string {
  return tickets.map(({ revision }) => revision).join(' ');
}
