import type { CommandId } from '@ingressou/protocol';
import type { Command } from '../../src/domain/commands.ts';
import { Caller } from './caller.ts';
import type { Fleet } from './fleet.ts';
import { startOfTime } from './host.ts';
import { newId, type Stage, type StagedShow } from './stage.ts';
import type { World } from './world.ts';

/** The shortest hold the domain allows, so that many end within one run. */
const holdMs = 10_000;

/** A time at which nobody may think better of it any more. */
const soonMs = 24 * 60 * 60 * 1000;

/** Puts a show on sale, pauses it for a moment now and then, and sometimes cancels it. */
export async function produce(
  world: World,
  fleet: Fleet,
  stage: Stage,
  show: StagedShow,
): Promise<void> {
  const caller = new Caller(world, fleet, `producer ${world.trace.nameOf(show.event).at(-1)}`);
  const { random } = caller;
  const id = (): CommandId => newId(world, random);
  const say = (command: Command) => caller.call(show.event, command);

  await say({
    type: 'create_show',
    id: id(),
    holdMs,
    extendMs: random.between(0, 5_000),
    limit: random.between(3, 8),
    payMs: random.between(1_000, 6_000),
    feeBasisPoints: random.pick([0, 1_000, 777]),
    ...(random.chance(0.2) && { startsAt: startOfTime + soonMs }),
    isRotating: true,
  });
  for (const lot of show.lots) {
    const quantity = random.between(2, 9);
    const priceCents = random.pick([10_000, 4_950, 3_333, 3_333, 0]);
    const names = { sector: 'Pista', name: '1º lote', priceCents };
    await say({ type: 'open_lot', id: lot, quantity, ...names });
  }
  const opensAt = startOfTime + world.scheduler.now + show.opensInMs;
  await say({ type: 'open_sale', id: id(), ...(show.opensInMs > 0 && { opensAt }) });
  stage.ready.add(show.event);

  const cancelsAt = random.chance(0.25) ? random.between(2_000, 12_000) : Number.POSITIVE_INFINITY;
  let isCancelled = false;
  while (!world.isCalm) {
    await world.sleep(random.between(1_000, 7_000));
    if (!world.isCalm && !isCancelled && world.scheduler.now > cancelsAt) {
      isCancelled = true;
      giveUp(world, fleet, stage, show);
      await say({ type: 'cancel_show', id: id() });
    }
    if (world.isCalm || random.chance(0.5)) continue;
    // Now and then with an id that somebody's hold has already: it must be refused.
    const used = stage.holds.at(-1)?.id;
    const pause = used !== undefined && random.chance(0.2) ? used : id();
    await say({ type: 'pause_sale', id: pause });
    await world.sleep(random.between(50, 500));
    await say({ type: 'open_sale', id: id() });
  }
}

/** Some have heard of it before, and give their orders up in the same moment. */
function giveUp(world: World, fleet: Fleet, { orders }: Stage, { event }: StagedShow): void {
  const mine = orders.filter((order) => order.event === event).slice(-5);
  for (const [index, { id: order, subject }] of mine.entries()) {
    const caller = new Caller(world, fleet, `quick buyer ${index + 1}`);
    const id = newId<CommandId>(world, caller.random);
    void caller.call(event, { type: 'cancel', id, subject, order });
  }
}
