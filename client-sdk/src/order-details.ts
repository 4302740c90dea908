import type { EventId } from '@ingressou/protocol';

/** Who buys and who comes. Told before the checkout and never changed: another try has another id. */
export interface OrderDetails {
  readonly event: EventId;
  readonly buyer: Buyer;
  /** One for each ticket, in the order of the hold's items. */
  readonly holders: readonly { readonly name: string }[];
  /** To pay by card. */
  readonly card?: Card;
}

export interface Buyer {
  readonly name: string;
  readonly email: string;
  /** With or without dots and dash. */
  readonly cpf: string;
  /** With area code; with `+` and country code when it is not Brazilian. */
  readonly phone: string;
}

/** A card as the provider's script made a token of it. Its number goes to the provider alone. */
export interface Card {
  readonly token: string;
  readonly installments: number;
  readonly billing: BillingAddress;
  /** What 3-D Secure ended with, if it was done. */
  readonly challenge?: { readonly transaction: string };
}

export interface BillingAddress {
  /** Number, street and district. */
  readonly line1: string;
  readonly zipCode: string;
  readonly city: string;
  readonly uf: string;
}
