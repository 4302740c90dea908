import type { PresentShow } from '@ingressou/client-sdk';
import type { OrderView } from '@ingressou/protocol';
import type { LiveShow } from '../live-show.ts';

/** What every part of an order's card is given. */
export interface OrderProps {
  readonly order: OrderView;
  readonly live: LiveShow;
  readonly view: PresentShow;
}
