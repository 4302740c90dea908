import type { CommandId, SubjectId } from '@ingressou/protocol';
import { Buyer } from './buyer.ts';
import { Caller, type Door } from './caller.ts';
import type { Fleet } from './fleet.ts';
import { Payments } from './payments.ts';
import { produce } from './producer.ts';
import { newId, type Stage, type StagedShow } from './stage.ts';
import type { World } from './world.ts';

/** Lets everybody who wants something of the shows begin: producers, buyers, watchers. */
export function enter(world: World, fleet: Fleet, stage: Stage): void {
  const random = world.random.fork('cast');
  const payments = new Payments(world, fleet);
  for (const show of stage.shows) void produce(world, fleet, stage, show);
  let subject = newId(world, random) as string as SubjectId;
  for (let number = 1; number <= world.knobs.buyers; number += 1) {
    if (random.chance(0.8)) subject = newId(world, random) as string as SubjectId;
    const name = `buyer ${number}`;
    void new Buyer({ world, fleet, stage, payments, name, subject }).live();
    void watch(world, fleet, stage, `watcher ${number}`, subject);
  }
}

/** When all is well, every show is asked for at every machine, by somebody who insists. */
export function examine(world: World, door: Door, shows: readonly StagedShow[]): void {
  for (const { event } of shows) {
    const caller = new Caller(world, door, 'examiner');
    const id = newId<CommandId>(world, caller.random);
    const [subject, hold] = [newId(world, caller.random) as string as SubjectId, id];
    void caller.insist(event, { type: 'extend', id, subject, hold });
  }
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
