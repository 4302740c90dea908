import { createHash } from 'node:crypto';
import {
  type EventId,
  type LotId,
  type NodeId,
  pack,
  type SubjectId,
  uuid7,
} from '@ingressou/protocol';
import { describe, expect, it } from 'vitest';
import type { Fact } from '../../src/domain/facts.ts';
import type { Row } from '../../src/ports/journal.ts';
import { brokenPromises, type Evidence } from './checker.ts';
import type { Told, Wish } from './history.ts';
import type { ShowJournal } from './journal-rows.ts';
import { Sightings } from './sightings.ts';

// A small honest run of one show, and every way in which it could have been a lie.

const begunAt = Date.UTC(2026, 0, 1);
const event = idOf<EventId>(0);
const owner = idOf<NodeId>(1);
const ana = idOf<SubjectId>(2);
const lot = idOf<LotId>(3);
const reserveA = idOf<Wish['id']>(10);
const reserveB = idOf<Wish['id']>(11);
const releaseA = idOf<Wish['id']>(12);
const nobodys = idOf<Wish['id']>(13);
const holdMs = 600_000;
const expiresAt = begunAt + holdMs;

const setUp: readonly Fact[] = [
  { type: 'owned', owner, epoch: 1, generation: 1 },
  {
    type: 'show_created',
    id: idOf(4),
    wish: 1,
    holdMs,
    extendMs: 0,
    limit: 9,
    payMs: holdMs,
    feeBasisPoints: 0,
    zoneMinutes: 0,
  },
  {
    type: 'lot_opened',
    id: lot,
    wish: 1,
    sector: 'a',
    name: 'b',
    priceCents: 1,
    quantity: 5,
    isHalf: false,
  },
  { type: 'sale_opened', id: idOf(5), wish: 1 },
];
const reservedA = reserved(reserveA, 2);
const reservedB = reserved(reserveB, 3);
const releasedA: Fact = {
  type: 'released',
  id: releaseA,
  wish: 1,
  hold: reserveA,
  subject: ana,
  items: [{ lot, quantity: 2 }],
};

function honest(): { told: Told[]; turns: (readonly Fact[])[]; shown: [number, number][] } {
  return {
    told: [
      told(reserveOf(reserveA, 2), 0, 10, { isAccepted: true, expiresAt }),
      told(reserveOf(reserveB, 3), 5, 20, { isAccepted: true, expiresAt }),
      told(releaseOf(releaseA, reserveA), 30, 40, { isAccepted: true }),
      told(reserveOf(nobodys, 9), 31, 41, {
        isAccepted: false,
        reason: 'sold_out',
        isCertain: true,
      }),
    ],
    turns: [setUp, [reservedA, reservedB], [releasedA]],
    shown: [
      [4, 5],
      [6, 0],
      [7, 2],
    ],
  };
}

type Run = ReturnType<typeof honest>;

const lies: readonly { lie: string; tell: (run: Run) => void; finds: RegExp }[] = [
  {
    lie: 'an acknowledged hold is lost',
    tell: (run) => run.turns.splice(1, 1, [reservedB]),
    finds: /The reserve \S+a was acknowledged and is not in the journal/,
  },
  {
    lie: 'a hold has another size than was asked for',
    tell: (run) => run.turns.splice(1, 1, [reserved(reserveA, 1), reservedB]),
    finds: /in the journal as something else/,
  },
  {
    lie: 'a hold ends at another time than was told',
    tell: ({ told: all }) => {
      all[0] = told(reserveOf(reserveA, 2), 0, 10, { isAccepted: true, expiresAt: expiresAt + 1 });
    },
    finds: /was told to end at/,
  },
  {
    lie: 'what was refused for certain has happened',
    tell: ({ told: all }) => {
      const outcome = { isAccepted: false, reason: 'busy', isCertain: true } as const;
      all[1] = told(reserveOf(reserveB, 3), 5, 20, outcome);
    },
    finds: /was refused \(busy\) and is in the journal/,
  },
  {
    lie: 'a wish is never answered',
    tell: ({ told: all }) => {
      all[1] = { wish: reserveOf(reserveB, 3), invokedAt: 5 };
    },
    finds: /never answered/,
  },
  {
    lie: 'something happened that nobody wished',
    tell: ({ told: all }) => all.splice(1, 1),
    finds: /which nobody wished/,
  },
  {
    lie: 'a wish has happened twice',
    tell: ({ turns }) => turns.push([reservedA]),
    finds: /is in the journal twice/,
  },
  {
    lie: 'a lot is oversold in the middle and not at the end',
    tell: ({ turns, told: all }) => {
      turns.splice(2, 1, [reserved(nobodys, 1)], [releasedA]);
      all[3] = told(reserveOf(nobodys, 1), 31, 41, { isAccepted: true, expiresAt });
    },
    finds: /breaks no_oversell/,
  },
  {
    lie: 'the order of the journal contradicts the clock',
    tell: ({ turns, told: all }) => {
      turns.splice(1, 1, [reservedB, reservedA]);
      all[1] = told(reserveOf(reserveB, 3), 11, 20, { isAccepted: true, expiresAt });
    },
    finds: /was wished after \S+ was told, but stands before it/,
  },
  {
    lie: 'something was shown that was never durable',
    tell: ({ shown }) => shown.push([8, 1]),
    finds: /was shown at 8, but it ends at 7/,
  },
  {
    lie: 'a part of a turn was shown',
    tell: ({ shown }) => shown.push([5, 3]),
    finds: /was shown at 5, but no row ends there/,
  },
  {
    lie: 'a stock was shown that never was',
    tell: ({ shown }) => shown.splice(1, 1, [6, 1]),
    finds: /with a stock that it did not have/,
  },
  {
    lie: 'two people saw the same moment differently',
    tell: ({ shown }) => shown.push([7, 3]),
    finds: /was shown at 7 in two ways/,
  },
  {
    lie: 'somebody was sent back in time',
    tell: ({ shown }) => shown.push([4, 5]),
    finds: /was shown at 4 after it was shown at 7/,
  },
];

describe('the checker', () => {
  it('believes an honest run', () => {
    expect(brokenPromises(evidenceOf(honest()))).toEqual([]);
  });

  it.each(lies)('notices when $lie', ({ tell, finds }) => {
    const run = honest();
    tell(run);
    expect(brokenPromises(evidenceOf(run)).join('\n')).toMatch(finds);
  });

  it('notices a changed row by its hash', () => {
    const evidence = evidenceOf(honest());
    const [journal] = evidence.journals;
    const [first, second, ...others] = journal!.rows;
    const rows = [first!, { ...second!, at: second!.at + 1 }, ...others];
    const damaged = { ...evidence, journals: [{ head: journal!.head, rows }] };
    expect(brokenPromises(damaged).join('\n')).toMatch(/breaks hash_chain/);
  });

  it('lets a wish be anything whose fate nobody knew', () => {
    const run = honest();
    const outcome = { isAccepted: false, reason: 'outcome_unknown', isCertain: false } as const;
    run.told[1] = told(reserveOf(reserveB, 3), 5, 20, outcome);
    run.told[3] = told(reserveOf(nobodys, 9), 31, 41, outcome);
    expect(brokenPromises(evidenceOf(run))).toEqual([]);
  });
});

function evidenceOf(run: Run): Evidence {
  const sightings = new Sightings();
  let before: { generation: number; position: number } | undefined;
  for (const [position, available] of run.shown) {
    const prices = { priceCents: 1, feeCents: 0, isHalf: false };
    const lots = [{ id: lot, sector: 'a', name: 'b', ...prices, quantity: 5, available }];
    sightings.add({ event, generation: 1, position, lots }, before);
    before = { generation: 1, position };
  }
  return { told: run.told, journals: [journalOf(run.turns)], sightings };
}

function journalOf(turns: readonly (readonly Fact[])[]): ShowJournal {
  const rows: Row[] = [];
  for (const facts of turns) {
    const position = rows.at(-1)?.last ?? 0;
    const last = position + facts.length;
    const row = { event, epoch: 1, owner, position, last, at: begunAt, facts: pack(facts) };
    const hash = createHash('sha256')
      .update(rows.at(-1)?.hash ?? new Uint8Array())
      .update(`${event}|${position}|${last}|1|${owner}|${begunAt}|`)
      .update(row.facts)
      .digest();
    rows.push({ ...row, facts: Uint8Array.from(row.facts), hash, wakeAt: null });
  }
  const { last: position, hash } = rows.at(-1)!;
  const head = { event, epoch: 1, owner, position, hash, generation: 1, isSealed: false };
  return { head, rows };
}

function reserved(id: Wish['id'], quantity: number): Fact {
  const items = [{ lot, quantity }];
  return { type: 'reserved', id, wish: 1, subject: ana, items, expiresAt };
}

function reserveOf(id: Wish['id'], quantity: number): Wish {
  return { type: 'reserve', id, event, subject: ana, items: [{ lot, quantity }] };
}

function releaseOf(id: Wish['id'], hold: Wish['id']): Wish {
  return { type: 'release', id, event, subject: ana, hold };
}

function told(
  wish: Wish,
  invokedAt: number,
  at: number,
  outcome: NonNullable<Told['answer']>['outcome'],
): Told {
  return { wish, invokedAt, answer: { at, outcome } };
}

function idOf<T extends EventId | LotId | SubjectId | NodeId | Wish['id']>(number: number): T {
  return uuid7<T>(
    begunAt,
    Uint8Array.from({ length: 16 }, () => number),
  );
}
