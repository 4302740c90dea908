import type { NodeId } from '@ingressou/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CommandOf } from '../../src/domain/commands.ts';
import type { Delivery, History, Sight } from './history.ts';
import { audit, live } from './simulate.ts';
import type { Record } from './sql.ts';
import { World } from './world.ts';

/** Three processes, restarted as planned one after the other, and somebody who watches at each. */
const seed = 213;

/** A run that keeps every promise, and then a lie about it: the auditor must not believe it. */
describe('The auditor', () => {
  let world: World;
  let history: History;

  beforeEach(async () => {
    world = new World({ seed });
    ({ history } = world);
    await live(world);
  });

  const complaints = async (): Promise<string[]> => {
    const found = await Promise.all(shows().map((event) => audit(world, event)));
    return found.flat().map(({ sentence }) => sentence);
  };
  const shows = () => [...new Set(history.deliveries.map(({ event }) => event))];
  const journal = () => world.server.postgres.rows('journal') as Record[];
  const accepted = (type: Delivery['command']['type']): Delivery => {
    return history.deliveries.find(
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
    history.deliveries.push({ ...delivery, command: { ...delivery.command, id } as never });
    expect(await complaints()).toContainEqual(expect.stringContaining('knows nothing of it'));
  });

  it('notices a yes to another wish with the same id', async () => {
    const delivery = accepted('reserve');
    const command = { ...delivery.command, items: [] } as never;
    history.deliveries.push({ ...delivery, command });
    expect(await complaints()).toContainEqual(expect.stringContaining('something else was done'));
  });

  it('notices a deadline that was told wrong', async () => {
    const { answer } = accepted('reserve');
    Object.assign(answer!.value, { expiresAt: 1 });
    expect(await complaints()).toContainEqual(expect.stringContaining('the journal says'));
  });

  it('notices a no to what is done', async () => {
    const { command } = accepted('extend');
    for (const delivery of history.deliveries) {
      if (delivery.command !== command) continue;
      const value = { accepted: false, rejection: { reason: 'busy', retryAfterMs: 1 } } as const;
      delivery.answer = { order: 0, time: 0, value };
    }
    expect(await complaints()).toContainEqual(expect.stringContaining('told no, and yet'));
  });

  it('notices a no for a reason that was never true', async () => {
    const rejection = { reason: 'sale_not_open' } as const;
    const delivery = accepted('extend');
    const id = '00000000-0000-7000-8000-000000000000' as never;
    history.deliveries.push({
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
    const { deliveries } = history;
    const first = deliveries.find(({ answer }) => answer?.value.accepted)!;
    Object.assign(first, { sentOrder: Number.MAX_SAFE_INTEGER });
    expect(await complaints()).toContainEqual(expect.stringContaining('was answered first'));
  });

  it('notices a broadcast that was skipped', async () => {
    history.notices.splice(3, 1);
    expect(await complaints()).toContainEqual(expect.stringContaining('not after what it told'));
  });

  it('notices a reply that is wrong', async () => {
    const inquiry = history.inquiries.find(({ reply }) => {
      return reply?.value.accepted === true && reply.value.position > 5;
    })!;
    Object.assign(inquiry.reply!.value, { position: 1 });
    expect(await complaints()).toContainEqual(expect.stringContaining('a reply about'));
  });

  it('notices an order that is shown wrong', async () => {
    const inquiry = history.inquiries.find(({ question, reply }) => {
      return question.type === 'order' && reply?.value.accepted === true && reply.value.value;
    })!;
    Object.assign(inquiry.reply!.value, { value: null });
    expect(await complaints()).toContainEqual(expect.stringContaining('a reply about order'));
  });

  it('notices money that came to nothing', async () => {
    const [taken] = history.charges;
    history.charges.push({ ...taken!, charge: 'lost' });
    expect(await complaints()).toEqual([
      expect.stringContaining('the money of lost came to nothing'),
      expect.stringContaining('neither tickets nor on their way back'),
    ]);
  });

  it('notices money that was counted as less', async () => {
    const [taken] = history.charges;
    Object.assign(taken!, { amountCents: taken!.amountCents + 1 });
    expect(await complaints()).toContainEqual(expect.stringContaining('1 cents came in'));
  });

  it('notices a payment that was swallowed', async () => {
    const delivery = accepted('confirm_payment');
    const command = { ...delivery.command, charge: 'swallowed' } as never;
    history.deliveries.push({ ...delivery, command });
    expect(await complaints()).toContainEqual(expect.stringContaining('knows nothing of it'));
  });

  it('notices a yes that did nothing while there was something to do', async () => {
    const delivery = accepted('note_signed');
    const { order } = delivery.command as CommandOf<'note_signed'>;
    const command = { type: 'charge_back', charge: 'none', order } as const;
    const nowhere = { ...command, order: '00000000-0000-7000-8000-000000000000' } as never;
    history.deliveries.push({ ...delivery, command });
    expect(await complaints()).toEqual([]);
    history.deliveries.push({ ...delivery, command: nowhere });
    expect(await complaints()).toContainEqual(expect.stringContaining('yes, and nothing was done'));
  });

  it('notices a snapshot that is not what a replay gives', async () => {
    const [snapshot] = world.shelf.handedIn;
    Object.assign(snapshot!, { hash: new Uint8Array(32) });
    expect(await complaints()).toContainEqual(expect.stringContaining('not what a replay gives'));
  });

  it('notices somebody who speaks for a show that another one writes', async () => {
    const word = history.words.at(-1)!;
    history.words.push({ ...word, node: 'another node' as NodeId, process: 'the past' });
    expect(await complaints()).toContainEqual(expect.stringContaining('the past spoke when'));
  });

  it('forgives it if the clock of the database stepped just before, and only then', async () => {
    const word = history.words.at(-1)!;
    history.words.push({ ...word, node: 'another node' as NodeId });
    world.server.stepClock(3_600_000);
    expect(await complaints()).not.toEqual([]);
    history.words.push({ ...history.words.pop()!, time: world.scheduler.now });
    expect(await complaints()).toEqual([]);
  });

  it('notices a row of a time that nobody could have believed', async () => {
    const row = journal().at(-1)!;
    row.at = Number(row.at) + 20_000;
    expect(await complaints()).toContainEqual(expect.stringMatching(/row \d+ is of \d+\.\d+ s/));
  });

  it.each([
    ['busy', { reason: 'busy', retryAfterMs: 1 }],
    ['outcome_unknown', { reason: 'outcome_unknown', retryAfterMs: 1 }],
  ] as const)('notices that people were told %s where all was planned', async (_, rejection) => {
    const delivery = accepted('reserve');
    const answer = { ...delivery.answer!, value: { accepted: false, rejection } as const };
    history.deliveries.push({ ...delivery, answer });
    expect(await complaints()).toContainEqual(expect.stringContaining('by a planned move'));
  });

  it('notices that people were sent elsewhere', async () => {
    const delivery = accepted('reserve');
    const rejection = { reason: 'busy', retryAfterMs: 1 } as const;
    const value = { accepted: false, rejection, elsewhere: { node: undefined } } as const;
    history.deliveries.push({ ...delivery, answer: { ...delivery.answer!, value } });
    expect(await complaints()).toContainEqual(expect.stringContaining('was sent elsewhere'));
  });

  const lastSight = (): Sight => history.sights.findLast(({ process }) => isLiving(process))!;
  const isLiving = (process: string): boolean => history.living.has(process);

  it('notices a screen that shows what was never true', async () => {
    const sight = lastSight();
    const [lot] = sight.screen.available.keys();
    const screen = { ...sight.screen, available: new Map([[lot!, -1]]) };
    history.sights.push({ ...sight, screen });
    expect(await complaints()).toContainEqual(expect.stringContaining('than the journal has it'));
  });

  it('notices a screen that goes back in time', async () => {
    const sight = lastSight();
    const earlier = history.sights.find(({ event, screen }) => {
      return event === sight.event && screen.position < sight.screen.position;
    })!;
    history.sights.push({ ...sight, screen: earlier.screen });
    expect(await complaints()).toContainEqual(expect.stringMatching(/a screen .* went from/));
  });

  it('notices a screen that missed something', async () => {
    const sight = lastSight();
    history.sights.push({ ...sight, screen: { ...sight.screen, isTorn: true } });
    expect(await complaints()).toContainEqual(expect.stringContaining('missed what was in'));
  });

  it('notices a screen that does not follow', async () => {
    const { process, event } = lastSight();
    const [first] = history.sights.filter((sight) => {
      return sight.process === process && sight.event === event;
    });
    history.sights.splice(0, history.sights.length, first!);
    expect(await complaints()).toContainEqual(expect.stringContaining('did not show'));
  });

  it('notices facts that a node heard and the journal does not have', async () => {
    const hearing = history.hearings.at(-1)!;
    history.hearings.push({ ...hearing, committed: { ...hearing.committed, facts: [] } });
    expect(await complaints()).toContainEqual(expect.stringContaining('does not have then'));
  });
});
