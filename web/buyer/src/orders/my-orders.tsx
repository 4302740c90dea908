import { checkoutTexts } from '../checkout-texts.ts';
import { ordersToShow, standingOf } from './order-list.ts';
import type { OrderProps } from './order-props.ts';
import { OwnedOrder } from './owned-order.tsx';
import { PendingOrder } from './pending-order.tsx';
import { ReturnedOrder } from './returned-order.tsx';

/** What I am paying, what I have, and what came back. */
export function MyOrders({ live, view }: Omit<OrderProps, 'order'>) {
  const orders = ordersToShow(view.orders, live.purchases.listed.value);
  if (orders.length === 0) return null;
  return (
    <section aria-labelledby="orders">
      <h2 id="orders" tabIndex={-1}>
        {checkoutTexts.orders}
      </h2>
      <ul class="orders">
        {orders.map((order) => (
          <li key={order.id} class={`card order-card ${standingOf(order)}`}>
            <Order order={order} live={live} view={view} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Order(props: OrderProps) {
  switch (standingOf(props.order)) {
    case 'paying':
      return <PendingOrder {...props} />;
    case 'mine':
      return <OwnedOrder {...props} />;
    case 'returned':
      return <ReturnedOrder {...props} />;
    case 'over':
      return null;
  }
}
