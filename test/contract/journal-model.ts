import type { NodeId } from '@ingressou/protocol';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Head, Journal, Row } from '../../src/ports/journal.ts';
import { MemoryJournal } from '../../src/store/memory-journal.ts';
import type { OpenJournal } from './journal.ts';
import { historyOf, newEvent, newNode, rowBehind } from './rows.ts';

/** What one of two owners does next. The numbers bend what it should have sent. */
type Step =
  | { readonly type: 'claim' | 'seal'; readonly owner: 0 | 1 }
  | {
      readonly type: 'append';
      readonly owner: 0 | 1;
      readonly epochOff: number;
      readonly positionOff: number;
      readonly facts: number;
      readonly wakeAt: number | null;
    }
  | { readonly type: 'again' | 'outcome'; readonly row: number };

const owner = fc.constantFrom<0 | 1>(0, 1);
/** Mostly right, sometimes one off. */
const off = fc.constantFrom(0, 0, 0, 0, 0, 0, -1, 1);

export const journalSteps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ type: fc.constant('claim' as const), owner }) },
    {
      weight: 10,
      arbitrary: fc.record({
        type: fc.constant('append' as const),
        owner,
        epochOff: off,
        positionOff: off,
        facts: fc.integer({ min: 1, max: 3 }),
        wakeAt: fc.option(fc.integer({ min: 1_000_000_000_000, max: 5_000_000_000_000 })),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        type: fc.constantFrom('again' as const, 'outcome' as const),
        row: fc.nat(20),
      }),
    },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('seal' as const), owner }) },
  ),
  { maxLength: 25 },
);

/** Takes the same steps on the journal and on the one in memory; all answers must be equal. */
export async function compareWithModel(opened: OpenJournal, steps: readonly Step[]) {
  const event = newEvent();
  const owners = [newNode(), newNode()] as const;
  const model = new MemoryJournal();
  model.create(event);
  await opened.create(event);
  const sent: Row[] = [];
  const heads = new Map<NodeId, Head>();

  for (const step of steps) {
    const row = await rowOf(step);
    const act = (journal: Journal) => take(journal, step, row);
    const expected = await act(model);
    expect(await act(opened.journal)).toEqual(expected);
    expect(await opened.journal.head(event)).toEqual(await model.head(event));
    if (step.type === 'claim' && typeof expected === 'object') {
      heads.set(owners[step.owner], expected);
    }
  }
  expect(await historyOf(opened.journal, event)).toEqual(await historyOf(model, event));

  /** An owner writes what it may believe: its own epoch, behind the newest row. */
  async function rowOf(step: Step): Promise<Row | undefined> {
    if (step.type === 'again' || step.type === 'outcome') return sent[step.row % sent.length];
    if (step.type !== 'append') return undefined;
    const head = (await model.head(event))!;
    const id = owners[step.owner];
    const position = Math.max(0, head.position + step.positionOff);
    const epoch = (heads.get(id)?.epoch ?? 0) + step.epochOff;
    const last = position + step.facts;
    const row = rowBehind(head, { epoch, owner: id }, { position, last, wakeAt: step.wakeAt });
    sent.push(row);
    return row;
  }

  async function take(journal: Journal, step: Step, row: Row | undefined) {
    try {
      if (step.type === 'claim') return await journal.claim(event, owners[step.owner]);
      if (step.type === 'seal') return await journal.seal(event);
      if (row === undefined) return 'nothing was sent yet';
      if (step.type === 'outcome') return await journal.outcome(row);
      return (await journal.append(row)) ?? 'appended';
    } catch (error) {
      return (error as Error).name;
    }
  }
}
