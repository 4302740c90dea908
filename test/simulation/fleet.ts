import { type EventId, type NodeId, uuid7 } from '@ingressou/protocol';
import { type Line, startOfTime, type Way } from './host.ts';
import { SimulatedProcess } from './process.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** How soon a process that died is started again. */
const restartMs = 1_000;
/** How long a process may be frozen, and after how long it is taken for dead and replaced. */
const freezeMs = 5_000;
const suspicionMs = 1_500;
/** Just shorter and just longer than a lease runs. */
const nearLeaseMs = [900, 1_500] as const;
/** How long one that was replaced while frozen may go on after its thaw. */
const afterlifeMs = 3_000;
/** How long a process has served before others may be stopped because it is there. */
const readyMs = 1_000;
/** How long a process that was asked to stop is waited for. */
const graceMs = 8_000;
const outageMs = 2_500;
const cutMs = 5_000;
const isolationMs = [1_000, 2_500] as const;
/** Effects that a process still has before it dies in the middle of them. */
const lastEffectsMax = 8;

const allWays: readonly Way[] = ['out', 'in'];
const someWays: readonly (readonly Way[])[] = [allWays, allWays, ['out'], ['in']];

/** Whoever keeps the processes running, and whatever strikes them until the world is calm. */
export class Fleet {
  readonly #world: World;
  readonly #random: Random;
  readonly #shows: readonly EventId[];
  readonly #slots: readonly Slot[];
  /** Replaced, but not known to be dead. */
  readonly #ghosts = new Set<SimulatedProcess>();
  #starts = 0;

  constructor(world: World, shows: readonly EventId[]) {
    this.#world = world;
    this.#shows = shows;
    this.#random = world.random.fork('fleet');
    this.#slots = Array.from({ length: world.knobs.nodes }, (_, index) => {
      return { name: `machine ${index + 1}`, process: undefined };
    });
    for (const slot of this.#slots) {
      const isLast = slot === this.#slots.at(-1) && this.#slots.length > 1;
      if (isLast) world.scheduler.after(world.knobs.joinAtMs, () => this.#start(slot));
      else this.#start(slot);
    }
  }

  /** The process that a message reaches now; undefined when nobody listens. */
  reached(): SimulatedProcess | undefined {
    const healthy = this.#slots.filter(({ process }) => process?.host.isWell);
    const isBalanced = this.#world.knobs.isBalanced && healthy.length > 0;
    return this.#serving(this.#random.pick(isBalanced ? healthy : this.#slots).process);
  }

  /** Somebody who is at every machine, one after the other. */
  get doors(): readonly (() => SimulatedProcess | undefined)[] {
    return this.#slots.map((slot) => () => this.#serving(slot.process));
  }

  /** Names of the processes that live. */
  get living(): ReadonlySet<string> {
    const processes = [...this.#slots.map(({ process }) => process), ...this.#ghosts];
    const living = processes.filter((process) => process?.host.isDead === false);
    return new Set(living.map((process) => process?.name ?? ''));
  }

  /** Begins all that goes wrong in this run. */
  disturb(): void {
    const { knobs } = this.#world;
    const slot = () => this.#random.pick(this.#slots);
    void this.#every(knobs.crashEveryMs, () => this.#crashSome());
    void this.#every(knobs.freezeEveryMs, () => this.#freeze(slot()));
    void this.#every(knobs.drainEveryMs, () => this.#drain(slot()));
    void this.#every(knobs.cutEveryMs, () => this.#cut(slot()));
    void this.#every(knobs.isolateEveryMs, () => this.#isolate(slot()));
    void this.#every(knobs.pinEveryMs, () => this.#pin(this.#random.pick(this.#shows)));
    void this.#every(knobs.outageEveryMs, () => this.#outage(this.#world.server));
    void this.#every(knobs.busOutageEveryMs, () => this.#outage(this.#world.bus));
    if (knobs.databaseStepMs === 0) return;
    void this.#every(knobs.databaseStepEveryMs, () => this.#stepClock(slot()));
  }

  /** Nothing is broken any more, and whoever is dead comes back. */
  heal(): void {
    this.#world.server.start();
    this.#world.bus.start();
    const { isOnlyDrained } = this.#world.knobs;
    if (!isOnlyDrained) for (const ghost of this.#ghosts) ghost.host.die();
    for (const { process } of this.#slots) {
      if (process === undefined) continue;
      process.host.cut('database', []);
      process.host.cut('bus', []);
      process.host.dieAfter(Number.POSITIVE_INFINITY);
      process.host.thaw();
    }
  }

  #serving(process: SimulatedProcess | undefined): SimulatedProcess | undefined {
    return process?.isServing ? process : undefined;
  }

  /** Whoever dies is started again. */
  #start(slot: Slot): void {
    this.#starts += 1;
    const { scheduler } = this.#world;
    const node = uuid7<NodeId>(startOfTime + scheduler.now, this.#random.bytes(10));
    const process = new SimulatedProcess(this.#world, {
      node,
      name: `node ${this.#starts}`,
      machine: slot.name,
      shows: this.#shows,
    });
    slot.process = process;
    this.#mistime(process);
    process.host.atDeath(() => {
      this.#ghosts.delete(process);
      scheduler.after(this.#random.between(50, restartMs), () => this.#replace(slot, process));
    });
    void process.open();
  }

  /** Unless somebody has done so already. */
  #replace(slot: Slot, process: SimulatedProcess): void {
    if (slot.process === process) this.#start(slot);
  }

  /** Sets a clock wrong, and a while later wrong in another way. */
  #mistime({ host }: SimulatedProcess): void {
    const { clockErrorMs, paceErrorPerMille } = this.#world.knobs;
    host.pace = 1 + this.#random.between(-paceErrorPerMille, paceErrorPerMille) / 1_000;
    host.clockErrorMs = this.#random.between(-clockErrorMs, clockErrorMs);
    host.after(this.#random.between(1_000, 6_000), () => {
      host.clockErrorMs = this.#random.between(-clockErrorMs, clockErrorMs);
    });
  }

  async #every(ms: number, strike: () => unknown): Promise<void> {
    await this.#world.sleep(this.#world.knobs.roughAtMs);
    while (ms > 0) {
      await this.#world.sleep(this.#random.between(ms / 2, ms * 1.5));
      if (this.#world.isCalm) return;
      strike();
    }
  }

  #crashSome(): void {
    const isBurst = this.#random.chance(this.#world.knobs.burstChance);
    const slots = isBurst ? this.#slots : [this.#random.pick(this.#slots)];
    for (const { process } of slots) if (process !== undefined) void this.#crash(process);
  }

  async #crash({ host }: SimulatedProcess): Promise<void> {
    if (this.#random.chance(0.5)) return host.die();
    host.dieAfter(this.#random.between(0, lastEffectsMax));
    await this.#world.sleep(this.#random.between(50, restartMs));
    if (!this.#world.isCalm) host.die();
  }

  /** A process that stops for long is taken for dead; when it thaws there are two. */
  async #freeze(slot: Slot): Promise<void> {
    const { process } = slot;
    if (process === undefined) return;
    const isNear = this.#random.chance(0.3);
    const frozenMs = isNear
      ? this.#random.between(...nearLeaseMs)
      : this.#random.between(200, freezeMs);
    process.host.freeze();
    this.#world.trace.note(process.name, `freezes for ${frozenMs} ms`);
    await this.#world.sleep(Math.min(frozenMs, suspicionMs));
    const isReplaced = frozenMs > suspicionMs && this.#random.chance(0.5);
    if (isReplaced && !this.#world.isCalm) this.#haunt(slot, process);
    await this.#world.sleep(Math.max(0, frozenMs - suspicionMs));
    if (process.host.isDead) return;
    this.#world.trace.note(process.name, 'thaws');
    process.host.thaw();
    if (!this.#ghosts.has(process)) return;
    await this.#world.sleep(this.#random.between(100, afterlifeMs));
    process.host.die();
  }

  /** Sometimes the next one starts while the old one still gives away what it has. */
  async #drain(slot: Slot): Promise<void> {
    const { process } = slot;
    if (!process?.isServing || !this.#mayStop(process)) return;
    const isOverlapping = this.#random.chance(0.5);
    void process.close();
    if (isOverlapping) this.#haunt(slot, process);
    if (this.#world.knobs.isOnlyDrained) return;
    await this.#world.sleep(this.#random.between(graceMs / 8, graceMs));
    process.host.die();
  }

  /** Who restarts one machine after the other looks first whether the others are there. */
  #mayStop(process: SimulatedProcess): boolean {
    const isThere = (other: Slot) =>
      other.process !== process && other.process?.hasServedFor(readyMs) === true;
    return !this.#world.knobs.isOnlyDrained || this.#slots.some(isThere);
  }

  /** Somebody else takes its place while it may still live. */
  #haunt(slot: Slot, process: SimulatedProcess): void {
    if (slot.process !== process || process.host.isDead) return;
    this.#ghosts.add(process);
    this.#start(slot);
  }

  async #cut({ process }: Slot): Promise<void> {
    const line = this.#random.pick<Line>(['database', 'bus']);
    const ways = this.#random.pick(someWays);
    if (process !== undefined) await this.#sever(process, [line], ways, [200, cutMs]);
  }

  async #isolate({ process }: Slot): Promise<void> {
    if (process !== undefined)
      await this.#sever(process, ['database', 'bus'], allWays, isolationMs);
  }

  async #sever(
    { host, name }: SimulatedProcess,
    lines: readonly Line[],
    ways: readonly Way[],
    [minMs, maxMs]: readonly [number, number],
  ): Promise<void> {
    const what = lines.join(' and the ');
    for (const line of lines) host.cut(line, ways);
    this.#world.trace.note(name, `loses the ${what}, ${ways.join(' and ')}`);
    await this.#world.sleep(this.#random.between(minMs, maxMs));
    for (const line of lines) host.cut(line, []);
    this.#world.trace.note(name, `has the ${what} again`);
  }

  #pin(event: EventId): void {
    const name = this.#random.chance(0.3) ? undefined : this.#random.pick(this.#slots).name;
    this.#world.server.postgres.pin(event, name, this.#random.chance(0.3));
    const place = name === undefined ? 'anywhere' : `on ${name}`;
    this.#world.trace.note('operator', `wants ${this.#world.trace.nameOf(event)} ${place}`);
  }

  /** Sometimes the machine that is moved or suspended is that of a process too. */
  #stepClock(slot: Slot): void {
    const { server, knobs } = this.#world;
    if (this.#random.chance(0.3) && slot.process !== undefined) void this.#crash(slot.process);
    else if (this.#random.chance(0.3)) void this.#freeze(slot);
    server.stepClock(this.#random.pick([1, -1, -1]) * knobs.databaseStepMs);
  }

  async #outage(server: World['server'] | World['bus']): Promise<void> {
    if (!server.isUp) return;
    server.stop();
    await this.#world.sleep(this.#random.between(50, outageMs));
    server.start();
  }
}

interface Slot {
  readonly name: string;
  process: SimulatedProcess | undefined;
}
