import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { simulate } from './simulate.ts';

/**
 * Goal: whatever fails, nothing is sold twice, no yes is lost, money that came in is tickets or
 * goes back, and nobody waits for ever.
 * `npm run simulate` looks at more seeds, and breaks the code to see that somebody notices.
 */

const groupSeeds = 25;
const groups = [1, 26, 51, 76, 101, 126, 151, 176].map((from) => {
  return { from, to: from + groupSeeds - 1 };
});

interface Found {
  readonly seed: number;
  readonly found: string;
}

describe('Whatever fails, every promise is kept', () => {
  const corpus = JSON.parse(
    readFileSync(new URL('./corpus.json', import.meta.url), 'utf8'),
  ) as readonly Found[];

  it.each(corpus)('in seed $seed, where once $found', async ({ seed }) => {
    await expectPromisesKept(seed);
  });

  it.each(groups)('in seeds $from to $to', async ({ from, to }) => {
    for (let seed = from; seed <= to; seed += 1) await expectPromisesKept(seed);
  });
});

describe('A simulation', () => {
  it('runs the same way every time', async () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const { hash } = await simulate({ seed });
      expect((await simulate({ seed })).hash, `seed ${seed}`).toBe(hash);
    }
  });

  it('meets everything that it is there for', async () => {
    let missed = sights;
    for (let seed = 1; seed <= 1_000 && missed.length > 0; seed += 1) {
      const timeline = (await simulate({ seed })).timeline.join('\n');
      missed = missed.filter((sight) => !sight.test(timeline));
    }
    expect(missed).toEqual([]);
    // Some sights take hundreds of seeds.
  }, 180_000);
});

/** What must be seen sooner or later, or the promises were not put to the test. */
const sights: readonly RegExp[] = [
  /journal_append: request lost/,
  /journal_append: reply lost/,
  /journal_append: request late/,
  /journal_append: server gone/,
  /journal_claim: reply lost/,
  /journal_read: reply lost/,
  /journal_append .* error 55P03/,
  /node \d+ +dies/,
  /node \d+ +freezes/,
  /node \d+ +thaws/,
  /node \d+ +is asked to stop/,
  /settles show [AB]: committed/,
  /settles show [AB]: absent/,
  /settles show [AB]: fenced/,
  /settles show [AB]: given_up/,
  /leaves show [AB]: fenced/,
  /leaves show [AB]: unsettled/,
  /leaves show [AB]: asleep/,
  /leaves show [AB]: drained/,
  /serves show [AB] epoch \d+ at \d+, from a snapshot/,
  /ignores a snapshot: ahead of the journal/,
  /ignores a snapshot: of another history/,
  /ignores a snapshot: another generation/,
  /ignores a snapshot: another schema/,
  /ignores a snapshot: at no row of the journal/,
  /yes, until/,
  /no, sold_out/,
  /no, purchase_limit/,
  /no, sale_not_open/,
  /no, id_reused/,
  /no, id_out_of_time/,
  /no, hold_not_found/,
  /no, hold_expired/,
  /no, hold_released/,
  /no, hold_paid/,
  /no, already_extended/,
  /no, order_open/,
  /no, order_not_found/,
  /no, order_not_pending/,
  /no, order_not_paid/,
  /no, too_many_checkouts/,
  /no, invalid_serials/,
  /no, refund_too_late/,
  /no, show_cancelled/,
  /reads of show [AB]: a late payment/,
  /reads of show [AB]: a refund, buyer/,
  /reads of show [AB]: a refund, producer/,
  /reads of show [AB]: a refund, show_cancelled/,
  /reads of show [AB]: a refund, late/,
  /reads of show [AB]: a refund, double/,
  /reads of show [AB]: a refund, excess/,
  /reads of show [AB]: a refund, short/,
  /reads of show [AB]: a refund, foreign/,
  /reads of show [AB]: tickets that a bank took back/,
  /reads of show [AB]: a ticket that went to another phone/,
  /reads of show [AB]: a ticket that was freed/,
  /no, ticket_bound/,
  /no, too_many_moves/,
  /no, busy/,
  /no, outcome_unknown/,
];

async function expectPromisesKept(seed: number): Promise<void> {
  const { violations } = await simulate({ seed });
  const sentences = violations.map(({ sentence }) => sentence);
  expect(sentences, `Repeat it with: npm run simulate -- --seed ${seed}`).toEqual([]);
}
