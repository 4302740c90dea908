import type { OrderId, OrderView } from '@ingressou/protocol';

/** An order and where in the show's history it was like this. */
export interface ToldOrder {
  readonly generation: number;
  readonly position: number;
  readonly order: OrderView;
}

/** Orders that came to nothing and are remembered, so that a screen can say how they ended. */
const endedMax = 20;

/** My orders of one show, newest last. Each change makes a new list. */
export type MyOrders = readonly ToldOrder[];

/** The orders after one more was told of; what is older than what is known is not heard. */
export function withOrder(orders: MyOrders, told: ToldOrder): MyOrders {
  const known = orders.find(({ order }) => order.id === told.order.id);
  if (known === undefined) return forgetOldest([...orders, told]);
  if (isBehind(told, known)) return orders;
  return forgetOldest(orders.map((each) => (each === known ? told : each)));
}

export function orderOf(orders: MyOrders, id: OrderId): OrderView | undefined {
  return orders.find(({ order }) => order.id === id)?.order;
}

function isBehind(told: ToldOrder, known: ToldOrder): boolean {
  if (told.generation !== known.generation) return told.generation < known.generation;
  return told.position < known.position;
}

function forgetOldest(orders: MyOrders): MyOrders {
  const ended = orders.filter(({ order }) => endings.has(order.status));
  if (ended.length <= endedMax) return orders;
  return orders.filter((each) => each !== ended[0]);
}

const endings: ReadonlySet<OrderView['status']> = new Set(['failed', 'expired', 'cancelled']);
