import { expect } from 'vitest';
import { evolve } from '../../src/domain/evolve.ts';
import { violations } from '../../src/domain/invariants.ts';
import { fromPlain, toPlain } from '../../src/domain/snapshot.ts';
import { emptyShow } from '../../src/domain/state.ts';
import { CountedGates } from '../../src/workers/audit/counted-gates.ts';
import { GateStory } from './gate-story.ts';

const house = ['sell A 4', 'sell M 2'];
const scanners = ['enrol e1 d1 0', 'enrol e2 d2 1'];

/**
 * Two gates, A and B, of one checkpoint; scanner d1 is at A, d2 at B. Tickets 1 to 4 are of full
 * price, 5 and 6 of half. Tells the rows, the checkpoint's first, and expects each answer that a
 * row names.
 */
export function told(rows: string): GateStory {
  const story = new GateStory();
  const [checkpoints = '', ...rest] = rows.split('\n');
  for (const row of [...house, checkpoints, ...scanners, ...rest]) tellAndExpect(story, row);
  return story;
}

/** Tells a row and expects the answer that it names. */
export function tellAndExpect(story: GateStory, row: string): void {
  const expected = row.split('->')[1]?.trim();
  const answer = story.tell(row);
  if (expected !== undefined) expect(answer, row.trim()).toBe(expected);
}

/** Its facts, and a snapshot, lead to the same state; what was saved on the way has not changed. */
export function expectReplayed(story: GateStory): void {
  const replayed = emptyShow(story.state.event);
  const saved = story.facts.map(({ fact, at }) => {
    evolve(replayed, fact, at);
    const plain = toPlain(replayed);
    return { plain, asItWas: structuredClone(plain) };
  });
  for (const { plain, asItWas } of saved) expect(plain).toEqual(asItWas);
  expect(toPlain(replayed)).toEqual(toPlain(story.state));
  const restored = fromPlain(structuredClone(toPlain(story.state)));
  expect(toPlain(restored)).toEqual(toPlain(story.state));
  expect(restored.gates).toEqual(story.state.gates);
  expect(restored.gates.incidents.unseen).toBe(story.state.gates.incidents.unseen);
}

/** It breaks no law, its facts lead to the same state, and the auditor has nothing to say. */
export function expectSound(story: GateStory): void {
  expect(violations(story.state)).toEqual([]);
  expectReplayed(story);
  expect(complaints(story)).toEqual([]);
}

/** What the auditor, who shares no rule with the show, says to its facts. */
function complaints({ facts }: GateStory): string[] {
  const found: string[] = [];
  let next = 1;
  const gates = new CountedGates({
    complain: (_, sentence) => found.push(sentence),
    wasIssued: (serial) => serial < next,
  });
  for (const { fact, at } of facts) {
    switch (fact.type) {
      case 'tickets_issued':
        next = fact.from + fact.count;
        break;
      case 'refund_due':
      case 'charged_back':
        gates.revoke(fact);
        break;
      case 'ticket_bound':
      case 'ticket_freed':
        gates.reissue(fact);
        break;
      case 'checkpoints_set':
      case 'device_enrolled':
      case 'device_revoked':
      case 'device_reported':
      case 'scanned':
      case 'scans_merged':
      case 'scans_quarantined':
      case 'incidents_seen':
      case 'topped_up':
        gates.count(fact, at);
        break;
      default:
        break;
    }
  }
  return found;
}
