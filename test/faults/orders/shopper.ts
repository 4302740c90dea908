import { setTimeout as pause } from 'node:timers/promises';
import { type Connection, connect, type EventHandle } from '@ingressou/client-sdk';
import { type HoldId, type OrderId, type SubjectId, uuid7 } from '@ingressou/protocol';
import { WebSocket } from 'undici';
import type { Habit } from '../../../src/payments/simulator/faults.ts';
import type { Random } from '../../simulation/random.ts';
import type { Told, Wish } from '../history.ts';
import type { SaleShow } from '../shows.ts';
import type { Plan } from './plans.ts';
import type { ProviderProcess } from './provider-process.ts';

export interface ShopperOptions {
  readonly url: string;
  readonly token: string;
  readonly subject: SubjectId;
  readonly random: Random;
  readonly provider: ProviderProcess;
  /** What the bank does with every order of the scenario, besides what its plan says. */
  readonly habit: Habit;
  readonly onTold: (told: Told) => void;
  readonly onBought: (bought: Bought) => void;
}

/** An order that was acknowledged, and what was acknowledged of it later. */
export interface Bought {
  readonly order: OrderId;
  readonly show: SaleShow;
  readonly subject: SubjectId;
  readonly plan: Plan;
  /** How long the reservation and the checkout took, in milliseconds. */
  readonly ms: number;
  /** When it was checked out, by the clock that only goes on. */
  readonly at: number;
  isCancelled: boolean;
  isRefunded: boolean;
}

const ticketsMax = 3;
/** A buyer does not cancel or pay in the very moment. */
const hesitationMs = 1_500;
/** How long somebody who cancelled tries to pay nevertheless. */
const insistsMs = 5_000;
const scarceChance = 0.15;

/** One person, who buys one thing after the other as planned. */
export class Shopper {
  readonly #options: ShopperOptions;
  readonly #connection: Connection;
  readonly #watches = new Map<SaleShow, () => void>();

  constructor(options: ShopperOptions) {
    this.#options = options;
    const { url, token, random } = options;
    this.#connection = connect({
      url,
      token,
      webSocket: WebSocket,
      random: (bytes) => random.bytes(bytes),
    });
  }

  get isLive(): boolean {
    return this.#connection.state === 'live';
  }

  /** Resolves when the buyer has done what the plan says; the rest is not theirs. */
  async buy(show: SaleShow, plan: Plan): Promise<void> {
    this.#follow(show);
    const event = this.#connection.event(show.event);
    const begunAt = performance.now();
    const held = await this.#reserve(event, show);
    if (held === undefined) return;
    const order = await this.#prepare(show, plan, held.tickets);
    const made = await event.checkout(held.hold, plan.method, { id: order });
    // A rejection is told to the buyer, who has nothing then.
    if (!made.accepted) return;
    const at = performance.now();
    const ms = at - begunAt;
    const { subject } = this.#options;
    const bought = { order, show, subject, plan, ms, at, isCancelled: false, isRefunded: false };
    this.#options.onBought(bought);
    await this.#goOn(event, bought);
  }

  close(): void {
    this.#connection.close();
  }

  get connection(): Connection {
    return this.#connection;
  }

  #follow(show: SaleShow): void {
    if (this.#watches.has(show)) return;
    this.#watches.set(
      show,
      this.#connection.event(show.event).watch(() => {}),
    );
  }

  /** Some of the scarce lot, or if it is sold out of the other one. */
  async #reserve(
    event: EventHandle,
    show: SaleShow,
  ): Promise<{ hold: HoldId; tickets: number } | undefined> {
    const { random } = this.#options;
    const [scarce, plentiful] = show.lots;
    const tickets = random.between(1, ticketsMax);
    const lots = random.chance(scarceChance) ? [scarce, plentiful] : [plentiful];
    for (const lot of lots) {
      const hold = await this.#wish(event, show, [{ lot, quantity: tickets }]);
      if (hold !== undefined) return { hold, tickets };
    }
    return undefined;
  }

  async #wish(
    event: EventHandle,
    show: SaleShow,
    items: Extract<Wish, { readonly type: 'reserve' }>['items'],
  ): Promise<HoldId | undefined> {
    const { subject, random, onTold } = this.#options;
    const id = uuid7<HoldId>(Date.now(), random.bytes(16));
    const wish = { id, type: 'reserve', event: show.event, subject, items } as const;
    const invokedAt = performance.now();
    const answer = await event.reserve(items, { id });
    const at = performance.now();
    if (answer.accepted) {
      const { expiresAt } = answer.hold;
      onTold({ wish, invokedAt, answer: { at, outcome: { isAccepted: true, expiresAt } } });
      return answer.hold.id;
    }
    const { reason } = answer;
    const outcome = { isAccepted: false, reason, isCertain: reason === 'sold_out' } as const;
    onTold({ wish, invokedAt, answer: { at, outcome } });
    return undefined;
  }

  /** Everything that is told before the checkout, and what the bank will do. */
  async #prepare(show: SaleShow, plan: Plan, tickets: number): Promise<OrderId> {
    const { provider, habit } = this.#options;
    const { orders } = this.#connection;
    const order = orders.newId();
    await provider.orderHabit({ ...habit, ...plan.bank, code: order, times: 1 });
    const { cardNumber } = plan;
    const card =
      cardNumber === undefined ? {} : { card: cardOf(await provider.tokenOf(cardNumber)) };
    const holders = Array.from({ length: tickets }, (_, index) => ({ name: `Pessoa ${index}` }));
    await orders.tellDetails(order, { event: show.event, buyer: buyerOf(order), holders, ...card });
    return order;
  }

  async #goOn(event: EventHandle, bought: Bought): Promise<void> {
    const { order, plan } = bought;
    if (plan.later === 'cancels' || plan.later === 'cancels_and_pays') {
      await pause(this.#options.random.fraction() * hesitationMs);
      const paying = plan.later === 'cancels_and_pays' ? this.#insist(order) : undefined;
      bought.isCancelled = (await event.cancel(order)).accepted;
      await paying;
    }
    if (plan.later === 'pays_again') {
      await this.#connection.orders.waitFor(order, 'paid');
      await this.#options.provider.pay(order);
    }
    if (plan.later === 'refunds_all' || plan.later === 'refunds_one') {
      const { status, tickets } = await this.#connection.orders.waitFor(order, 'paid');
      if (status !== 'paid') return;
      const serials = plan.later === 'refunds_all' ? undefined : [tickets[0]?.serial ?? 0];
      bought.isRefunded = (await event.refund(order, serials)).accepted;
    }
  }

  /** Pays a code that was cancelled in the same moment: before, at the same time, or after. */
  async #insist(order: OrderId): Promise<void> {
    const { random, provider } = this.#options;
    const giveUpAt = performance.now() + insistsMs;
    await pause(random.fraction() * 200);
    while (!(await provider.pay(order)) && performance.now() < giveUpAt) await pause(50);
  }
}

/** Nobody; the address tells whose mail it is. */
export function buyerOf(order: OrderId) {
  return {
    name: 'Compradora de Teste',
    email: `${order}@example.com`,
    cpf: '529.982.247-25',
    phone: '61 99999-9999',
  };
}

function cardOf(token: string) {
  const billing = { line1: '1, Rua A, Centro', zipCode: '70000000', city: 'Brasília', uf: 'DF' };
  return { token, installments: 1, billing };
}
