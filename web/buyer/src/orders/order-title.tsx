import type { OrderView } from '@ingressou/protocol';
import type { ComponentChildren } from 'preact';
import { orderElementId } from '../focus.ts';

/** The title of an order's card, which takes the focus when something became of the order. */
export function OrderTitle({
  order,
  children,
}: {
  readonly order: OrderView;
  readonly children: ComponentChildren;
}) {
  return (
    <h3 id={orderElementId(order.id)} tabIndex={-1}>
      {children}
    </h3>
  );
}
