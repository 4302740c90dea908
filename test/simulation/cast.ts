import type { CommandId, SubjectId } from '@ingressou/protocol';
import type { Question } from '../../src/domain/questions.ts';
import { Buyer } from './buyer.ts';
import { Caller, type Door } from './caller.ts';
import type { Fleet } from './fleet.ts';
import { Office } from './office.ts';
import { produce } from './producer.ts';
import { Provider } from './provider.ts';
import { newId, type Stage, type StagedShow } from './stage.ts';
import type { World } from './world.ts';

/** Lets everybody who wants something of the shows begin: producers, buyers, workers, watchers. */
export function enter(world: World, fleet: Fleet, stage: Stage): void {
  const random = world.random.fork('cast');
  void new Office(world, fleet, new Provider(world, fleet, stage)).work();
  for (const show of stage.shows) void produce(world, fleet, stage, show);
  for (const show of stage.shows) void comeLate(world, fleet, stage, show);
  let subject = newId(world, random) as string as SubjectId;
  for (let number = 1; number <= world.knobs.buyers; number += 1) {
    if (random.chance(0.8)) subject = newId(world, random) as string as SubjectId;
    const name = `buyer ${number}`;
    void new Buyer({ world, fleet, stage, name, subject }).live();
    void watch(world, fleet, stage, `watcher ${number}`, subject);
  }
}

/** How long after the last of the others some still reserve, and until when they have an answer. */
const lateMs = 6_000;

/** Takes what has become free, in the name of those who had it. */
async function comeLate(
  world: World,
  fleet: Fleet,
  { orders }: Stage,
  { event, lots }: StagedShow,
): Promise<void> {
  const caller = new Caller(world, fleet, `latecomer ${world.trace.nameOf(event).at(-1)}`);
  const { random } = caller;
  await world.sleep(random.between(6_000, 10_000));
  while (world.scheduler.now < world.knobs.calmAtMs + lateMs) {
    const stranger = newId(world, random) as string as SubjectId;
    const known = orders.length > 0 ? random.pick(orders).subject : stranger;
    const subject = random.chance(0.5) ? known : stranger;
    const items = [{ lot: random.pick(lots), quantity: random.between(1, 4) }];
    await caller.call(event, { type: 'reserve', id: newId(world, random), subject, items });
    await world.sleep(random.between(100, 1_500));
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

/** Looks at shows, and at the holds and orders of one buyer, all the time. */
async function watch(
  world: World,
  fleet: Fleet,
  { shows, orders }: Stage,
  name: string,
  subject: SubjectId,
): Promise<void> {
  const caller = new Caller(world, fleet, name);
  const { random } = caller;
  while (!world.isCalm) {
    await world.sleep(random.between(50, 2_000));
    const { event } = random.pick(shows);
    const questions: Question[] = [
      { type: 'holds', subject },
      { type: 'orders', subject },
    ];
    const order = orders.length > 0 ? random.pick(orders).id : undefined;
    if (order !== undefined)
      questions.push({ type: 'order', order, subject }, { type: 'order', order });
    caller.ask(event, random.chance(0.4) ? { type: 'view' } : random.pick(questions));
  }
}
