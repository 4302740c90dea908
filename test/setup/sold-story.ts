import type { EventId } from '@ingressou/protocol';
import type { FollowedFacts } from '../../src/workers/follow/work.ts';
import { Story } from './story.ts';

/** A house with a fee of 10 %: lot A has 6 places at R$ 100, lot B has 4 at R$ 50. */
const house = ['create c 6 1000 30d', 'lot A 6', 'lot B 4 5000', 'open o'];

/**
 * Everything that can happen to orders, money and tickets. `who` is the buyer whose orders can be
 * looked for: give one that no other test uses where databases are shared.
 */
export function soldStory(who = 'ana'): Story {
  return told([
    // Paid, signed, and half of it given back.
    ...[
      `reserve h1 ${who} A 2 B 1`,
      `checkout o1 ${who} h1`,
      'begin k1 o1',
      'pay k1 o1',
      'sign o1',
    ],
    ...[`refund r1 ${who} o1 1 3`, 'back r1 o1'],
    // Refused, tried again, given up.
    ...[`reserve h2 ${who} A 1`, `checkout o2 ${who} h2 card`, 'fail t1 o2'],
    ...[`checkout o3 ${who} h2`, `cancel x3 ${who} o3`],
    // Paid late, twice, too much, too little, and by nobody known.
    ...['reserve h4 bia A 1', 'checkout o4 bia h4', 'wait 13m', 'pay k4 o4', 'pay k5 o4 11000'],
    ...['reserve h5 caio B 1', 'checkout o5 caio h5', 'pay k6 o5 6000', 'back excess:k6 o5'],
    ...['reserve h6 dora B 1', 'checkout o6 dora h6', 'pay k7 o6 100', 'pay k8 o9 5000'],
    // All given back, taken back by the bank, and never paid.
    ...['reserve h7 eva A 1', 'checkout o7 eva h7', 'pay k9 o7', 'refund r7 - o7', 'back r7 o7'],
    ...['reserve h8 fabi A 1', 'checkout o8 fabi h8', 'pay ka o8', 'chargeback ka o8'],
    ...[`reserve hb ${who} B 1`, `checkout ob ${who} hb`, 'wait 13m', 'reserve hc gil A 1'],
  ]);
}

/** The story of a house in which these rows happened. */
export function told(rows: readonly string[]): Story {
  const story = new Story();
  for (const row of [...house, ...rows]) {
    const before = story.facts.length;
    const answer = story.tell(row);
    const isRefused = answer !== undefined && story.facts.length === before;
    if (isRefused) throw new Error(`"${row}" is answered ${answer}.`);
  }
  return story;
}

/** Facts of a story as some show's history, in pages of at most `size`. */
export function storyPages(
  { facts }: Story,
  event: EventId,
  size = facts.length,
  after = 0,
): FollowedFacts[] {
  const numbered = facts.map((each, index) => ({ position: index + 1, ...each }));
  const pages: FollowedFacts[] = [];
  for (let from = after; from < numbered.length; from += size) {
    const page = numbered.slice(from, from + size);
    pages.push({ event, generation: 1, from, to: from + page.length, facts: page });
  }
  return pages;
}
