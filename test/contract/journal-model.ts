import type { NodeId } from '@ingressou/protocol';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Head, Journal, Location, Row } from '../../src/ports/journal.ts';
import { MemoryJournal } from '../../src/store/memory-journal.ts';
import { longMs, type OpenJournal } from './journal-stage.ts';
import { historyOf, newEvent, newNode, rowBehind } from './rows.ts';

/** What one of two owners does next. The numbers bend what it should have sent. */
type Step =
  | { readonly type: 'seal' | 'locate'; readonly owner: 0 | 1 }
  | { readonly type: 'lease'; readonly owner: 0 | 1; readonly isOver: boolean }
  | { readonly type: 'release'; readonly owner: 0 | 1; readonly epochOff: number }
  | {
      readonly type: 'claim';
      readonly owner: 0 | 1;
      /** What it believes the epoch to be if it holds the owner for dead. */
      readonly insteadOfOff: number | undefined;
    }
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
    {
      weight: 5,
      arbitrary: fc.record({
        type: fc.constant('claim' as const),
        owner,
        insteadOfOff: fc.constantFrom(undefined, undefined, undefined, 0, -1),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        type: fc.constant('lease' as const),
        owner,
        isOver: fc.boolean(),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ type: fc.constant('release' as const), owner, epochOff: off }),
    },
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
    {
      weight: 1,
      arbitrary: fc.record({ type: fc.constantFrom('seal' as const, 'locate' as const), owner }),
    },
  ),
  { maxLength: 25 },
);

/** Takes the same steps on the journal and on the one in memory; all answers must be equal. */
export async function compareWithModel(opened: OpenJournal, steps: readonly Step[]) {
  const event = newEvent();
  const owners = [newNode(), newNode()] as const;
  const alive = new Set<NodeId>(owners);
  const model = new MemoryJournal({ isAlive: (node) => alive.has(node) });
  model.create(event);
  await opened.create(event);
  for (const node of owners) await opened.lease(node, longMs);
  const sent: Row[] = [];
  const heads = new Map<NodeId, Head>();

  for (const step of steps) {
    const row = await rowOf(step);
    const epoch = (await model.head(event))!.epoch;
    if (step.type === 'lease') await lease(owners[step.owner], step.isOver);
    const act = (journal: Journal) => take(journal, step, row, epoch);
    const expected = await act(model);
    expect(await act(opened.journal)).toEqual(expected);
    expect(await opened.journal.head(event)).toEqual(await model.head(event));
    if (step.type === 'claim' && typeof expected === 'object' && 'hash' in expected) {
      heads.set(owners[step.owner], expected);
    }
  }
  expect(await historyOf(opened.journal, event)).toEqual(await historyOf(model, event));

  async function lease(node: NodeId, isOver: boolean): Promise<void> {
    if (isOver) alive.delete(node);
    else alive.add(node);
    await opened.lease(node, isOver ? 0 : longMs);
  }

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

  async function take(journal: Journal, step: Step, row: Row | undefined, epoch: number) {
    try {
      switch (step.type) {
        case 'lease':
          return 'not for the journal';
        case 'claim': {
          const { insteadOfOff: off } = step;
          const insteadOf = off === undefined ? undefined : epoch + off;
          return await journal.claim(event, owners[step.owner], insteadOf);
        }
        case 'release':
          return await journal.release(event, epoch + step.epochOff, owners[step.owner]);
        case 'locate':
          return placeOf(await journal.locate(event));
        case 'seal':
          return await journal.seal(event);
        case 'outcome':
          return row && (await journal.outcome(row));
        case 'again':
        case 'append':
          return row && ((await journal.append(row)) ?? 'appended');
      }
    } catch (error) {
      return (error as Error).name;
    }
  }
}

/** Two clocks agree about whether a lease runs, not about how long. */
function placeOf(place: Location | undefined) {
  return place && { ...place, leftMs: place.leftMs > 0 };
}
