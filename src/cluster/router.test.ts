import type { EventId } from '@ingressou/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newId, type OpenShow, TestCluster, type TestMember } from '../../test/setup/cluster.ts';
import type { Answer } from '../ports/commands.ts';

// Nodes as they are, in one process: the wire can lose, the database is in memory, and time moves
// only when it is told to.

let cluster: TestCluster;
let clock: TestCluster['clock'];
let show: OpenShow;
let ana: TestMember;
let bia: TestMember;
let owner: TestMember;
/** The one that does not own the show. */
let other: TestMember;

beforeEach(async () => {
  cluster = new TestCluster();
  clock = cluster.clock;
  show = await cluster.openShow();
  [ana, bia] = [await cluster.join('ana'), await cluster.join('bia')];
  expect(await via(ana)).toBe('accepted');
  [owner, other] = (await cluster.ownerOf(show)) === ana.name ? [ana, bia] : [bia, ana];
});
afterEach(() => cluster.close());

describe('a command', () => {
  it('reaches the one owner of its show, from every node', async () => {
    const gateway = await cluster.join('gateway', { hasActors: false });
    for (const member of [ana, bia, gateway]) expect(await via(member)).toBe('accepted');
    const before = cluster.journal.locations;
    for (const member of [ana, bia, gateway]) expect(await via(member)).toBe('accepted');
    expect(cluster.journal.locations).toBe(before);
    expect(await cluster.ownerOf(show)).toBe(owner.name);
    expect((await cluster.journal.head(show.event))?.epoch).toBe(2);
    expect(owner.committed.flatMap(({ facts }) => facts).map(({ type }) => type)).toEqual([
      'owned',
      ...Array.from({ length: 7 }, () => 'reserved'),
    ]);
  });

  it('travels with the others of its pass, and they arrive in their order', async () => {
    other.frames.length = 0;
    const commands = Array.from({ length: 50 }, () => cluster.reserve(show));
    const answers = commands.map((command) => other.router.submit(show.event, command));
    expect(await outcomes(answers)).toEqual(commands.map(() => 'accepted'));
    expect(other.frames).toEqual(['50 received']);
    const ids = owner.committed
      .flatMap(({ facts }) => facts)
      .map((fact) => 'id' in fact && fact.id);
    expect(ids.slice(-50)).toEqual(commands.map(({ id }) => id));
  });

  it('that a rule refuses is refused with the reason of the owner', async () => {
    const refused = await clock.until(
      other.router.submit(show.event, cluster.reserve({ ...show, lot: newId(clock.now()) })),
    );
    expect(refused).toEqual({ accepted: false, rejection: { reason: 'lot_not_found' } });
  });

  it('for a show that does not exist is not found', async () => {
    const unknown = newId<EventId>(clock.now());
    const answer = other.router.submit(unknown, cluster.reserve(show));
    expect(await cluster.outcome(answer)).toBe('show_not_found');
  });

  it('is turned away when too many wait, and only then', async () => {
    const small = await cluster.join('small', { hasActors: false, lettersMax: 3 });
    expect(await via(small)).toBe('accepted');
    owner.freeze();
    const answers = Array.from({ length: 4 }, () => submit(small));
    expect(await cluster.outcome(answers[3]!)).toBe('busy');
    owner.thaw();
    expect(await outcomes(answers)).toEqual(['accepted', 'accepted', 'accepted', 'busy']);
  });

  it('is turned away when the node closes', async () => {
    owner.freeze();
    const answer = submit(other);
    await clock.settle();
    other.router.close();
    // It has gone out, and nobody knows what has become of it.
    expect(await cluster.outcome(answer)).toBe('outcome_unknown');
    expect(await via(other)).toBe('busy');
  });
});

describe('a show that moves', () => {
  it('takes its letters along: nobody hears of it', async () => {
    const answers = everywhere(10);
    const moved = owner.directory.release(show.event, other.node);
    answers.push(...everywhere(10));
    await clock.settle();
    answers.push(...everywhere(10));
    await clock.until(moved);
    answers.push(...everywhere(10));
    const told = await clock.until(Promise.all(answers));
    expect(told.every(({ accepted }) => accepted)).toBe(true);
    expect(await cluster.ownerOf(show)).toBe(other.name);
  });

  it('is found by those who remember the old owner, and nobody is told where', async () => {
    const gateway = await cluster.join('gateway', { hasActors: false });
    expect(await via(gateway)).toBe('accepted');
    other.bus.loses = /owners/;
    await clock.until(owner.directory.release(show.event, other.node));
    expect(await clock.until(other.directory.wake(show.event))).toBe(true);
    const refused = submit(gateway, 1_000);
    expect(await clock.until(refused)).toEqual({
      accepted: false,
      rejection: expect.objectContaining({ reason: expect.any(String) }),
    });
    expect(await via(gateway)).toBe('accepted');
    expect(await cluster.ownerOf(show)).toBe(other.name);
  });

  it('back and forth for ever is left to the clients', async () => {
    const never = async (): Promise<Answer> => {
      const rejection = { reason: 'busy', retryAfterMs: 1 } as const;
      return { accepted: false, rejection, elsewhere: { node: other.node } };
    };
    owner.directory.submit = never;
    const begunAt = clock.monotonic();
    expect(await via(other)).toBe('busy');
    expect(clock.monotonic() - begunAt).toBeLessThan(6_000);
    expect(other.frames.length).toBeLessThan(100);
  });
});

describe('an owner that dies', () => {
  it.each([
    ['is killed', (member: TestMember) => member.kill()],
    ['freezes', (member: TestMember) => member.freeze()],
  ])('%s: its show is served elsewhere within two seconds', async (_, dies) => {
    const [before] = everywhere(1);
    await clock.until(before!);
    const waiting = submit(other);
    await dies(owner);
    const diedAt = clock.monotonic();
    const answers = [waiting, ...Array.from({ length: 5 }, () => submit(other))];
    expect(await outcomes(answers)).toEqual(answers.map(() => 'accepted'));
    expect(clock.monotonic() - diedAt).toBeLessThan(2_000);
    expect(await cluster.ownerOf(show)).toBe(other.name);
    const epoch = (await cluster.journal.head(show.event))?.epoch;
    owner.thaw();
    await clock.advance(2_000);
    expect((await cluster.journal.head(show.event))?.epoch).toBe(epoch);
    expect(await via(other)).toBe('accepted');
  });

  it('is asked for nothing more, and the database is not asked much', async () => {
    await owner.kill();
    const before = cluster.journal.locations;
    const answers = Array.from({ length: 100 }, () => submit(other));
    await clock.until(Promise.all(answers));
    expect(cluster.journal.locations - before).toBeLessThan(10);
    expect(other.frames.filter((frame) => frame.endsWith('nobody'))).toHaveLength(1);
  });

  it.each([
    ['is killed', (member: TestMember) => member.kill()],
    ['freezes', (member: TestMember) => member.freeze()],
  ])('%s: what it had received is done once, elsewhere', async (_, dies) => {
    const command = cluster.reserve(show, 19);
    owner.bus.loses = /answers/;
    const answer = other.router.submit(show.event, command);
    await clock.advance(100);
    await dies(owner);
    const diedAt = clock.monotonic();
    expect(await cluster.outcome(answer)).toBe('accepted');
    expect(clock.monotonic() - diedAt).toBeLessThan(1_800);
    expect(await freeOf(other)).toBe(100 - 1 - 19);
  });

  it('is followed although its lease seems to run, once it has been silent for a whole one', async () => {
    cluster.leases.stretch(owner.node, 3_600_000);
    await owner.kill();
    await clock.advance(3_000);
    expect(await via(other)).toBe('accepted');
    expect(await cluster.ownerOf(show)).toBe(other.name);
  });

  it('and comes back has no say any more', async () => {
    owner.freeze();
    let answer = (_answer: Answer): void => {};
    other.directory.submit = () => new Promise((resolve) => (answer = resolve));
    const gateway = await cluster.join('gateway', { hasActors: false });
    const told: string[] = [];
    void submit(gateway).then(({ accepted }) => told.push(accepted ? 'yes' : 'no'));
    await clock.advance(1_800);
    owner.directory.submit = async () => ({ accepted: false, rejection: { reason: 'sealed' } });
    owner.thaw();
    await clock.advance(100);
    expect(told).toEqual([]);
    answer({ accepted: true });
    await clock.advance(100);
    expect(told).toEqual(['yes']);
  });
});

describe('an answer that is lost', () => {
  it('is asked for again, and it is the same answer', async () => {
    owner.bus.loses = /answers/;
    const command = cluster.reserve(show, 20);
    const first = other.router.submit(show.event, command);
    await clock.advance(1_000);
    owner.bus.loses = undefined;
    expect(await cluster.outcome(first)).toBe('accepted');
    expect(await freeOf(other)).toBe(100 - 1 - 20);
  });

  it('again and again leaves the outcome unknown, and a question unanswered', async () => {
    owner.bus.loses = /answers/;
    const command = submit(other);
    const question = other.router.ask(show.event, { type: 'view' });
    expect(await cluster.outcome(command)).toBe('outcome_unknown');
    expect(await clock.until(question)).toMatchObject({ rejection: { reason: 'busy' } });
    expect(clock.monotonic()).toBeLessThan(20_000);
  });
});

describe('an answer that is late', () => {
  it('is a no to the first copy, and says nothing about the second', async () => {
    const answers: ((answer: Answer) => void)[] = [];
    owner.directory.submit = () => new Promise((resolve) => answers.push(resolve));
    const told: string[] = [];
    void submit(other).then(({ accepted }) => told.push(accepted ? 'yes' : 'no'));
    await clock.advance(2_300);
    expect(answers).toHaveLength(2);
    answers[0]?.({ accepted: false, rejection: { reason: 'sealed' } });
    await clock.advance(50);
    expect(told).toEqual([]);
    answers[1]?.({ accepted: true });
    await clock.advance(50);
    expect(told).toEqual(['yes']);
  });

  it('is not known to a node that was frozen: it does not say that nothing was done', async () => {
    owner.bus.loses = /answers/;
    const answer = submit(other);
    await clock.settle();
    clock.jump(10_000);
    await clock.advance(200);
    expect(await cluster.outcome(answer)).toBe('outcome_unknown');
  });
});

describe('an owner that lives but cannot be reached', () => {
  const ways: [
    string,
    string,
    (bus: TestMember['bus']) => void,
    (bus: TestMember['bus']) => void,
  ][] = [
    ['is cut off', 'busy', (bus) => bus.fall(), (bus) => bus.rise()],
    ['is in a hole', 'outcome_unknown', (bus) => setHole(bus, true), (bus) => setHole(bus, false)],
  ];

  it.each(ways)('%s: waiting ends after a second, and then at once', async (_, told, cut, mend) => {
    cut(owner.bus);
    const begunAt = clock.monotonic();
    expect(await via(other)).toBe(told);
    expect(clock.monotonic() - begunAt).toBeLessThan(1_700);
    const secondAt = clock.monotonic();
    expect(await via(other)).toBe('busy');
    expect(clock.monotonic() - secondAt).toBeLessThan(300);
    expect(await cluster.ownerOf(show)).toBe(owner.name);
    mend(owner.bus);
    await clock.advance(200);
    expect(await via(other)).toBe('accepted');
    expect(await via(owner)).toBe('accepted');
  });

  it.each(ways)(
    '%s for a moment: nobody notices, and the order stays',
    async (_, _told, cut, mend) => {
      cut(owner.bus);
      const commands = Array.from({ length: 4 }, () => cluster.reserve(show));
      const answers: Promise<Answer>[] = [];
      for (const command of commands) {
        answers.push(other.router.submit(show.event, command));
        await clock.advance(80);
      }
      mend(owner.bus);
      expect(await outcomes(answers)).toEqual(commands.map(() => 'accepted'));
      const ids = owner.committed
        .flatMap(({ facts }) => facts)
        .map((fact) => 'id' in fact && fact.id);
      expect(ids.slice(-4)).toEqual(commands.map(({ id }) => id));
    },
  );

  it('for a moment loses its answers with it: they are asked for as soon as that is known', async () => {
    owner.bus.loses = /answers/;
    const told: boolean[] = [];
    const ask = () => void submit(other).then(({ accepted }) => told.push(accepted));
    ask();
    await clock.advance(50);
    owner.bus.fall();
    ask();
    await clock.advance(100);
    owner.bus.loses = undefined;
    owner.bus.rise();
    await clock.advance(700);
    expect(told).toEqual([true, true]);
  });
});

describe('without a bus', () => {
  it('a node goes on with its own shows, and says busy at once for those of others', async () => {
    for (const member of [ana, bia]) member.bus.fall();
    expect(await via(owner)).toBe('accepted');
    const begunAt = clock.monotonic();
    for (let count = 0; count < 3; count += 1) expect(await via(other)).toBe('busy');
    expect(clock.monotonic() - begunAt).toBeLessThan(50);
  });

  it('a node takes a show that nobody owns', async () => {
    for (const member of [ana, bia]) member.bus.fall();
    await owner.kill();
    await clock.advance(2_000);
    expect(await via(other)).toBe('accepted');
    expect(await cluster.ownerOf(show)).toBe(other.name);
  });
});

describe('without the database', () => {
  it('shows whose owner is known are served, others are busy', async () => {
    const unknown = await cluster.openShow();
    cluster.journal.isAway = true;
    expect(await via(other)).toBe('accepted');
    const answer = other.router.submit(unknown.event, cluster.reserve(unknown));
    expect(await cluster.outcome(answer)).toBe('busy');
  });
});

describe('a question', () => {
  it('is answered by the owner, from every node', async () => {
    const gateway = await cluster.join('gateway', { hasActors: false });
    for (const member of [ana, bia, gateway]) expect(await freeOf(member)).toBe(99);
  });

  it('about a show that nobody owns is read from its history, and claims nothing', async () => {
    const gateway = await cluster.join('gateway', { hasActors: false });
    const asleep = await cluster.openShow(7);
    ana.frames.length = 0;
    bia.frames.length = 0;
    for (const member of [ana, bia, gateway]) expect(await freeOf(member, asleep)).toBe(7);
    expect(await cluster.ownerOf(asleep)).toBeUndefined();
    expect([...ana.frames, ...bia.frames]).not.toContain('1 received');
  });
});

describe('nonsense on the bus', () => {
  it.each(['commands', 'answers'])('is dropped as %s, and said', async (subject) => {
    const address = `test.node.${owner.node}.${subject}`;
    for (const bytes of [[], [1, 2, 3], [0x92, 0x63, 0x01], [0x91, 0x01]]) {
      other.bus.publish(address, new Uint8Array(bytes));
    }
    await clock.settle();
    expect(owner.failures).toHaveLength(4);
    expect(await via(other)).toBe('accepted');
  });

  it('of another version gets no receipt', async () => {
    const address = `test.node.${owner.node}.commands`;
    const asked = other.bus.request(address, new Uint8Array([0x92, 0x63, 0x01]), 100);
    await expect(clock.until(asked)).rejects.toThrow('No response');
  });
});

function submit(member: TestMember, quantity = 1): Promise<Answer> {
  return member.router.submit(show.event, cluster.reserve(show, quantity));
}

function via(member: TestMember): Promise<string> {
  return cluster.outcome(submit(member));
}

/** So many commands from each node at once. */
function everywhere(count: number): Promise<Answer>[] {
  return Array.from({ length: count }, () => [submit(ana), submit(bia)]).flat();
}

function setHole(bus: TestMember['bus'], isInHole: boolean): void {
  bus.isInHole = isInHole;
}

async function outcomes(answers: readonly Promise<Answer>[]): Promise<string[]> {
  const told = await clock.until(Promise.all(answers));
  return told.map((answer) => (answer.accepted ? 'accepted' : answer.rejection.reason));
}

async function freeOf(member: TestMember, { event, lot } = show): Promise<number | undefined> {
  const reply = await clock.until(member.router.ask(event, { type: 'view' }));
  return reply.accepted ? reply.value.lots.get(lot)?.available : undefined;
}
