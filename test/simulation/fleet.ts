import { type NodeId, uuid7 } from '@ingressou/protocol';
import { startOfTime } from './host.ts';
import { SimulatedProcess } from './process.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** How soon a process that died is started again. */
const restartMs = 1_000;
/** How long a process may be frozen, and after how long it is taken for dead and replaced. */
const freezeMs = 5_000;
const suspicionMs = 1_500;
/** How long one that was replaced while frozen may go on after its thaw. */
const afterlifeMs = 3_000;
const outageMs = 2_500;
/** Effects that a process still has before it dies in the middle of them. */
const lastEffectsMax = 8;

/** Whoever keeps the processes running, and whatever strikes them until the world is calm. */
export class Fleet {
  readonly #world: World;
  readonly #random: Random;
  readonly #slots: Slot[];
  /** Replaced, but not known to be dead. */
  readonly #ghosts = new Set<SimulatedProcess>();
  #starts = 0;

  constructor(world: World) {
    this.#world = world;
    this.#random = world.random.fork('fleet');
    this.#slots = Array.from({ length: world.knobs.nodes }, () => ({ process: this.#start() }));
    world.history.isOverlapping = world.knobs.nodes > 1;
  }

  /** The process that a message reaches now; undefined when nobody listens. */
  reached(): SimulatedProcess | undefined {
    const { process } = this.#random.pick(this.#slots);
    return process.isServing ? process : undefined;
  }

  /** The process that is left when the world has healed. */
  get survivor(): SimulatedProcess | undefined {
    return this.#slots[0]?.process;
  }

  /** Begins all that goes wrong in this run. */
  disturb(): void {
    const { crashEveryMs, freezeEveryMs, drainEveryMs, outageEveryMs } = this.#world.knobs;
    void this.#every(crashEveryMs, () => this.#crash(this.#random.pick(this.#slots)));
    void this.#every(freezeEveryMs, () => this.#freeze(this.#random.pick(this.#slots)));
    void this.#every(drainEveryMs, () => this.#drain(this.#random.pick(this.#slots)));
    void this.#every(outageEveryMs, () => this.#outage());
  }

  /** Leaves one healthy process and a healthy database. */
  heal(): void {
    this.#world.server.start();
    for (const ghost of this.#ghosts) ghost.host.die();
    const [first, ...others] = this.#slots;
    for (const { process } of others) process.host.die();
    this.#slots.length = 1;
    if (first === undefined) return;
    first.process.host.thaw();
    first.process.host.dieAfter(Number.POSITIVE_INFINITY);
    if (!first.process.isServing) first.process = this.#start();
  }

  #start(): SimulatedProcess {
    this.#starts += 1;
    const now = startOfTime + this.#world.scheduler.now;
    const node = uuid7<NodeId>(now, this.#random.bytes(10));
    const process = new SimulatedProcess(this.#world, node, `node ${this.#starts}`);
    this.#mistime(process);
    return process;
  }

  /** Sets a clock wrong, and a while later wrong in another way. */
  #mistime({ host }: SimulatedProcess): void {
    const { clockErrorMs } = this.#world.knobs;
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

  async #crash(slot: Slot): Promise<void> {
    const { process } = slot;
    if (this.#random.chance(0.5)) process.host.dieAfter(this.#random.between(0, lastEffectsMax));
    else process.host.die();
    await this.#world.sleep(this.#random.between(50, restartMs));
    if (this.#world.isCalm) return;
    process.host.die();
    this.#replace(slot, process);
  }

  /** A process that stops for long is taken for dead; when it thaws there are two. */
  async #freeze(slot: Slot): Promise<void> {
    const { process } = slot;
    const frozenMs = this.#random.between(200, freezeMs);
    process.host.freeze();
    this.#world.trace.note(process.name, `freezes for ${frozenMs} ms`);
    await this.#world.sleep(Math.min(frozenMs, suspicionMs));
    if (frozenMs > suspicionMs && !this.#world.isCalm) {
      this.#ghosts.add(process);
      this.#replace(slot, process);
      await this.#world.sleep(frozenMs - suspicionMs);
    }
    this.#thaw(process);
    if (!this.#ghosts.has(process)) return;
    await this.#world.sleep(this.#random.between(100, afterlifeMs));
    process.host.die();
  }

  #thaw(process: SimulatedProcess): void {
    if (process.host.isDead) return;
    if (this.#ghosts.has(process)) this.#world.history.isOverlapping = true;
    this.#world.trace.note(process.name, 'thaws');
    process.host.thaw();
  }

  /** Sometimes the next one starts while the old one still answers what it has. */
  async #drain(slot: Slot): Promise<void> {
    const { process } = slot;
    if (!process.isServing) return;
    const closed = process.close();
    this.#ghosts.add(process);
    if (this.#random.chance(0.5)) {
      this.#world.history.isOverlapping = true;
      this.#replace(slot, process);
    }
    await Promise.race([closed, this.#world.sleep(restartMs)]);
    process.host.die();
    this.#replace(slot, process);
  }

  async #outage(): Promise<void> {
    const { server } = this.#world;
    if (!server.isUp) return;
    server.stop();
    await this.#world.sleep(this.#random.between(50, outageMs));
    server.start();
  }

  /** Unless somebody has done so already, or nothing strikes any more. */
  #replace(slot: Slot, process: SimulatedProcess): void {
    if (slot.process === process && !this.#world.isCalm) slot.process = this.#start();
  }
}

interface Slot {
  process: SimulatedProcess;
}
