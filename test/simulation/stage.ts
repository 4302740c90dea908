import {
  type CommandId,
  type EventId,
  type HoldId,
  type LotId,
  type OrderId,
  type SubjectId,
  uuid7,
} from '@ingressou/protocol';
import { startOfTime } from './host.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** A show as everybody in the cast knows it. */
export interface StagedShow {
  readonly event: EventId;
  readonly lots: readonly LotId[];
  /** How long after its creation the sale opens; 0 opens it at once. */
  readonly opensInMs: number;
}

/** An order as its buyer knows it. */
export interface StagedOrder {
  readonly event: EventId;
  readonly id: OrderId;
  readonly subject: SubjectId;
}

/** What the cast of a run shares: the shows, and whose holds and orders one may meddle with. */
export class Stage {
  readonly shows: readonly StagedShow[];
  readonly holds: { readonly event: EventId; readonly id: HoldId }[] = [];
  readonly orders: StagedOrder[] = [];
  /** Shows that are on sale, as far as their producer knows. */
  readonly ready = new Set<EventId>();

  constructor(world: World) {
    const random = world.random.fork('stage');
    const show = (opensInMs: number, name: string): StagedShow => {
      const event = newId<EventId>(world, random);
      const lots = Array.from({ length: random.between(1, 3) }, () => newId<LotId>(world, random));
      world.trace.call(event, name);
      for (const [index, lot] of lots.entries()) world.trace.call(lot, `lot ${index + 1}`);
      world.server.postgres.addShow(event);
      return { event, lots, opensInMs };
    };
    this.shows = [show(0, 'show A'), show(random.between(200, 3_000), 'show B')];
  }
}

/** A UUIDv7 of now, or of so many milliseconds from now. */
export function newId<T extends CommandId | EventId | LotId>(
  { scheduler }: World,
  random: Random,
  aheadMs = 0,
): T {
  return uuid7<T & CommandId>(startOfTime + scheduler.now + aheadMs, random.bytes(10));
}
