import type { EventId, OrderId } from '@ingressou/protocol';
import { Caller } from './caller.ts';
import type { Fleet } from './fleet.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** How long the provider takes: sometimes longer than a hold lives. */
const quickMs = 2_000;
const slowMs = 14_000;

/** The provider's webhooks: late, twice at the same time, for what is paid already. */
export class Payments {
  readonly #world: World;
  readonly #fleet: Fleet;
  readonly #random: Random;
  #charges = 0;

  constructor(world: World, fleet: Fleet) {
    this.#world = world;
    this.#fleet = fleet;
    this.#random = world.random.fork('payments');
  }

  /** Somebody pays for an order, somewhere else. */
  begin(event: EventId, order: OrderId): void {
    this.#charges += 1;
    const charge = `charge-${this.#charges}`;
    void this.#confirm(event, order, charge);
    if (this.#random.chance(0.2)) void this.#confirm(event, order, charge);
    if (this.#random.chance(0.1)) void this.#confirm(event, order, `${charge}-again`);
  }

  async #confirm(event: EventId, order: OrderId, charge: string): Promise<void> {
    const isSlow = this.#random.chance(0.3);
    await this.#world.sleep(this.#random.between(1, isSlow ? slowMs : quickMs));
    if (this.#world.isCalm) return;
    const caller = new Caller(this.#world, this.#fleet, `payment ${this.#random.between(1, 1e6)}`);
    await caller.call(event, { type: 'confirm_payment', charge, order, amountCents: 10_000 });
  }
}
