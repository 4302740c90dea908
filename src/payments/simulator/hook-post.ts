import { Agent, request } from 'undici';
import type { Clock, Timer } from '../../ports/clock.ts';
import { fractionOf, newId, type RandomBytes } from './chance.ts';
import type { Behaviour } from './faults.ts';
import { failed, notFound } from './refusal.ts';
import type { Shelf } from './shelf.ts';
import { timeText, type WireHook } from './wire.ts';

/** Where webhooks go, and what they are sent with. */
export interface HookTarget {
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

export interface HookPostOptions {
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly shelf: Shelf;
  /** How often one is sent, and the pause after the first time; twice as long after each. */
  readonly attemptsMax: number;
  readonly retryMs: number;
}

/** A webhook and what became of it. */
export interface PostedHook {
  readonly hook: WireHook;
  /** The order it tells of. */
  readonly order: string;
  status: 'pending' | 'sent' | 'failed';
  attempts: number;
  responseStatus: number | undefined;
}

/** What a receiver may take. */
const deliveryMs = 5_000;
/** The oldest are forgotten. */
const hooksMax = 20_000;
/** On their way at once; the others wait. */
const deliveriesMax = 16;

/** Sends webhooks until they are taken: at least once, in no order that anybody may rely on. */
export class HookPost {
  readonly #options: HookPostOptions;
  readonly #hooks = new Map<string, PostedHook>();
  readonly #timers = new Set<Timer>();
  readonly #queue: PostedHook[] = [];
  readonly #agent = new Agent({ connections: deliveriesMax });
  #underWay = 0;
  #isClosed = false;
  #whenIdle: (() => void)[] = [];
  target: HookTarget | undefined;

  constructor(options: HookPostOptions, target: HookTarget | undefined) {
    this.#options = options;
    this.target = target;
  }

  /** Goes on with what an earlier process kept. */
  restore(hook: PostedHook): void {
    this.#remember(hook);
    if (hook.status === 'pending') this.#queue.push(hook);
  }

  start(): void {
    this.#next();
  }

  /** Tells of a change, as `behaviour` has it. Without a target nobody is told. */
  post(type: string, data: unknown, order: string, behaviour: Behaviour): void {
    if (this.target === undefined) return;
    const { clock, random } = this.#options;
    const hook = {
      id: newId('hook', random),
      account: { id: 'acc_simulator', name: 'Simulador' },
      type,
      created_at: timeText(clock.now()).slice(0, -1),
      data: structuredClone(data),
    };
    const posted: PostedHook = {
      hook,
      order,
      status: behaviour.dropsHooks === true ? 'sent' : 'pending',
      attempts: 0,
      responseStatus: undefined,
    };
    this.#remember(posted);
    this.#keep(posted);
    if (posted.status === 'sent') return;
    for (let copy = 0; copy < (behaviour.hookCopies ?? 1); copy += 1) this.#send(posted, behaviour);
  }

  /** The newest first. */
  list(): PostedHook[] {
    return [...this.#hooks.values()].reverse();
  }

  /** @throws {ApiRefusal} */
  find(id: string): PostedHook {
    const posted = this.#hooks.get(id);
    if (posted === undefined) throw notFound('Hook');
    return posted;
  }

  /** @throws {ApiRefusal} */
  resend(id: string): PostedHook {
    const posted = this.find(id);
    if (this.target === undefined) throw failed('There is no webhook configured.');
    posted.status = 'pending';
    posted.attempts = 0;
    this.#send(posted, {});
    return posted;
  }

  /** Resolves when nothing is on its way and nothing waits to be sent again. */
  idle(): Promise<void> {
    if (this.#isIdle()) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  /** Ends deliveries under way; another process goes on with them. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    this.#queue.length = 0;
    await this.#agent.destroy();
  }

  #send(posted: PostedHook, { hooksLateMs = 0, shuffleMs = 0 }: Behaviour): void {
    const wait = hooksLateMs + shuffleMs * fractionOf(this.#options.random);
    if (wait > 0) return this.#after(wait, () => this.#enqueue(posted));
    this.#enqueue(posted);
  }

  #enqueue(posted: PostedHook): void {
    this.#queue.push(posted);
    this.#next();
  }

  #next(): void {
    while (this.#underWay < deliveriesMax && !this.#isClosed) {
      const posted = this.#queue.shift();
      if (posted === undefined) break;
      this.#underWay += 1;
      void this.#deliver(posted).finally(() => {
        this.#underWay -= 1;
        this.#next();
      });
    }
    if (!this.#isIdle()) return;
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  /** Never rejects: what breaks is a delivery that failed. */
  async #deliver(posted: PostedHook): Promise<void> {
    const status = await this.#attempt(posted.hook);
    if (this.#isClosed) return;
    posted.attempts += 1;
    posted.responseStatus = status;
    const isTaken = status !== undefined && status >= 200 && status <= 299;
    const { attemptsMax, retryMs } = this.#options;
    if (isTaken) posted.status = 'sent';
    else if (posted.attempts >= attemptsMax) posted.status = 'failed';
    else this.#after(retryMs * 2 ** (posted.attempts - 1), () => this.#enqueue(posted));
    this.#keep(posted);
  }

  async #attempt(hook: WireHook): Promise<number | undefined> {
    const { target } = this;
    if (target === undefined) return undefined;
    const { url, user, password } = target;
    try {
      const { statusCode, body } = await request(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
        },
        body: JSON.stringify(hook),
        headersTimeout: deliveryMs,
        bodyTimeout: deliveryMs,
        dispatcher: this.#agent,
      });
      await body.dump();
      return statusCode;
    } catch {
      // Nobody took it; the count of attempts says what is next.
      return undefined;
    }
  }

  #after(ms: number, task: () => void): void {
    const timer = this.#options.clock.after(ms, () => {
      this.#timers.delete(timer);
      task();
    });
    this.#timers.add(timer);
  }

  #isIdle(): boolean {
    return this.#underWay === 0 && this.#queue.length === 0 && this.#timers.size === 0;
  }

  #remember(posted: PostedHook): void {
    this.#hooks.set(posted.hook.id, posted);
    for (const oldest of this.#hooks.keys()) {
      if (this.#hooks.size <= hooksMax) break;
      this.#hooks.delete(oldest);
      this.#options.shelf.keep({ kind: 'hook', id: oldest });
    }
  }

  #keep(posted: PostedHook): void {
    this.#options.shelf.keep({ kind: 'hook', id: posted.hook.id, value: posted });
  }
}
