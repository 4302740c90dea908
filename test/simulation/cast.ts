import type { SubjectId } from '@ingressou/protocol';
import { Buyer } from './buyer.ts';
import { Caller } from './caller.ts';
import type { Fleet } from './fleet.ts';
import { Payments } from './payments.ts';
import { produce } from './producer.ts';
import { newId, Stage } from './stage.ts';
import type { World } from './world.ts';

/** Lets everybody who wants something of the shows begin: producers, buyers, watchers. */
export function enter(world: World, fleet: Fleet): Stage {
  const random = world.random.fork('cast');
  const stage = new Stage(world, random);
  const payments = new Payments(world, fleet);
  for (const show of stage.shows) void produce(world, fleet, stage, show);
  let subject = newId(world, random) as string as SubjectId;
  for (let number = 1; number <= world.knobs.buyers; number += 1) {
    if (random.chance(0.8)) subject = newId(world, random) as string as SubjectId;
    const name = `buyer ${number}`;
    void new Buyer({ world, fleet, stage, payments, name, subject }).live();
    void watch(world, fleet, stage, `watcher ${number}`, subject);
  }
  return stage;
}

/** Looks at shows, and at the holds of one buyer, all the time. */
async function watch(
  world: World,
  fleet: Fleet,
  { shows }: Stage,
  name: string,
  subject: SubjectId,
): Promise<void> {
  const caller = new Caller(world, fleet, name);
  const { random } = caller;
  while (!world.isCalm) {
    await world.sleep(random.between(50, 2_000));
    const { event } = random.pick(shows);
    caller.ask(event, random.chance(0.5) ? { type: 'view' } : { type: 'holds', subject });
  }
}
