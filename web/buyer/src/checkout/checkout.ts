import {
  type BillingAddress,
  type Buyer,
  type Card,
  type CheckoutSettings,
  RequestError,
} from '@ingressou/client-sdk';
import type { HoldView, OrderId, PaymentMethod } from '@ingressou/protocol';
import { signal } from '@preact/signals';
import { type Explanation, explain } from '../explanations.ts';
import { fieldElementId, focusSoon } from '../focus.ts';
import type { LiveShow } from '../live-show.ts';
import { unlessEnded } from '../unless-ended.ts';
import { billingFlaws, emptyBilling } from './billing.ts';
import {
  type BuyerForm,
  detailsOf,
  emptyForm,
  type Flaws,
  flawsOf,
  lotsOf,
  withField,
  withHolder,
} from './buyer-form.ts';
import { type CardDesk, ChallengeRefusedError } from './card-desk.ts';
import { CardDataError } from './card-tokenizer.ts';
import { failureTexts, flawsIn } from './failures.ts';
import { ScriptMissingError } from './provider-script.ts';
import { forgetBuyer, rememberBuyer, rememberedBuyer } from './remembered-buyer.ts';

/** What the form is doing: waiting for the buyer, for the bank, or for the server. */
export type Step = 'filling' | 'bank' | 'sending';

export interface CheckoutOptions {
  readonly live: LiveShow;
  readonly hold: HoldView;
  readonly settings: CheckoutSettings;
  readonly amountCents: number;
}

/** The payment form of one hold: what stands in it, and what happens when it is sent. */
export class Checkout {
  readonly form = signal<BuyerForm>(emptyForm(0));
  readonly billing = signal(emptyBilling);
  readonly installments = signal(1);
  readonly isRemembered = signal(false);
  readonly method = signal<PaymentMethod | undefined>(undefined);
  readonly flaws = signal<Flaws>(new Map());
  readonly step = signal<Step>('filling');
  readonly problem = signal<Explanation | undefined>(undefined);
  readonly #options: CheckoutOptions;
  /** An order of which nobody knows whether it was made: only the same again is safe. */
  #unresolved: OrderId | undefined;

  constructor(options: CheckoutOptions) {
    const remembered = rememberedBuyer();
    this.#options = options;
    const { form: typed, billing } = options.live.purchases.draft;
    this.form.value = emptyForm(lotsOf(options.hold.items).length, typed ?? remembered);
    this.billing.value = billing ?? emptyBilling;
    this.isRemembered.value = remembered !== undefined;
    this.method.value = options.settings.methods[0];
  }

  type(field: keyof Buyer, text: string): void {
    this.#change(`/buyer/${field}`, withField(this.form.value, field, text));
  }

  nameHolder(index: number, name: string): void {
    this.#change(`/holders/${index}/name`, withHolder(this.form.value, index, name));
  }

  setForMe(isForMe: boolean): void {
    this.form.value = { ...this.form.value, isForMe };
  }

  bill(field: keyof BillingAddress, text: string): void {
    this.billing.value = { ...this.billing.value, [field]: text };
    this.forgive(`/card/billing/${field}`);
  }

  choose(method: PaymentMethod): void {
    this.method.value = method;
    this.problem.value = undefined;
    // Another wish than the one whose outcome nobody knows; if that was made, the house says so.
    this.#unresolved = undefined;
  }

  /** A field that is being changed is not wrong until it is looked at again. */
  forgive(pointer: string): void {
    if (!this.flaws.value.has(pointer)) return;
    this.flaws.value = new Map([...this.flaws.value].filter(([where]) => where !== pointer));
  }

  /** Sends it all; what comes of it is told by the live connection. `desk`: to pay by card. */
  async pay(desk?: CardDesk): Promise<void> {
    if (this.step.value !== 'filling') return;
    this.problem.value = undefined;
    this.#options.live.purchases.draft = { form: this.form.value, billing: this.billing.value };
    if (this.#unresolved === undefined && !this.#isWhole(desk)) return;
    try {
      await this.#send(desk);
    } catch (error) {
      this.#explain(error);
    } finally {
      this.step.value = 'filling';
    }
  }

  #change(pointer: string, form: BuyerForm): void {
    this.form.value = form;
    this.forgive(pointer);
  }

  #isWhole(desk: CardDesk | undefined): boolean {
    const card = desk === undefined ? [] : [...desk.flaws(), ...billingFlaws(this.billing.value)];
    return this.#accept(new Map([...flawsOf(this.form.value), ...card]));
  }

  /** Shows what is wrong and moves to the first of it. */
  #accept(flaws: Flaws): boolean {
    this.flaws.value = flaws;
    const [first] = flaws.keys();
    if (first !== undefined) focusSoon(fieldElementId(first));
    return first === undefined;
  }

  async #send(desk: CardDesk | undefined): Promise<void> {
    const { live, hold } = this.#options;
    const { orders } = live.purchases;
    const order = this.#unresolved ?? orders.newId();
    if (this.#unresolved === undefined) {
      const card = desk && (await this.#card(order, desk));
      this.step.value = 'sending';
      const details = detailsOf(this.form.value);
      const { id: event } = live.show;
      await unlessEnded(orders.tellDetails(order, { event, ...details, ...(card && { card }) }));
      this.#remember(details.buyer);
    }
    this.step.value = 'sending';
    const method = desk === undefined ? 'pix' : 'card';
    const refusal = await live.purchases.checkout(hold.id, method, order);
    this.#unresolved = refusal?.reason === 'outcome_unknown' ? order : undefined;
    if (refusal === undefined) {
      // The form stays as it is until the page shows the order instead.
      return await live.until((view) => view.orders.some(({ id }) => id === order));
    }
    this.problem.value = explain(refusal, { nameOf: live.nameOf, isAboutHold: true });
  }

  async #card(order: OrderId, desk: CardDesk): Promise<Card> {
    const { live, amountCents, settings } = this.#options;
    const billing = this.billing.value;
    this.step.value = 'bank';
    const asked = settings.challengeScriptUrl && {
      scriptUrl: settings.challengeScriptUrl,
      token: () => live.purchases.orders.challenge(order),
      order: {
        buyer: detailsOf(this.form.value).buyer,
        billing,
        amountCents,
        description: live.show.title,
      },
    };
    const challenge = asked ? await desk.authenticate(asked) : undefined;
    this.step.value = 'sending';
    const token = await desk.token();
    const installments = this.installments.value;
    return { token, installments, billing, ...(challenge && { challenge }) };
  }

  #remember(buyer: Buyer): void {
    if (this.isRemembered.value) rememberBuyer(buyer);
    else forgetBuyer();
  }

  #explain(error: unknown): void {
    const flaws = flawsIn(error);
    if (!this.#accept(flaws)) return;
    this.problem.value = failureTexts(error);
    if (!isExpected(error)) throw error;
  }
}

/** Anything else is a bug of ours, and belongs on the console. */
function isExpected(error: unknown): boolean {
  return (
    error instanceof RequestError ||
    error instanceof CardDataError ||
    error instanceof ChallengeRefusedError ||
    error instanceof ScriptMissingError
  );
}
