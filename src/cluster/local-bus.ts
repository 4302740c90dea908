import {
  type Bus,
  BusDownError,
  type Listener,
  type Listening,
  NobodyListensError,
  SilenceError,
} from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';

/**
 * The bus of nodes that live in one process. What is sent is heard a little later, as on a wire,
 * and everything in the order it was sent.
 */
export class LocalBusHub {
  readonly #clock: Clock;
  readonly #members = new Set<LocalBus>();
  #underway: (() => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The end of one node. */
  join(): Bus {
    const member = new LocalBus({
      clock: this.#clock,
      others: () => [...this.#members].filter((each) => each !== member),
      later: (delivery) => this.#later(delivery),
      leave: () => void this.#members.delete(member),
    });
    this.#members.add(member);
    return member;
  }

  #later(delivery: () => void): void {
    if (this.#underway.length === 0) this.#clock.soon(() => this.#deliver());
    this.#underway.push(delivery);
  }

  #deliver(): void {
    const underway = this.#underway;
    this.#underway = [];
    for (const delivery of underway) delivery();
  }
}

interface Membership {
  readonly clock: Clock;
  readonly others: () => readonly LocalBus[];
  readonly later: (delivery: () => void) => void;
  readonly leave: () => void;
}

class LocalBus implements Bus {
  readonly #membership: Membership;
  readonly #listeners = new Map<string, Set<Listener>>();
  #isUp = true;

  constructor(membership: Membership) {
    this.#membership = membership;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  publish(subject: string, bytes: Uint8Array): void {
    if (this.#isUp) this.#send(subject, bytes, () => {});
  }

  request(subject: string, bytes: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const { clock, later } = this.#membership;
      if (!this.#isUp) return reject(new BusDownError());
      const listeners = this.#send(subject, bytes, (response) => {
        timer.cancel();
        later(() => resolve(new Uint8Array(response)));
      });
      const silence = () => reject(new SilenceError(subject, timeoutMs));
      const timer = clock.after(timeoutMs, silence);
      if (listeners > 0) return;
      timer.cancel();
      reject(new NobodyListensError(subject));
    });
  }

  listen(subject: string, listener: Listener): Listening {
    const listeners = this.#listeners.get(subject) ?? new Set();
    this.#listeners.set(subject, listeners.add(listener));
    return {
      end: () => {
        listeners.delete(listener);
        if (listeners.size === 0) this.#listeners.delete(subject);
      },
    };
  }

  /** Nodes of one process have nothing between them that could break. */
  onChange(_heard: (isUp: boolean) => void): void {}

  async close(): Promise<void> {
    this.#isUp = false;
    this.#listeners.clear();
    this.#membership.leave();
  }

  hear(subject: string, bytes: Uint8Array, respond: (bytes: Uint8Array) => void): void {
    for (const listener of this.#listeners.get(subject) ?? []) listener(bytes, respond);
  }

  /** Returns how many others listen. */
  #send(subject: string, bytes: Uint8Array, respond: (bytes: Uint8Array) => void): number {
    const { others, later } = this.#membership;
    const listening = others().filter((each) => each.#listeners.has(subject));
    for (const other of listening) {
      const copy = new Uint8Array(bytes);
      later(() => other.hear(subject, copy, respond));
    }
    return listening.length;
  }
}
