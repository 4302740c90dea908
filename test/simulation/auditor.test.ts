import { beforeEach, describe, expect, it } from 'vitest';
import type { Delivery } from './history.ts';
import { audit, live } from './simulate.ts';
import type { Record } from './sql.ts';
import { World } from './world.ts';

/** A run that keeps every promise, and then a lie about it: the auditor must not believe it. */
describe('The auditor', () => {
  let world: World;

  beforeEach(async () => {
    world = new World(1);
    await live(world);
  });

  const complaints = async (): Promise<string[]> => {
    const found = await Promise.all(shows().map((event) => audit(world, event)));
    return found.flat().map(({ sentence }) => sentence);
  };
  const shows = () => [...new Set(world.history.deliveries.map(({ event }) => event))];
  const journal = () => world.server.postgres.rows('journal') as Record[];
  const accepted = (type: Delivery['command']['type']): Delivery => {
    return world.history.deliveries.find(
      ({ command, answer }) => command.type === type && answer?.value.accepted === true,
    )!;
  };

  it('has nothing to say about what really happened', async () => {
    expect(await complaints()).toEqual([]);
  });

  it('misses a row that is gone', async () => {
    journal().pop();
    expect(await complaints()).toContainEqual(expect.stringContaining('cannot be recovered'));
  });

  it('notices a row that was changed', async () => {
    const row = journal()[5]!;
    row.at = Number(row.at) + 1;
    expect(await complaints()).toContainEqual(expect.stringContaining('chain of hashes'));
  });

  it('notices a yes to what was never done', async () => {
    const delivery = accepted('reserve');
    const id = '00000000-0000-7000-8000-000000000000' as never;
    world.history.deliveries.push({ ...delivery, command: { ...delivery.command, id } as never });
    expect(await complaints()).toContainEqual(expect.stringContaining('knows nothing of it'));
  });

  it('notices a yes to another wish with the same id', async () => {
    const delivery = accepted('reserve');
    const command = { ...delivery.command, items: [] } as never;
    world.history.deliveries.push({ ...delivery, command });
    expect(await complaints()).toContainEqual(expect.stringContaining('something else was done'));
  });

  it('notices a deadline that was told wrong', async () => {
    const { answer } = accepted('reserve');
    Object.assign(answer!.value, { expiresAt: 1 });
    expect(await complaints()).toContainEqual(expect.stringContaining('the journal says'));
  });

  it('notices a no to what is done', async () => {
    const { command } = accepted('extend');
    for (const delivery of world.history.deliveries) {
      if (delivery.command !== command) continue;
      const value = { accepted: false, rejection: { reason: 'busy', retryAfterMs: 1 } } as const;
      delivery.answer = { order: 0, time: 0, value };
    }
    expect(await complaints()).toContainEqual(expect.stringContaining('told no, and yet'));
  });

  it('notices a no for a reason that was never true', async () => {
    const rejection = { reason: 'sale_not_open' } as const;
    const delivery = accepted('release');
    const id = '00000000-0000-7000-8000-000000000000' as never;
    world.history.deliveries.push({
      ...delivery,
      command: { ...delivery.command, id } as never,
      answer: { ...delivery.answer!, value: { accepted: false, rejection } },
    });
    expect(await complaints()).toContainEqual(expect.stringContaining('which was never true'));
  });

  it('notices an answer that left too early', async () => {
    const { answer } = accepted('reserve');
    Object.assign(answer!, { order: 0 });
    expect(await complaints()).toContainEqual(expect.stringContaining('before it was durable'));
  });

  it('notices that what was answered first stands second', async () => {
    const { deliveries } = world.history;
    const first = deliveries.find(({ answer }) => answer?.value.accepted)!;
    Object.assign(first, { sentOrder: Number.MAX_SAFE_INTEGER });
    expect(await complaints()).toContainEqual(expect.stringContaining('was answered first'));
  });

  it('notices a broadcast that was skipped', async () => {
    world.history.notices.splice(3, 1);
    expect(await complaints()).toContainEqual(expect.stringContaining('not after what it told'));
  });

  it('notices a reply that is wrong', async () => {
    const inquiry = world.history.inquiries.find(({ reply }) => {
      return reply?.value.accepted === true && reply.value.position > 5;
    })!;
    Object.assign(inquiry.reply!.value, { position: 1 });
    expect(await complaints()).toContainEqual(expect.stringContaining('a reply about'));
  });

  it('notices a snapshot that is not what a replay gives', async () => {
    const [snapshot] = world.shelf.handedIn;
    Object.assign(snapshot!, { hash: new Uint8Array(32) });
    expect(await complaints()).toContainEqual(expect.stringContaining('not what a replay gives'));
  });
});
