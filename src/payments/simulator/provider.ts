import type { Clock } from '../../ports/clock.ts';
import { BoundedMap } from './bounded-map.ts';
import { type CardToken, tokenAnswer, tokenOf, type Verdict } from './cards.ts';
import { Challenges } from './challenges.ts';
import type { RandomBytes } from './chance.ts';
import { begin, beginRefund, endRefund, pay, voidCharge } from './charge-life.ts';
import type { Behaviour, FaultDesk } from './faults.ts';
import type { HookPost, PostedHook } from './hook-post.ts';
import { firstAnswer, type NewOrderContext, newOrder } from './new-order.ts';
import { type BookedOrder, OrderBook, type Step } from './order-book.ts';
import { checkedOrder, isCents, objectOf } from './order-check.ts';
import { failed, invalid, notFound } from './refusal.ts';
import type { Shelf } from './shelf.ts';
import { timeText, type WireCharge, type WireOrder } from './wire.ts';

export interface ProviderOptions {
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly shelf: Shelf;
  readonly hooks: HookPost;
  readonly faults: FaultDesk;
  /** How long after an order its PIX is paid by itself; `by_hand`: never. */
  readonly payAfterMs: number | 'by_hand';
  /** How long a PIX is on its way back. */
  readonly refundAfterMs: number;
  /** A PIX above this fails when it is made. */
  readonly pixLimitCents: number;
}

const tokensMax = 10_000;
/** A card payment that its bank thinks about, and what follows one. */
const slowBankMs = 2_000;

/** The provider without its HTTP: what each call of the API does. */
export class Provider {
  readonly book: OrderBook;
  readonly challenges: Challenges;
  readonly #options: ProviderOptions;
  readonly #tokens = new BoundedMap<string, CardToken>(tokensMax);

  constructor(options: ProviderOptions) {
    this.#options = options;
    this.book = new OrderBook(options);
    this.challenges = new Challenges(options.random);
  }

  /** @throws {ApiRefusal} */
  createOrder(body: unknown): WireOrder {
    const wish = checkedOrder(body);
    const context = this.#context();
    const order = newOrder(wish, context);
    const behaviour = this.#options.faults.behaviourOf(order.code, wish.metadata);
    const booked: BookedOrder = { order, behaviour, plan: [] };
    const events = order.charges.map((charge, index) => {
      const { answer, verdict } = firstAnswer(wish.payments[index]!, charge, wish, context);
      booked.plan.push(...this.#planOf(booked, charge, verdict));
      return begin({ order, charge, now: context.now }, answer);
    });
    booked.plan.sort((a, b) => a.at - b.at);
    this.book.add(booked, events);
    return order;
  }

  /** @throws {ApiRefusal} */
  order(id: string): WireOrder {
    const booked = this.book.find(id);
    if (booked === undefined) throw notFound('Order');
    return booked.order;
  }

  charges(query: URLSearchParams): WireCharge[] {
    const orders = this.orders(new URLSearchParams({ code: query.get('code') ?? '' }));
    const status = query.get('status') ?? '';
    const order = query.get('order_id') ?? '';
    return orders
      .filter(({ id }) => order === '' || id === order)
      .flatMap(({ charges }) => charges)
      .filter((charge) => status === '' || charge.status === status);
  }

  /** The newest first. */
  orders(query: URLSearchParams): WireOrder[] {
    const [code, status] = [query.get('code') ?? '', query.get('status') ?? ''];
    const since = Date.parse(query.get('created_since') ?? '') || 0;
    const until = Date.parse(query.get('created_until') ?? '') || Number.POSITIVE_INFINITY;
    const booked = code === '' ? this.book.list() : this.book.withCode(code);
    return booked
      .map(({ order }) => order)
      .filter(
        (order) =>
          (status === '' || order.status === status) &&
          // Times of the wire are whole seconds.
          Date.parse(order.created_at) + 999 >= since &&
          Date.parse(order.created_at) <= until,
      );
  }

  /** @throws {ApiRefusal} */
  capture(id: string, body: unknown): WireCharge {
    const { charge } = this.book.charge(id);
    const { amount = charge.amount } = objectOf(body);
    const isAuthorized = charge.last_transaction.status === 'authorized_pending_capture';
    if (charge.status !== 'pending' || !isAuthorized)
      throw failed('This charge can not be captured.');
    if (!isCents(amount) || amount > charge.amount) throw invalidAmount(body);
    return this.book.change(id, (change) => pay(change, amount));
  }

  /**
   * Gives back what was paid, or ends what was not.
   *
   * @throws {ApiRefusal}
   */
  cancel(id: string, body: unknown): WireCharge {
    const { booked, charge } = this.book.charge(id);
    const { amount, split } = objectOf(body);
    if (charge.status === 'chargedback') throw failed('This charge was charged back.');
    if (charge.status === 'canceled') throw failed('This charge is already canceled.');
    const paid = charge.paid_amount ?? 0;
    if (paid === 0) return this.book.change(id, voidCharge);
    const pending = this.book.refundingCents(booked, id);
    const left = paid - (charge.canceled_amount ?? 0) - pending;
    const asked = amount === undefined ? left : amount;
    if (!isCents(asked) || asked > left) throw invalidAmount(body);
    if (asked < paid && !fits(charge, split, asked)) throw invalidSplit(body);
    return this.#refund(booked, charge, asked, pending);
  }

  token(body: unknown) {
    const { clock, random } = this.#options;
    const token = tokenOf(body, clock.now(), random);
    this.#tokens.set(token.id, token);
    return tokenAnswer(token);
  }

  /** A webhook as the API tells of it. */
  hookAnswer({ hook, status, attempts, responseStatus }: PostedHook) {
    return {
      id: hook.id,
      url: this.#options.hooks.target?.url ?? '',
      event: hook.type,
      status,
      attempts: `${attempts}`,
      last_attempt: hook.created_at,
      created_at: hook.created_at,
      response_status: responseStatus === undefined ? null : String(responseStatus),
      data: hook.data,
    };
  }

  /** A card's money is back at once, a PIX is on its way. */
  #refund(booked: BookedOrder, charge: WireCharge, amount: number, pending: number): WireCharge {
    const { clock, refundAfterMs } = this.#options;
    const { id } = charge;
    const isAtOnce =
      charge.payment_method === 'credit_card' && booked.behaviour.refunds === undefined;
    if (isAtOnce) return this.book.change(id, (change) => endRefund(change, amount));
    const step = {
      at: clock.now() + refundAfterMs,
      charge: id,
      type: 'end_refund',
      amount,
    } as const;
    this.book.schedule(booked, [step]);
    return this.book.change(id, (change) => beginRefund(change, pending + amount));
  }

  #context(): NewOrderContext {
    const { clock, random, pixLimitCents } = this.#options;
    return {
      now: clock.now(),
      random,
      pixLimitCents,
      useToken: (token) => this.#useToken(token),
      challengeOf: (transaction) => this.challenges.find(transaction)?.status ?? 'N',
    };
  }

  #useToken(id: string): CardToken {
    const token = this.#tokens.get(id);
    this.#tokens.delete(id);
    const isGood = token !== undefined && token.expiresAt > this.#options.clock.now();
    if (!isGood) throw notFound('Token');
    return token;
  }

  #planOf({ behaviour }: BookedOrder, charge: WireCharge, verdict: Verdict | undefined): Step[] {
    const now = this.#options.clock.now();
    const steps =
      verdict === undefined
        ? this.#pixPlan(behaviour, charge, now)
        : cardPlan(charge, verdict, now + slowBankMs);
    const isDisputed = verdict === 'disputed';
    const disputeMs = behaviour.chargebackAfterMs ?? (isDisputed ? slowBankMs : undefined);
    if (disputeMs === undefined) return steps;
    const at = (steps.find(({ type }) => type === 'pay')?.at ?? now) + disputeMs;
    return [...steps, { at, charge: charge.id, type: 'charge_back', finds: paidStates }];
  }

  #pixPlan({ pays, payAfterMs }: Behaviour, charge: WireCharge, now: number): Step[] {
    const { amount, id, last_transaction } = charge;
    const expiresAt = Date.parse(last_transaction.expires_at ?? timeText(now));
    const end: Step = { at: expiresAt, charge: id, type: 'expire' };
    const wait = payAfterMs ?? this.#options.payAfterMs;
    const isAbove = amount > this.#options.pixLimitCents;
    if (isAbove || pays === 'never' || (wait === 'by_hand' && pays === undefined)) return [end];
    const ms = wait === 'by_hand' ? 0 : wait;
    const isLate = pays === 'late';
    const at = isLate ? expiresAt + Math.max(1, ms) : now + ms;
    const finds = isLate ? ['failed', 'canceled'] : ['pending'];
    const first: Step = {
      at,
      charge: id,
      type: 'pay',
      amount: amount + (excess[pays ?? ''] ?? 0),
      finds,
    };
    if (pays !== 'twice') return [first, end];
    return [first, { ...first, finds: ['paid'] }, end];
  }
}

const paidStates = ['paid', 'overpaid', 'underpaid'];
/** What comes beside what was asked for. */
const excess: Readonly<Record<string, number>> = { under: -1, over: 1 };

/** What becomes of a card payment after the first answer of its bank. */
function cardPlan({ id: charge, amount }: WireCharge, verdict: Verdict, at: number): Step[] {
  const finds = ['processing'];
  if (verdict === 'slow') return [{ at, charge, type: 'pay', amount, finds }];
  if (verdict === 'slow_refused') return [{ at, charge, type: 'refuse', finds }];
  return verdict === 'undone' ? [{ at, charge, type: 'give_back', finds: ['paid'] }] : [];
}

/** A part of a charge with a split goes back by rules of its own, which make up the part. */
function fits(charge: WireCharge, split: unknown, amount: number): boolean {
  if (charge.last_transaction.split === undefined) return true;
  if (!Array.isArray(split)) return false;
  const sum = split.map(objectOf).reduce((total, rule) => total + Number(rule.amount), 0);
  return sum === amount;
}

function invalidAmount(request: unknown) {
  return invalid({ 'charge.amount': ['The amount is more than is left.'] }, request);
}

function invalidSplit(request: unknown) {
  return invalid({ 'charge.split': ['The split rules must make up the amount.'] }, request);
}
