import type { EventId } from '@ingressou/protocol';
import type { FactOf } from '../../src/domain/facts.ts';
import { Caller } from './caller.ts';
import type { Fleet } from './fleet.ts';
import { newId } from './stage.ts';
import type { World } from './world.ts';

/** How long people look at a phone before they do something with a ticket. */
const lookMs = 800;

/**
 * The phones of a run: some people take their tickets to one, and from there to another, more often
 * than they may; now and then the producer frees one. In many runs nobody does.
 */
export class Phones {
  readonly #world: World;
  readonly #fleet: Fleet;
  readonly #areUsed: boolean;
  #people = 0;

  constructor(world: World, fleet: Fleet) {
    this.#world = world;
    this.#fleet = fleet;
    this.#areUsed = world.random.fork('phones').chance(0.35);
  }

  /** Somebody has bought tickets. */
  see(event: EventId, tickets: FactOf<'tickets_issued'>): void {
    if (this.#areUsed && !this.#world.isCalm) void this.#use(event, tickets);
  }

  async #use(event: EventId, tickets: FactOf<'tickets_issued'>): Promise<void> {
    const { order, subject, from, count } = tickets;
    this.#people += 1;
    const caller = new Caller(this.#world, this.#fleet, `phone ${this.#people}`);
    const { random } = caller;
    const keys = [random.bytes(32), random.bytes(32)];
    for (let step = random.between(1, 14); step > 0 && !this.#world.isCalm; step -= 1) {
      await this.#world.sleep(random.between(1, lookMs));
      const id = newId<FactOf<'ticket_bound'>['id']>(this.#world, random);
      // Now and then of somebody else.
      const serial = random.chance(0.8) ? from : random.between(from, from + count);
      if (random.chance(0.1)) {
        await caller.call(event, { type: 'free_ticket', id, serial });
        continue;
      }
      const about = { order, subject, serial, holderKey: random.pick(keys) };
      await caller.call(event, { type: 'bind_ticket', id, ...about, mayMove: random.chance(0.8) });
    }
  }
}
