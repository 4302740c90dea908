import { randomBytes } from 'node:crypto';
import {
  type CommandId,
  type HoldId,
  type OrderId,
  parseId,
  type ServerMessage,
  unpack,
  uuid7,
} from '@ingressou/protocol';
import { Samples } from '../samples.ts';
import { Counter, pause } from './counter.ts';
import { frameOf, typeOfAnswer } from './frames.ts';
import type { LiveSocket } from './live-socket.ts';
import type { Arrival, OrderLoad, OrderResult } from './plan.ts';

type Answer = Extract<ServerMessage, { readonly type: 'accepted' | 'rejected' }>;
type OrderNews = Extract<ServerMessage, { readonly type: 'order' }>;

const answerMs = 10_000;
const lookMs = 20;

/** Buyers who hold, tell who they are, check out, and wait for their tickets; each at its time. */
export class OrderLoop {
  readonly #sockets: readonly LiveSocket[];
  readonly #load: OrderLoad;
  readonly #url: string;
  readonly #answers = new Map<string, (answer: Answer) => void>();
  readonly #checkout = new Samples();
  readonly #lateness = new Samples();
  readonly #orders: OrderId[] = [];
  readonly #signed = new Set<OrderId>();
  readonly #unexpected = new Counter();

  constructor(sockets: readonly LiveSocket[], load: OrderLoad, port: number) {
    this.#sockets = sockets;
    this.#load = load;
    this.#url = `http://127.0.0.1:${port}`;
    for (const socket of sockets) {
      socket.onLost = (why) => this.#unexpected.add(`lost: ${why}`);
      socket.onMessage = (bytes, begin, end) => this.#hear(bytes, begin, end);
    }
  }

  /** @param startsAt in milliseconds since 1970 */
  async run(startsAt: number): Promise<OrderResult> {
    const begin = performance.now() + (startsAt - Date.now());
    const cpu = process.cpuUsage();
    const begunAt = performance.now();
    const purchases: Promise<void>[] = [];
    for (const arrival of this.#load.arrivals) {
      const due = begin + arrival.atMs;
      const wait = due - performance.now();
      if (wait > 0) await pause(Math.ceil(wait));
      this.#lateness.add(performance.now() - due);
      purchases.push(this.#buy(arrival, due));
    }
    await Promise.all(purchases);
    await this.#settled();
    const { user, system } = process.cpuUsage(cpu);
    const cores = (user + system) / 1000 / (performance.now() - begunAt);
    return {
      orders: this.#orders,
      checkout: this.#checkout.summary(),
      lateness: this.#lateness.summary(),
      cores,
      signed: this.#orders.filter((order) => this.#signed.has(order)).length,
      unexpected: this.#unexpected.counts(),
    };
  }

  /** Never rejects: what does not go well is counted. */
  async #buy({ buyer, items }: Arrival, due: number): Promise<void> {
    const socket = this.#sockets[buyer];
    if (socket === undefined) return this.#unexpected.add('no such buyer');
    const { event } = this.#load;
    const id = uuid7<CommandId>(Date.now(), randomBytes(16));
    const units = items.reduce((sum, { quantity }) => sum + quantity, 0);
    try {
      await this.#ask(id, () => socket.write(frameOf({ type: 'reserve', id, event, items })));
      const order = uuid7<OrderId>(Date.now(), randomBytes(16));
      await this.#tellDetails(order, units, socket.token ?? '');
      const hold = parseId<HoldId>(id);
      const checkout = { type: 'checkout', id: order, event, hold, method: 'pix' } as const;
      await this.#ask(order, () => socket.write(frameOf(checkout)));
      this.#checkout.add(performance.now() - due);
      this.#orders.push(order);
    } catch (cause) {
      this.#unexpected.add(cause instanceof Error ? cause.message : String(cause));
    }
  }

  /** @throws {Error} with the reason of a no, or when no answer comes */
  async #ask(id: string, send: () => void): Promise<void> {
    const answer = await new Promise<Answer | undefined>((resolve) => {
      const timer = setTimeout(() => resolve(undefined), answerMs);
      this.#answers.set(id, (heard) => {
        clearTimeout(timer);
        resolve(heard);
      });
      send();
    });
    this.#answers.delete(id);
    if (answer === undefined) throw new Error('no answer');
    if (answer.type === 'rejected') throw new Error(answer.reason);
  }

  async #tellDetails(order: OrderId, units: number, token: string): Promise<void> {
    const { event } = this.#load;
    const answer = await fetch(`${this.#url}/v1/orders/${order}/details`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ event, buyer: person, holders: Array(units).fill(holder) }),
    });
    // Read, so that its connection serves the next one.
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`details were answered ${answer.status}`);
  }

  /** Waits until every buyer has heard that the codes are signed. */
  async #settled(): Promise<void> {
    const giveUpAt = performance.now() + this.#load.lastMs;
    const isWaiting = () => this.#orders.some((order) => !this.#signed.has(order));
    while (isWaiting() && performance.now() < giveUpAt) await pause(lookMs);
  }

  #hear(bytes: Buffer, begin: number, end: number): void {
    const type = typeOfAnswer(bytes, begin);
    if (type === 'hold') return;
    const message: unknown = unpack(bytes.subarray(begin, end));
    if (type === 'order') return this.#hearOrder((message as OrderNews).order);
    if (type !== 'accepted' && type !== 'rejected') {
      return this.#unexpected.add(type ?? 'no message of ours');
    }
    const answer = message as Answer;
    this.#answers.get(String(answer.re))?.(answer);
  }

  #hearOrder({ id, hasCodes, status }: OrderNews['order']): void {
    if (hasCodes) this.#signed.add(id);
    else if (status !== 'pending' && status !== 'paid') this.#unexpected.add(`order ${status}`);
  }
}

/** Nobody: a number with right check digits. */
const person = {
  name: 'Ana Souza',
  email: 'ana.souza@example.com',
  cpf: '529.982.247-25',
  phone: '61 99999-9999',
};
const holder = { name: 'Ana Souza' };
