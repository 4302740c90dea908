import { BusServer } from './bus-server.ts';
import { DatabaseServer } from './database-server.ts';
import { History } from './history.ts';
import { drawKnobs, type Knobs, type Trouble } from './knobs.ts';
import { Random } from './random.ts';
import { Scheduler } from './scheduler.ts';
import { Shelf } from './shelf.ts';
import { Trace } from './trace.ts';

/** A seed, and what is not left to it. */
export interface WorldOptions {
  readonly seed: number;
  /** How many processes serve; without it the seed draws the number. */
  readonly nodes?: number | undefined;
  /** What goes wrong; without it the seed draws that too. */
  readonly troubles?: readonly Trouble[] | undefined;
}

/** Everything outside the processes of one run: time, dice, faults, the disks and the record. */
export class World {
  readonly random: Random;
  readonly knobs: Knobs;
  readonly scheduler: Scheduler;
  readonly trace: Trace;
  readonly history = new History();
  readonly server: DatabaseServer;
  readonly bus: BusServer;
  readonly shelf: Shelf;
  readonly #luck: Random;
  readonly #atCalm: (() => void)[] = [];
  #isCalm = false;

  constructor({ seed, nodes, troubles }: WorldOptions) {
    this.random = new Random(seed);
    this.#luck = this.random.fork('luck');
    const drawn = drawKnobs(this.random.fork('knobs'), troubles);
    this.knobs = { ...drawn, nodes: nodes ?? drawn.nodes };
    this.scheduler = new Scheduler(this.random.fork('scheduler'));
    this.trace = new Trace(() => this.scheduler.now);
    this.server = new DatabaseServer(this);
    this.bus = new BusServer(this);
    this.shelf = new Shelf(this);
  }

  /** Whether nothing will go wrong any more. */
  get isCalm(): boolean {
    return this.#isCalm;
  }

  /** Whether things go wrong now. */
  get isRough(): boolean {
    return !this.#isCalm && this.scheduler.now >= this.knobs.roughAtMs;
  }

  /** From now on nothing goes wrong any more. */
  calm(): void {
    this.#isCalm = true;
    this.trace.note('world', 'is calm from now on');
    for (const task of this.#atCalm) task();
  }

  /** What a network that works again brings to light. */
  atCalm(task: () => void): void {
    this.#atCalm.push(task);
  }

  /** Whether a fault of this chance strikes now. */
  strikes(chance: number): boolean {
    return this.isRough && chance > 0 && this.#luck.chance(chance);
  }

  /** Whether something happens that is no fault. */
  happens(chance: number): boolean {
    return this.#luck.chance(chance);
  }

  /** How long something takes that takes `ms` at most, once in a while much longer. */
  delay(ms: number): number {
    if (!this.isRough) return this.#luck.between(0, 3);
    const isSlow = this.#luck.chance(0.02);
    return this.#luck.between(0, isSlow ? ms * 10 : ms);
  }

  pick<T>(list: readonly T[]): T {
    return this.#luck.pick(list);
  }

  between(min: number, max: number): number {
    return this.#luck.between(min, max);
  }

  /** A network between people and processes: `deliver` is called late, twice or never. */
  carry(deliver: () => void): void {
    const { messageLossChance, messageTwiceChance, messageMs } = this.knobs;
    const copies = this.strikes(messageTwiceChance) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      if (this.strikes(messageLossChance)) continue;
      this.scheduler.after(this.delay(messageMs), deliver);
    }
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.scheduler.after(ms, resolve);
    });
  }
}
