import type { CommandId } from '@ingressou/protocol';
import { describe, expect, it } from 'vitest';
import { Attempts } from './wire-tap.ts';

const id = 'a wish' as CommandId;

// What was sent and heard, and whether the last answer says all there is to know.
const stories: readonly { sent: number; heard: string[]; isCertain: boolean; why: string }[] = [
  { sent: 1, heard: ['sold_out'], isCertain: true, why: 'it was refused' },
  { sent: 2, heard: ['busy', 'sold_out'], isCertain: true, why: 'busy means nothing was done' },
  { sent: 2, heard: ['sold_out'], isCertain: false, why: 'one may still be on its way' },
  { sent: 1, heard: [], isCertain: false, why: 'nobody answered' },
  { sent: 2, heard: ['outcome_unknown', 'sold_out'], isCertain: false, why: 'one is not known' },
  { sent: 0, heard: [], isCertain: true, why: 'it never left' },
];

describe('the attempts of a wish', () => {
  it.each(stories)('sent $sent times, heard $heard: certain is $isCertain, for $why', (story) => {
    const attempts = new Attempts();
    for (let count = 0; count < story.sent; count += 1) attempts.sent(id);
    for (const answer of story.heard) attempts.heard(id, answer);
    expect(attempts.isCertain(id)).toBe(story.isCertain);
  });
});
