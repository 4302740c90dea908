import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenShow, TestCluster, type TestMember } from '../../test/setup/cluster.ts';
import type { Command } from '../domain/commands.ts';
import type { Question } from '../domain/questions.ts';

// Two nodes, one of which is a little newer and asks for what the owner has never heard of.

let cluster: TestCluster;
let clock: TestCluster['clock'];
let show: OpenShow;
let newer: TestMember;

beforeEach(async () => {
  cluster = new TestCluster();
  clock = cluster.clock;
  show = await cluster.openShow();
  await cluster.join('old');
  newer = await cluster.join('new', { hasActors: false });
  expect(await reserved()).toBe(true);
});
afterEach(() => cluster.close());

describe('what a node does not understand', () => {
  it.each(['choose_seat', 'toString', 'constructor'])(
    'like %s is answered busy, asked or wished, and reaches no turn',
    async (type) => {
      const before = await cluster.journal.head(show.event);
      const strange = { type, id: cluster.reserve(show).id };
      for (const answer of [
        newer.router.submit(show.event, strange as unknown as Command),
        newer.router.ask(show.event, strange as unknown as Question),
      ]) {
        expect(await clock.until(answer)).toEqual({
          accepted: false,
          rejection: { reason: 'busy', retryAfterMs: 250 },
        });
      }
      expect(await cluster.journal.head(show.event)).toEqual(before);
      expect(await reserved()).toBe(true);
    },
  );
});

async function reserved(): Promise<boolean> {
  const answer = newer.router.submit(show.event, cluster.reserve(show));
  return (await clock.until(answer)).accepted;
}
