import { describe, expect, it } from 'vitest';
import { Story } from '../../../test/setup/story.ts';
import { type Job, JobsUnavailableError } from '../../ports/jobs.ts';
import type { FollowedFacts } from '../follow/work.ts';
import { relaysTo } from './relay.ts';

// A house with a fee of 10 %: lot A has 5 places at R$ 100, lot F has 2 that cost nothing.
const house = ['create c 4 1000 30d', 'lot A 5', 'open o'];

/** What a story is, and the jobs of its facts: kind and what, in their order. */
const stories: readonly { story: string; rows: readonly string[]; jobs: readonly string[] }[] = [
  {
    story: 'a hold alone is nobody’s work',
    rows: ['reserve h1 ana A 2', 'extend x1 ana h1', 'wait 30m'],
    jobs: [],
  },
  {
    story: 'an order that is paid is signed, and the buyer hears of it twice',
    rows: ['reserve h1 ana A 2', 'checkout o1 ana h1', 'begin k1 o1', 'pay k1 o1', 'sign o1'],
    jobs: [
      'payment.create o1',
      'ticket.issue o1',
      'notification.email tickets_ready:o1',
      'notification.whatsapp tickets_ready:o1',
      'notification.webhook order.paid:o1',
      'notification.webhook tickets.issued:o1',
    ],
  },
  {
    story: 'a refused payment ends at the provider, too, and the next try is another order',
    rows: ['reserve h1 ana A 2', 'checkout o1 ana h1', 'fail k1 o1', 'checkout o2 ana h1'],
    jobs: [
      'payment.create o1',
      'payment.cancel o1',
      'payment.create o2',
      'notification.email payment_failed:o1',
    ],
  },
  {
    story: 'what nobody pays in time is asked for no more',
    rows: ['reserve h1 ana A 2', 'checkout o1 ana h1', 'wait 12m'],
    jobs: ['payment.create o1', 'payment.cancel o1'],
  },
  {
    story: 'what the buyer gives up is asked for no more',
    rows: ['reserve h1 ana A 2', 'checkout o1 ana h1', 'cancel x1 ana o1'],
    jobs: ['payment.create o1', 'payment.cancel o1', 'notification.webhook order.cancelled:o1'],
  },
  {
    story: 'tickets that are given back are money that goes back, and the buyer hears of both',
    rows: [
      ...['reserve h1 ana A 2', 'checkout o1 ana h1', 'pay k1 o1', 'refund r1 ana o1 2'],
      'back r1 o1',
    ],
    jobs: [
      'payment.create o1',
      'payment.refund r1',
      'ticket.issue o1',
      'notification.email refund_requested:r1',
      'notification.email refund_done:r1',
      'notification.webhook order.paid:o1',
      'notification.webhook tickets.issued:o1',
      'notification.webhook order.refunded:r1',
    ],
  },
  {
    story: 'money for an order that nobody knows goes back without a word',
    rows: ['pay k1 o9 5000', 'back stray:k1 o9'],
    jobs: ['payment.refund stray:k1', 'notification.webhook order.refunded:stray:k1'],
  },
  {
    story: 'a payment too much goes back, and the buyer hears when it is done',
    rows: [
      ...['reserve h1 ana A 1', 'checkout o1 ana h1', 'pay k1 o1', 'pay k2 o1 11000'],
      'back stray:k2 o1',
    ],
    jobs: [
      'payment.create o1',
      'payment.refund stray:k2',
      'ticket.issue o1',
      'notification.email refund_done:stray:k2',
      'notification.webhook order.paid:o1',
      'notification.webhook tickets.issued:o1',
      'notification.webhook order.refunded:stray:k2',
    ],
  },
  {
    story: 'what the bank takes back is told to partners',
    rows: ['reserve h1 ana A 1', 'checkout o1 ana h1', 'pay k1 o1', 'chargeback k1 o1'],
    jobs: [
      'payment.create o1',
      'ticket.issue o1',
      'notification.webhook order.paid:o1',
      'notification.webhook tickets.issued:o1',
      'notification.webhook order.charged_back:k1',
    ],
  },
  {
    story: 'a show that is cancelled gives everything back',
    rows: [
      ...['reserve h1 ana A 1', 'checkout o1 ana h1', 'pay k1 o1'],
      ...['reserve h2 bia A 1', 'checkout o2 bia h2', 'undo x1', 'wait 1m'],
    ],
    jobs: [
      'payment.create o1',
      'payment.create o2',
      'payment.refund cancelled:o1',
      'payment.cancel o2',
      'ticket.issue o1',
      'notification.email refund_requested:cancelled:o1',
      'notification.webhook order.paid:o1',
      'notification.webhook tickets.issued:o1',
      'notification.webhook order.cancelled:o2',
    ],
  },
];

function told(rows: readonly string[]): Story {
  const story = new Story();
  for (const row of [...house, ...rows]) story.tell(row);
  return story;
}

function pageOf({ state, facts }: Story, generation = 1): FollowedFacts {
  const numbered = facts.map((each, index) => ({ position: index + 1, ...each }));
  return { event: state.event, generation, from: 0, to: facts.length, facts: numbered };
}

async function jobsOf(story: Story, generation?: number): Promise<Job[]> {
  const published: Job[] = [];
  const relays = relaysTo({ publish: async (jobs) => void published.push(...jobs) });
  for (const relay of relays) await relay.take(pageOf(story, generation));
  return published;
}

/** `kind what`, with the names of the story in place of its ids. */
function named(story: Story, jobs: readonly Job[]): string[] {
  const names = ['o1', 'o2', 'o9', 'r1'].map((name) => [name, story.id(name) as string] as const);
  return jobs.map(({ id, kind }) => {
    const what = id.slice(`${kind}:${story.state.event}:1:`.length);
    return `${kind} ${names.reduce((text, [name, is]) => text.replaceAll(is, name), what)}`;
  });
}

describe('The relays', () => {
  it.each(stories)('$story', async ({ rows, jobs }) => {
    const story = told(rows);
    expect(named(story, await jobsOf(story))).toEqual(jobs);
  });

  it('carry what a payment needs', async () => {
    const story = told(['reserve h1 ana A 2', 'checkout o1 ana h1 card']);
    const [job] = await jobsOf(story);
    expect(job).toMatchObject({ kind: 'payment.create', event: story.state.event });
    expect(job!.body).toEqual({
      order: story.id('o1'),
      hold: story.id('h1'),
      subject: story.id('ana'),
      method: 'card',
      ticketsCents: 20_000,
      feeCents: 2_000,
      payBy: story.now + 10 * 60_000,
    });
  });

  it('carry plain values only', async () => {
    for (const { rows } of stories) {
      const jobs = await jobsOf(told(rows));
      expect(JSON.parse(JSON.stringify(jobs))).toEqual(jobs);
    }
  });

  it('name the same job the same, and another generation’s differently', async () => {
    const story = told(['reserve h1 ana A 2', 'checkout o1 ana h1', 'pay k1 o1', 'sign o1']);
    const idsOf = async (generation: number): Promise<string[]> => {
      return (await jobsOf(story, generation)).map(({ id }) => id);
    };
    const ids = await idsOf(1);
    expect(await idsOf(1)).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    const later = new Set(await idsOf(2));
    expect(ids.filter((id) => later.has(id))).toEqual([]);
  });

  it('say whether there was anything to do', async () => {
    const relays = relaysTo({ publish: async () => {} });
    const taken = async (story: Story): Promise<unknown[]> => {
      return Promise.all(relays.map((relay) => relay.take(pageOf(story))));
    };
    expect(await taken(told([]))).toEqual(['nothing', 'nothing', 'nothing', 'nothing']);
    const sold = told(['reserve h1 ana A 2', 'checkout o1 ana h1']);
    expect(await taken(sold)).toEqual(['done', 'nothing', 'nothing', 'nothing']);
  });

  it('do not say so when the broker refuses', async () => {
    const publish = () => Promise.reject(new JobsUnavailableError());
    const [payments] = relaysTo({ publish });
    const story = told(['reserve h1 ana A 2', 'checkout o1 ana h1']);
    await expect(payments!.take(pageOf(story))).rejects.toThrow(JobsUnavailableError);
  });

  it('publish no more than 500 jobs at once', async () => {
    const counts: number[] = [];
    const [payments] = relaysTo({ publish: async (jobs) => void counts.push(jobs.length) });
    const page = pageOf(told(['reserve h1 ana A 2', 'checkout o1 ana h1']));
    const facts = Array.from({ length: 1_201 }, () => page.facts.at(-1)!);
    await payments!.take({ ...page, facts });
    expect(counts).toEqual([500, 500, 201]);
  });
});

describe('An order that costs nothing', () => {
  it('never reaches the provider, neither when it is made nor when it is given back', async () => {
    const story = new Story();
    const rows = ['create c 4', 'lot F 2 0', 'open o', 'reserve h1 ana F 1', 'checkout o1 ana h1'];
    for (const row of [...rows, 'refund r1 ana o1']) story.tell(row);
    expect(story.facts.map(({ fact }) => fact.type)).toContain('refund_due');
    const kinds = (await jobsOf(story)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind.startsWith('payment.'))).toEqual([]);
    expect(kinds).toContain('ticket.issue');
  });
});
