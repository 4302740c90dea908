import { chargeBack, pay, refuse } from './charge-life.ts';
import type { Fault, FaultDesk, Habit } from './faults.ts';
import type { HookPost, HookTarget, PostedHook } from './hook-post.ts';
import type { Provider } from './provider.ts';
import { failed, notFound } from './refusal.ts';
import type { WireCharge, WireOrder } from './wire.ts';

/**
 * What a person or a test does to the simulated world: pay, refuse, dispute, and order what goes
 * wrong. A charge is named by its id, or by the code of its order, then the newest with it.
 */
export class Control {
  readonly #provider: Provider;
  readonly #hooks: HookPost;
  readonly #faults: FaultDesk;

  constructor(provider: Provider, hooks: HookPost, faults: FaultDesk) {
    this.#provider = provider;
    this.#hooks = hooks;
    this.#faults = faults;
  }

  /** The next calls that fit go wrong. */
  orderFault(fault: Fault): void {
    this.#faults.orderFault(fault);
  }

  /** The next orders that fit behave so. */
  orderHabit(habit: Habit): void {
    this.#faults.orderHabit(habit);
  }

  /** From now on nothing is ordered to go wrong. Orders go on as they began. */
  clear(): void {
    this.#faults.clear();
  }

  get ordered(): { readonly faults: readonly Fault[]; readonly habits: readonly Habit[] } {
    return { faults: this.#faults.faults, habits: this.#faults.habits };
  }

  /** The newest first. */
  orders(): readonly WireOrder[] {
    return this.#provider.book.list().map(({ order }) => order);
  }

  /**
   * Money comes: what was asked for, unless another amount is given. Also once more, or late.
   *
   * @throws {ApiRefusal}
   */
  pay(charge: string, amountCents?: number): WireCharge {
    const { id, amount, status, payment_method, paid_amount = 0 } = this.#chargeOf(charge);
    const isOver = status === 'chargedback' || (status === 'canceled' && paid_amount > 0);
    const isCard = payment_method === 'credit_card';
    if (isOver || isCard) throw failed('Nobody can pay this charge.');
    return this.#provider.book.change(id, (change) => pay(change, amountCents ?? amount));
  }

  /** @throws {ApiRefusal} */
  refuse(charge: string): WireCharge {
    const { id, status } = this.#chargeOf(charge);
    if (status !== 'pending' && status !== 'processing') throw failed('It is not pending.');
    return this.#provider.book.change(id, (change) => refuse(change, '01'));
  }

  /** The buyer disputes a payment. @throws {ApiRefusal} */
  chargeBack(charge: string): WireCharge {
    const { id, status } = this.#chargeOf(charge);
    if (!['paid', 'overpaid', 'underpaid'].includes(status)) throw failed('It is not paid.');
    return this.#provider.book.change(id, chargeBack);
  }

  /** Where webhooks go from now on; undefined: nowhere, and none are made. */
  setWebhook(target: HookTarget | undefined): void {
    this.#hooks.target = target;
  }

  /** The newest first. */
  hooks(): readonly PostedHook[] {
    return this.#hooks.list();
  }

  /** Sends all webhooks of an order again, whatever became of them. */
  resendHooks(order: string): void {
    const told = this.#hooks.list().filter((posted) => posted.order === order);
    for (const { hook } of told.reverse()) this.#hooks.resend(hook.id);
  }

  /** Resolves when every webhook was taken or given up. */
  hooksIdle(): Promise<void> {
    return this.#hooks.idle();
  }

  #chargeOf(name: string): WireCharge {
    if (name.startsWith('ch_')) return this.#provider.book.charge(name).charge;
    const [order] = this.#provider.orders(new URLSearchParams({ code: name }));
    const [charge] = order?.charges ?? [];
    if (name === '' || charge === undefined) throw notFound('Order');
    return charge;
  }
}
