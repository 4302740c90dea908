import {
  type Bus,
  BusDownError,
  type Listener,
  type Listening,
  NobodyListensError,
  SilenceError,
} from '../../src/ports/bus.ts';
import type { Host } from './host.ts';
import type { World } from './world.ts';

/** How late somebody notices that the bus is out of reach: at once, or only by its pings. */
const noticesMs = [20, 20, 1_000, 4_500] as const;
const reconnectMs = 250;
/** How long the bus may take a dead process for a listener. */
const ghostsMs = [0, 0, 0, 1_000, 4_000] as const;

/**
 * The machine of the bus: passes on what comes in, to whoever listens then, and keeps nothing. A
 * message may be lost on the way to each listener; those that arrive are in their sender's order.
 */
export class BusServer {
  readonly #world: World;
  readonly #members = new Set<SimulatedBus>();
  #isUp = true;

  constructor(world: World) {
    this.#world = world;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** The end of one process. */
  join(host: Host, name: string): Bus {
    const member = new SimulatedBus({ world: this.#world, server: this, host, name });
    this.#members.add(member);
    host.atDeath(() => {
      this.#world.scheduler.after(this.#world.pick(ghostsMs), () => this.leave(member));
    });
    return member;
  }

  leave(member: SimulatedBus): void {
    this.#members.delete(member);
  }

  stop(): void {
    this.#isUp = false;
    this.#world.trace.note('bus', 'stops');
    for (const member of this.#members) member.onLine();
  }

  start(): void {
    if (this.#isUp) return;
    this.#isUp = true;
    this.#world.trace.note('bus', 'starts');
    for (const member of this.#members) member.onLine();
  }

  /** Returns how many others listen now, whether or not they will hear it. */
  pass(from: SimulatedBus, subject: string, bytes: Uint8Array, respond: Respond): number {
    if (!this.#isUp || from.isCut('out')) return unheard;
    const listening = [...this.#members].filter((to) => to !== from && to.listensTo(subject));
    for (const to of listening) this.#carry(from, to, () => to.hear(subject, bytes, respond));
    return listening.length;
  }

  /** A response goes back the same way. */
  respond(from: SimulatedBus, to: SimulatedBus, heard: () => void): void {
    if (this.#isUp && !from.isCut('out')) this.#carry(from, to, heard);
  }

  /** Each arrival takes what was sent first, so that no delay changes the order. */
  #carry(from: SimulatedBus, to: SimulatedBus, heard: () => void): void {
    const { scheduler, knobs } = this.#world;
    if (this.#world.strikes(knobs.busLossChance)) return;
    const underway = to.underwayFrom(from);
    underway.push(heard);
    scheduler.after(this.#world.delay(knobs.busMs), () => {
      to.enter(() => {
        const first = underway.shift();
        if (this.#isUp && !to.isCut('in')) first?.();
      });
    });
  }
}

type Respond = (from: SimulatedBus, bytes: Uint8Array) => void;
/** So many listen if the bus itself did not hear the question. */
const unheard = 1;

interface Membership {
  readonly world: World;
  readonly server: BusServer;
  readonly host: Host;
  readonly name: string;
}

class SimulatedBus implements Bus {
  readonly #membership: Membership;
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #underway = new Map<SimulatedBus, (() => void)[]>();
  readonly #onChange: ((isUp: boolean) => void)[] = [];
  #isUp = true;
  #isClosed = false;

  constructor(membership: Membership) {
    this.#membership = membership;
    this.#isUp = this.#isReached;
    membership.host.atCut((line) => {
      if (line === 'bus') this.onLine();
    });
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  publish(subject: string, bytes: Uint8Array): void {
    if (!this.#isUp) return;
    const { host, server } = this.#membership;
    host.emit(() => server.pass(this, subject, bytes, () => {}));
  }

  request(subject: string, bytes: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      if (!this.#isUp) return reject(new BusDownError());
      const { host, server, world } = this.#membership;
      const timer = host.after(timeoutMs, () => reject(new SilenceError(subject, timeoutMs)));
      const end = (tell: () => void) => () => {
        timer.cancel();
        tell();
      };
      host.emit(() => {
        const listening = server.pass(this, subject, bytes, (from, response) => {
          server.respond(
            from,
            this,
            end(() => resolve(Uint8Array.from(response))),
          );
        });
        if (listening > 0) return;
        const nobody = end(() => reject(new NobodyListensError(subject)));
        world.scheduler.after(world.delay(world.knobs.busMs), () => host.enter(nobody));
      });
    });
  }

  listen(subject: string, listener: Listener): Listening {
    const listeners = this.#listeners.get(subject) ?? new Set();
    this.#listeners.set(subject, listeners.add(listener));
    return { end: () => void listeners.delete(listener) };
  }

  onChange(heard: (isUp: boolean) => void): void {
    this.#onChange.push(heard);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#isUp = false;
    this.#listeners.clear();
    this.#membership.server.leave(this);
  }

  isCut(way: 'out' | 'in'): boolean {
    return this.#isClosed || this.#membership.host.isCut('bus', way);
  }

  listensTo(subject: string): boolean {
    return (this.#listeners.get(subject)?.size ?? 0) > 0;
  }

  underwayFrom(sender: SimulatedBus): (() => void)[] {
    const underway = this.#underway.get(sender) ?? [];
    this.#underway.set(sender, underway);
    return underway;
  }

  enter(task: () => void): void {
    this.#membership.host.enter(task);
  }

  hear(subject: string, bytes: Uint8Array, respond: Respond): void {
    const { host } = this.#membership;
    for (const listener of this.#listeners.get(subject) ?? []) {
      listener(Uint8Array.from(bytes), (response) => host.emit(() => respond(this, response)));
    }
  }

  /** The line or the bus itself came or went: sooner or later that is noticed. */
  onLine(): void {
    const { world, host } = this.#membership;
    const delayMs = this.#isReached ? reconnectMs : world.pick(noticesMs);
    world.scheduler.after(delayMs, () => host.enter(() => this.#notice()));
  }

  get #isReached(): boolean {
    const { server, host } = this.#membership;
    return server.isUp && !host.isCut('bus', 'out') && !host.isCut('bus', 'in');
  }

  #notice(): void {
    const isUp = this.#isReached;
    if (this.#isClosed || isUp === this.#isUp) return;
    this.#isUp = isUp;
    const { world, name } = this.#membership;
    world.trace.note(name, isUp ? 'reaches the bus again' : 'notices that the bus is away');
    for (const heard of this.#onChange) heard(isUp);
  }
}
