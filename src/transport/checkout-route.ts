import type { PaymentMethod } from '@ingressou/protocol';
import { json, type Route } from './http.ts';

/** What a page needs to have an order paid. Nothing of it is secret. */
export interface Checkout {
  readonly provider: 'pagarme' | 'simulator';
  /** Names us at the provider when its script makes a token of a card. */
  readonly publicKey: string;
  /** Where the page sends a card, from the browser; never to us. */
  readonly tokensUrl: string;
  /** The provider's script that makes the token; absent: no cards. */
  readonly tokenizeScriptUrl?: string;
  /** The script of 3-D Secure; absent: cards are not challenged. */
  readonly challengeScriptUrl?: string;
  readonly methods: readonly PaymentMethod[];
  readonly installmentsMax: number;
  /** About the convenience fee, for people. */
  readonly feeNote: string;
}

export function checkoutRoute(checkout: Checkout): Route {
  const answer = () => json(200, checkout, { 'cache-control': 'public, max-age=60' });
  return { method: 'GET', path: '/v1/checkout', policy: 'public', answer };
}
