import type { CommandId, EventId, HoldId, OrderId } from '@ingressou/protocol';
import type { Command } from '../../src/domain/commands.ts';
import { Caller } from './caller.ts';
import type { Fleet } from './fleet.ts';
import type { Random } from './random.ts';
import { newId, type Stage } from './stage.ts';
import type { World } from './world.ts';

/** How long word of something takes: sometimes longer than a hold lives. */
const quickMs = 2_000;
const slowMs = 14_000;

/** How long after its time is over money may still come. */
const lateMs = 3_000;

/** What may come of an order, and how often of a hundred. */
const fates = {
  paid: 42,
  refused: 14,
  short: 6,
  over: 6,
  double: 8,
  foreign: 3,
  twofold: 3,
  never: 18,
} as const;
type Fate = keyof typeof fates;

/** What is to be paid, and for what. */
export interface Bill {
  readonly event: EventId;
  readonly order: OrderId;
  readonly hold: HoldId;
  readonly amountCents: number;
  /** How long it can be paid, and a little. */
  readonly leftMs: number;
}

/**
 * Who takes buyers' money, somewhere else: too little, too much, twice, for what nobody knows or
 * wants any more. Word of it comes late, twice and out of order, but it comes.
 */
export class Provider {
  readonly #world: World;
  readonly #fleet: Fleet;
  readonly #stage: Stage;
  readonly #random: Random;
  /** Holds for which no card is good enough. */
  readonly #unlucky = new Set<HoldId>();
  #charges = 0;
  #words = 0;

  constructor(world: World, fleet: Fleet, stage: Stage) {
    this.#world = world;
    this.#fleet = fleet;
    this.#stage = stage;
    this.#random = world.random.fork('provider');
  }

  /** A buyer may pay this, or not. */
  bill(bill: Bill): void {
    const random = this.#random;
    const { event, order, amountCents } = bill;
    const charge = this.#newCharge();
    if (random.chance(0.85)) this.#tell(event, { type: 'begin_payment', charge, order });
    if (random.chance(0.12)) this.#unlucky.add(bill.hold);
    const isUnlucky = this.#unlucky.has(bill.hold);
    switch (isUnlucky ? 'refused' : this.#drawFate()) {
      case 'never':
        return;
      case 'paid':
        return this.#take(bill, charge);
      case 'refused': {
        const refusal = random.pick(['card_refused', 'provider_unavailable'] as const);
        const refused = { type: 'fail_payment', attempt: charge, order, refusal } as const;
        for (let copy = random.between(1, 2); copy > 0; copy -= 1) this.#tell(event, refused);
        if (!isUnlucky && random.chance(0.4))
          this.#take(bill, random.chance(0.5) ? charge : this.#newCharge());
        return;
      }
      case 'short':
        return this.#take({ ...bill, amountCents: random.between(1, amountCents - 1) }, charge);
      case 'over':
        return this.#take({ ...bill, amountCents: amountCents + random.between(1, 5_000) }, charge);
      case 'double':
        this.#take(bill, charge);
        return this.#take(bill, this.#newCharge());
      case 'foreign':
        return this.#take({ ...bill, order: newId<CommandId>(this.#world, random) }, charge);
      case 'twofold': {
        this.#take(bill, charge);
        const { id: other } = random.pick([{ id: order }, ...this.#stage.orders]);
        return this.#tell(event, { type: 'confirm_payment', charge, order: other, amountCents });
      }
    }
  }

  /** The bank of a buyer wants its money back. */
  chargeBack(event: EventId, order: OrderId, charge: string): void {
    for (let copy = this.#random.between(1, 2); copy > 0; copy -= 1) {
      this.#tell(event, { type: 'charge_back', charge, order });
    }
  }

  /** Gives money back, and says so. */
  giveBack(event: EventId, order: OrderId, refund: string): void {
    for (let copy = this.#random.pick([1, 1, 2]); copy > 0; copy -= 1) {
      this.#tell(event, { type: 'note_refunded', refund, order }, quickMs);
    }
  }

  #take({ event, order, amountCents, leftMs }: Bill, charge: string): void {
    const { history } = this.#world;
    history.charges.push({ event, charge, amountCents });
    const atLeastMs = this.#random.chance(0.2) ? leftMs : 0;
    const untilMs = atLeastMs + lateMs;
    for (let copy = this.#random.pick([1, 1, 1, 2, 3]); copy > 0; copy -= 1) {
      const word = { type: 'confirm_payment', charge, order, amountCents } as const;
      if (atLeastMs > 0) this.#tell(event, word, untilMs, atLeastMs);
      else this.#tell(event, word);
    }
  }

  #tell(event: EventId, command: Command, withinMs?: number, atLeastMs = 1): void {
    const ms = withinMs ?? (this.#random.chance(0.3) ? slowMs : quickMs);
    this.#words += 1;
    const caller = new Caller(this.#world, this.#fleet, `provider's word ${this.#words}`);
    void caller.insistIn(this.#random.between(atLeastMs, ms), event, command);
  }

  #newCharge(): string {
    this.#charges += 1;
    return `charge-${this.#charges}`;
  }

  #drawFate(): Fate {
    let left = this.#random.between(1, 100);
    for (const fate of Object.keys(fates) as Fate[]) {
      left -= fates[fate];
      if (left <= 0) return fate;
    }
    return 'never';
  }
}
