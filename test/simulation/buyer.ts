import type {
  CommandId,
  EventId,
  HoldId,
  Item,
  LotId,
  OrderId,
  SubjectId,
} from '@ingressou/protocol';
import { Caller } from './caller.ts';
import type { Fleet } from './fleet.ts';
import { newId, type Stage, type StagedShow } from './stage.ts';
import type { World } from './world.ts';

/** How long a buyer thinks between two steps. */
const thoughtMs = 800;
/** Ids that are refused for their time. */
const dayMs = 24 * 60 * 60 * 1000;

export interface BuyerOptions {
  readonly world: World;
  readonly fleet: Fleet;
  readonly stage: Stage;
  readonly name: string;
  /** Two windows of one person have the same. */
  readonly subject: SubjectId;
}

/** Reserves, changes their mind, orders or not; and now and then does what one must not. */
export class Buyer {
  readonly #options: BuyerOptions;
  readonly #caller: Caller;

  constructor(options: BuyerOptions) {
    this.#options = options;
    this.#caller = new Caller(options.world, options.fleet, options.name);
  }

  async live(): Promise<void> {
    const { world, stage } = this.#options;
    const { random } = this.#caller;
    const wishes = random.between(1, world.knobs.wishesMax);
    const isEarly = random.chance(0.2);
    for (let wish = 0; wish < wishes; wish += 1) {
      await this.#think();
      const show = random.pick(stage.shows);
      if (world.isCalm) return;
      if (isEarly || stage.ready.has(show.event)) await this.#wish(show);
      else wish -= 1;
    }
  }

  async #wish(show: StagedShow): Promise<void> {
    const { subject, stage, world } = this.#options;
    const { event } = show;
    const reserve = { type: 'reserve', id: this.#id(), subject, items: this.#items(show) } as const;
    const answer = await this.#caller.call(event, reserve);
    if (this.#happens(0.1)) await this.#misuse(show, reserve.id);
    if (!answer.accepted) return;
    stage.holds.push({ event, id: reserve.id });
    await this.#think();
    if (!world.isCalm) await this.#decide(show, reserve.id);
  }

  async #decide({ event }: StagedShow, hold: HoldId): Promise<void> {
    const { subject } = this.#options;
    const { random } = this.#caller;
    const change = (type: 'extend' | 'release') =>
      this.#caller.call(event, { type, id: this.#id(), subject, hold });
    if (random.chance(0.4)) await change('extend');
    if (this.#happens(0.1)) await change('extend');
    if (random.chance(0.65)) await this.#order(event, hold);
    if (this.#happens(0.25)) await change('release');
  }

  /** Whether it is paid is decided elsewhere; when that has failed, another try is worth it. */
  async #order(event: EventId, hold: HoldId): Promise<void> {
    const { world } = this.#options;
    const { random } = this.#caller;
    const tries = random.pick([1, 1, 1, 1, 2, 3, 6]);
    for (let count = 1; count <= tries && !world.isCalm; count += 1) {
      await this.#checkOut(event, hold);
      await world.sleep(random.between(1, count < tries ? 2_500 : thoughtMs));
    }
  }

  async #checkOut(event: EventId, hold: HoldId): Promise<void> {
    const { subject, stage } = this.#options;
    const method = this.#caller.random.pick(['pix', 'card'] as const);
    const checkout = { type: 'checkout', id: this.#id(), subject, hold, method } as const;
    const answer = await this.#caller.call(event, checkout);
    if (!answer.accepted) return;
    stage.orders.push({ event, id: checkout.id, subject });
    await this.#think();
    if (this.#happens(0.12)) await this.#cancel(event, checkout.id);
    if (this.#happens(0.1)) await this.#misuseOrder(event, checkout.id);
  }

  async #cancel(event: EventId, order: OrderId): Promise<void> {
    const { subject } = this.#options;
    const cancel = { type: 'cancel', id: this.#id(), subject, order } as const;
    await this.#caller.call(event, cancel);
    if (this.#happens(0.2)) await this.#caller.call(event, cancel);
  }

  /** Ids used twice, other people's orders. */
  async #misuseOrder(event: EventId, used: OrderId): Promise<void> {
    const { subject, stage } = this.#options;
    const { random } = this.#caller;
    const order = random.pick(stage.orders).id;
    const hold = random.pick(stage.holds).id;
    await this.#caller.call(
      event,
      random.pick([
        { type: 'cancel', id: used, subject, order },
        { type: 'cancel', id: this.#id(), subject, order },
        { type: 'refund', id: used, subject, order },
        { type: 'refund', id: this.#id(), subject, order },
        { type: 'checkout', id: used, subject, hold, method: 'pix' },
        { type: 'checkout', id: this.#id(), subject, hold, method: 'pix' },
      ]),
    );
  }

  /** Ids used twice, other people's holds. */
  async #misuse(show: StagedShow, used: CommandId): Promise<void> {
    const { subject, stage } = this.#options;
    const { random } = this.#caller;
    const { event } = show;
    const foreign = random.pick([...stage.holds.map(({ id }) => id), used]);
    const items = this.#items(show);
    const type = random.pick(['extend', 'release'] as const);
    await this.#caller.call(
      event,
      random.pick([
        { type: 'reserve', id: used, subject, items },
        { type, id: used, subject, hold: foreign },
        { type, id: this.#id(), subject, hold: foreign },
      ]),
    );
  }

  #items({ lots }: StagedShow): readonly Item[] {
    const { random } = this.#caller;
    const items = lots
      .filter(() => random.chance(0.6))
      .map((lot) => ({ lot, quantity: random.between(1, 3) }));
    if (random.chance(0.02)) return [{ lot: this.#id() as string as LotId, quantity: 1 }];
    return items.length > 0 ? items : [{ lot: random.pick(lots), quantity: 1 }];
  }

  #id(): CommandId {
    const { world } = this.#options;
    const { random } = this.#caller;
    const aheadMs = random.chance(0.03) ? random.pick([-2 * dayMs, dayMs]) : 0;
    return newId<CommandId>(world, random, aheadMs);
  }

  #think(): Promise<void> {
    return this.#options.world.sleep(this.#caller.random.between(1, thoughtMs));
  }

  /** Whether something that seldom happens does, while there is still time for it. */
  #happens(chance: number): boolean {
    return !this.#options.world.isCalm && this.#caller.random.chance(chance);
  }
}
