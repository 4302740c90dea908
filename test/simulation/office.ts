import type { EventId, OrderId, SubjectId } from '@ingressou/protocol';
import { unpack } from '@ingressou/protocol';
import type { Command } from '../../src/domain/commands.ts';
import type { Fact, FactOf } from '../../src/domain/facts.ts';
import { Caller } from './caller.ts';
import type { Fleet } from './fleet.ts';
import { Phones } from './phones.ts';
import type { Provider } from './provider.ts';
import type { Random } from './random.ts';
import { newId } from './stage.ts';
import type { World } from './world.ts';

/** How often it looks at what is durable. */
const lookMs = 800;
/** After so long somebody may want their money back. */
const regretMs = 4_000;

/**
 * The workers of the house, for whom every durable fact is there in its order: they bill orders,
 * sign tickets, give money back, and bring the wishes of those who think better of it.
 */
export class Office {
  readonly #world: World;
  readonly #fleet: Fleet;
  readonly #provider: Provider;
  readonly #random: Random;
  readonly #phones: Phones;
  readonly #charges = new Map<OrderId, string>();
  #read = 0;
  #letters = 0;

  constructor(world: World, fleet: Fleet, provider: Provider) {
    this.#world = world;
    this.#fleet = fleet;
    this.#provider = provider;
    this.#random = world.random.fork('office');
    this.#phones = new Phones(world, fleet);
  }

  async work(): Promise<void> {
    const { durables } = this.#world.history;
    for (;;) {
      await this.#world.sleep(this.#random.between(50, lookMs));
      for (; this.#read < durables.length; this.#read += 1) {
        const { event, position } = durables[this.#read]!;
        const { at, facts } = this.#rowAt(event, position);
        for (const fact of facts) this.#take(event, fact, at);
      }
    }
  }

  #rowAt(event: EventId, position: number): { at: number; facts: readonly Fact[] } {
    const rows = this.#world.server.postgres.rows('journal');
    const row = rows.find((each) => each.event_id === event && each.position === position);
    const facts = row === undefined ? [] : (unpack(row.facts as Uint8Array) as readonly Fact[]);
    return { at: Number(row?.at), facts };
  }

  #take(event: EventId, fact: Fact, at: number): void {
    switch (fact.type) {
      case 'checked_out': {
        const amountCents = fact.ticketsCents + fact.feeCents;
        const leftMs = fact.expiresAt - at;
        if (amountCents > 0)
          this.#provider.bill({ event, order: fact.id, hold: fact.hold, amountCents, leftMs });
        return;
      }
      case 'paid':
        if (fact.isLate) this.#see(event, `a late payment of ${fact.charge}`);
        this.#charges.set(fact.order, fact.charge);
        return;
      case 'tickets_issued':
        for (let copy = this.#random.pick([1, 1, 2]); copy > 0; copy -= 1) {
          this.#tell(event, { type: 'note_signed', order: fact.order });
        }
        if (!this.#world.isCalm && this.#random.chance(0.35)) void this.#regret(event, fact);
        this.#phones.see(event, fact);
        return;
      case 'refund_due':
        this.#see(event, `a refund, ${fact.why}`);
        if (fact.amountCents > 0) this.#provider.giveBack(event, fact.order, fact.id);
        return;
      case 'charged_back':
        return this.#see(event, 'tickets that a bank took back');
      case 'ticket_bound':
        if (fact.revision > 0) this.#see(event, 'a ticket that went to another phone');
        return;
      case 'ticket_freed':
        return this.#see(event, 'a ticket that was freed');
      case 'show_cancelled':
        return this.#see(event, 'that it is cancelled');
      default:
    }
  }

  /** A buyer, the producer or a bank wants it undone; some ask for what is not theirs. */
  async #regret(event: EventId, tickets: FactOf<'tickets_issued'>): Promise<void> {
    const random = this.#random;
    await this.#world.sleep(random.between(1, regretMs));
    if (this.#world.isCalm) return;
    const { order, subject } = tickets;
    const charge = this.#charges.get(order);
    if (charge !== undefined && random.chance(0.2)) {
      return this.#provider.chargeBack(event, order, charge);
    }
    const other = newId(this.#world, random) as string as SubjectId;
    const whose = random.chance(0.25) ? {} : { subject: random.chance(0.1) ? other : subject };
    const some = random.chance(0.5) ? {} : { serials: this.#some(tickets) };
    const id = newId<OrderId>(this.#world, random);
    this.#tell(event, { type: 'refund', id, order, ...whose, ...some });
    if (random.chance(0.3)) void this.#regret(event, tickets);
  }

  /** Of these tickets, or of those beside them. */
  #some({ from, count }: FactOf<'tickets_issued'>): number[] {
    const until = this.#random.chance(0.15) ? from + count : from + count - 1;
    const first = this.#random.between(from, until);
    return this.#random.chance(0.5) && first < until ? [first, first + 1] : [first];
  }

  #tell(event: EventId, command: Command): void {
    this.#letters += 1;
    const caller = new Caller(this.#world, this.#fleet, `office's letter ${this.#letters}`);
    void caller.insistIn(this.#random.between(1, lookMs), event, command);
  }

  #see(event: EventId, what: string): void {
    const { trace } = this.#world;
    trace.note('office', `reads of ${trace.nameOf(event)}: ${what}`);
  }
}
