import { describe, expect, it } from 'vitest';
import { noon, rulesOf } from '../test/scans.ts';
import type { CheckpointRules } from './admission-rules.ts';
import { Admissions } from './admissions.ts';
import { Bitmap } from './bitmap.ts';
import { type Attempt, dayOf, judge, type Knowledge } from './judge.ts';
import { Revocations } from './revocations.ts';
import type { Ticket } from './ticket-payload.ts';
import type { Verified } from './ticket-verify.ts';

const hour = 3_600_000;
const day = 24 * hour;

const firstDayOnly = {
  sectors: [{ gates: 0b011, strictGates: 0b001, days: 0b01 }],
  lotSectors: [0],
};

const ticket: Ticket = {
  keyId: 1,
  event: 1,
  serial: 7,
  revision: 1,
  lot: 0,
  price: 'full',
  isNominal: false,
  isMinor: false,
  isRotating: false,
  isPrintable: true,
  notBefore: 0,
  validHours: 0,
  salt: 0,
};

interface Scene {
  readonly ticket?: Partial<Ticket>;
  readonly attempt?: Partial<Attempt>;
  readonly rules?: Partial<CheckpointRules>;
  readonly before?: (known: Scenery) => void;
}

/** What is known, so that it can be changed. */
type Scenery = Knowledge & { readonly admissions: Admissions; readonly revocations: Revocations };

function verdictOf({ ticket: changes, attempt, rules, before }: Scene) {
  const known = knowledgeOf(rules);
  before?.(known);
  const entry = {
    direction: 'entry',
    gate: 0,
    now: noon,
    isStrict: false,
    hasProof: false,
  } as const;
  const verified: Verified = { isGenuine: true, ticket: { ...ticket, ...changes } };
  return judge(verified, { ...entry, ...attempt }, known);
}

function knowledgeOf(changes?: Partial<CheckpointRules>): Scenery {
  const rules = rulesOf(changes);
  const lastOf = (serial: number) => (serial === 7 ? { at: noon - 1, gate: 2 } : undefined);
  return { rules, admissions: new Admissions(rules), revocations: new Revocations(), lastOf };
}

describe('A genuine ticket at the gate', () => {
  const cases: [string, Scene, object][] = [
    ['goes in', {}, { verdict: 'admitted', notes: { price: 'full', isMinor: false } }],
    [
      'tells that somebody under age may hold it',
      { ticket: { isMinor: true } },
      { notes: { isMinor: true } },
    ],

    ['is refunded', { before: (to) => to.revocations.revoke(7) }, { verdict: 'revoked' }],
    [
      'was issued again',
      { before: (to) => to.revocations.reissue(7, 2) },
      { verdict: 'old_revision' },
    ],
    [
      'is the one that was issued again',
      { before: (to) => to.revocations.reissue(7, 1) },
      { verdict: 'admitted' },
    ],
    ['is newer than this gate knows', { ticket: { revision: 9 } }, { verdict: 'admitted' }],

    [
      'comes before it is valid',
      { ticket: { notBefore: noon + 1 } },
      { verdict: 'not_yet_valid', from: noon + 1 },
    ],
    ['comes when it just became valid', { ticket: { notBefore: noon } }, { verdict: 'admitted' }],
    [
      'comes when it just ended',
      { ticket: { notBefore: noon - hour, validHours: 1 } },
      { verdict: 'expired', until: noon },
    ],
    [
      'comes in its last millisecond',
      {
        ticket: { notBefore: noon - hour, validHours: 1 },
        attempt: { now: noon + -1 },
        rules: { days: [{ from: 0, until: noon }] },
      },
      { verdict: 'admitted' },
    ],
    [
      'comes before the doors',
      { attempt: { now: noon - 1 } },
      { verdict: 'not_yet_valid', from: noon },
    ],
    [
      'comes between two days',
      { attempt: { now: noon + 13 * hour } },
      { verdict: 'not_yet_valid', from: noon + day },
    ],
    [
      'comes after the last day',
      { attempt: { now: noon + 2 * day } },
      { verdict: 'expired', until: noon + day + day / 2 },
    ],
    [
      'is for the second day, and comes before the first',
      { ticket: { lot: 1 }, attempt: { gate: 2, now: noon - 1 } },
      { verdict: 'not_yet_valid', from: noon + day },
    ],
    [
      'is for the first day, and comes after it',
      { attempt: { now: noon + 13 * hour }, rules: firstDayOnly },
      { verdict: 'expired', until: noon + day / 2 },
    ],
    [
      'is for the first day, and comes on the second',
      { attempt: { now: noon + day }, rules: firstDayOnly },
      { verdict: 'wrong_day', days: [0] },
    ],
    [
      'is for the first day, and comes after the last',
      { attempt: { now: noon + 9 * day }, rules: firstDayOnly },
      { verdict: 'expired', until: noon + day / 2 },
    ],
    [
      'is for a day that there is not, and comes while the gates are closed',
      {
        attempt: { now: noon - 1 },
        rules: { sectors: [{ gates: 1, strictGates: 1, days: 0b100 }] },
      },
      { verdict: 'expired', until: noon - 1 },
    ],
    [
      'is of a lot that came later, and comes between two days',
      { ticket: { lot: 2 }, attempt: { now: noon + 13 * hour } },
      { verdict: 'not_yet_valid', from: noon + day },
    ],
    [
      'is for the second day',
      { ticket: { lot: 1 }, attempt: { gate: 2 } },
      { verdict: 'wrong_day', days: [1] },
    ],
    [
      'is for the second day, and comes then',
      { ticket: { lot: 1 }, attempt: { gate: 2, now: noon + day } },
      { verdict: 'admitted' },
    ],

    [
      'comes to a gate of another sector',
      { attempt: { gate: 2 } },
      { verdict: 'wrong_gate', gates: [0, 1] },
    ],
    ['comes to the second gate of its sector', { attempt: { gate: 1 } }, { verdict: 'admitted' }],
    [
      'comes there while the gates are apart',
      { attempt: { gate: 1, isStrict: true } },
      { verdict: 'wrong_gate', gates: [0] },
    ],
    [
      'is of a lot that came later',
      { ticket: { lot: 2 }, attempt: { gate: 9 } },
      { verdict: 'admitted' },
    ],
    [
      'is of one, while the gates are apart',
      { ticket: { lot: 2 }, attempt: { isStrict: true } },
      { verdict: 'wrong_gate', gates: [] },
    ],

    [
      'was used',
      { before: (to) => to.admissions.enter(7, 0) },
      { verdict: 'already_used', last: { at: noon - 1, gate: 2 } },
    ],
    [
      'was used by somebody this gate did not see',
      { ticket: { serial: 8 }, before: (to) => to.admissions.enter(8, 0) },
      { verdict: 'already_used' },
    ],

    [
      'is half price',
      { ticket: { price: 'student' } },
      { verdict: 'proof_needed', notes: { price: 'student' } },
    ],
    [
      'is half price, and the document was seen',
      { ticket: { price: 'student' }, attempt: { hasProof: true } },
      { verdict: 'admitted' },
    ],
    [
      'is in a name',
      { ticket: { isNominal: true } },
      { verdict: 'proof_needed', notes: { isNominal: true } },
    ],
    [
      'is half price where nobody checks',
      { ticket: { price: 'half' }, rules: { needsProof: false } },
      { verdict: 'admitted' },
    ],
    [
      'is half price and used: nobody looks for a document',
      { ticket: { price: 'half' }, before: (to) => to.admissions.enter(7, 0) },
      { verdict: 'already_used' },
    ],
  ];

  it.each(cases)('%s', (_, scene, verdict) => {
    expect(verdictOf(scene)).toMatchObject(verdict);
  });

  it.each([
    ['revoked', (to: Scenery) => to.revocations.revoke(7), {}],
    ['at another gate', () => {}, { gate: 31 }],
    ['after the end', () => {}, { now: noon + 9 * day }],
    ['before the doors', () => {}, { now: 0 }],
  ])('goes out whatever there is against it: %s', (_, before, attempt) => {
    const out = { ...attempt, direction: 'exit' } as const;
    expect(verdictOf({ attempt: out, before })).toEqual({ verdict: 'exited', isInferred: true });
  });
});

describe('A picture of a rotating code', () => {
  it.each(['rotating_needed', 'stale_code'] as const)(
    'is a way out and no way in: %s',
    (reason) => {
      const verified = { isGenuine: false, reason, ticket } as const;
      const attempt = { gate: 0, now: noon, isStrict: false, hasProof: true };
      const known = knowledgeOf();
      known.admissions.enter(7, 0);
      expect([
        judge(verified, { ...attempt, direction: 'entry' }, known),
        judge(verified, { ...attempt, direction: 'exit' }, known),
      ]).toEqual([{ verdict: reason }, { verdict: 'exited', isInferred: false }]);
    },
  );
});

describe('A code that is none', () => {
  it.each(['wrong_event', 'unknown_key', 'revoked_key', 'bad_signature'] as const)(
    'is %s',
    (reason) => {
      const attempt = {
        direction: 'exit',
        gate: 0,
        now: 0,
        isStrict: false,
        hasProof: true,
      } as const;
      const verdict = judge({ isGenuine: false, reason, ticket }, attempt, knowledgeOf());
      expect(verdict).toEqual({ verdict: reason });
    },
  );

  it('is no ticket, and says what it is', () => {
    const attempt = {
      direction: 'entry',
      gate: 0,
      now: noon,
      isStrict: false,
      hasProof: true,
    } as const;
    const verified = { isGenuine: false, reason: 'not_a_ticket', fault: 'web_address' } as const;
    expect(judge(verified, attempt, knowledgeOf())).toEqual({
      verdict: 'not_a_ticket',
      fault: 'web_address',
    });
  });
});

describe('A ticket that comes and goes', () => {
  /** i: wants in; o: goes out; a digit: the day from then on. */
  const stories: [string, boolean, boolean, string, string][] = [
    ['once', false, false, 'iioi', 'admitted already_used out already_used'],
    ['once, seen going out only', false, false, 'oi', 'inferred already_used'],
    ['in and out', false, true, 'iioioo', 'admitted inside_already out admitted out out'],
    ['in and out, seen going out only', false, true, 'oi', 'inferred admitted'],
    ['once for both days', false, false, 'i1i', 'admitted already_used'],
    ['once a day', true, false, 'ii1ii', 'admitted already_used admitted already_used'],
    ['once a day, out on the next', true, false, 'i1oi', 'admitted out admitted'],
    [
      'once a day, out on the next twice',
      true,
      false,
      'i1ooi',
      'admitted out inferred already_used',
    ],
    ['on both days, out of the latest first', true, false, 'i1ioo', 'admitted admitted out out'],
    [
      'in and out each day, never seen going out',
      true,
      true,
      'i1ioi',
      'admitted admitted out admitted',
    ],
  ];

  it.each(stories)('%s', (_, isDaily, mayReenter, moves, told) => {
    const admissions = new Admissions({ isDaily, mayReenter });
    let today = 0;
    const said: string[] = [];
    for (const move of moves) {
      if (move === 'i') said.push(admissions.enter(5, today));
      else if (move === 'o') said.push(admissions.exit(5, today) ? 'inferred' : 'out');
      else today = Number(move);
    }
    expect(said.join(' ')).toBe(told);
  });

  it('leaves others alone, and is counted', () => {
    const admissions = new Admissions({ isDaily: false, mayReenter: true });
    for (const serial of [0, 7, 8, 99_999]) admissions.enter(serial, 0);
    admissions.exit(7, 0);
    admissions.exit(6, 0);
    expect(admissions.occupancy(0)).toBe(3);
    expect([5, 6, 7, 8].map((serial) => admissions.whereabouts(serial, 0))).toEqual([
      'never',
      'outside',
      'outside',
      'inside',
    ]);
  });

  it.each([true, false])('is the same after a snapshot and a package (daily: %s)', (isDaily) => {
    const rules = { isDaily, mayReenter: true };
    const before = new Admissions(rules);
    for (let serial = 0; serial < 200; serial += 1) {
      if (serial % 2 === 0) before.enter(serial, serial % 3);
      if (serial % 5 === 0) before.exit(serial, serial % 3);
    }
    const after = new Admissions(rules);
    for (const day of before.days()) {
      const saved = Bitmap.ofBytes(before.tracks(day).used.bytes());
      after.load(day, saved, before.outside(day));
    }
    expect(after.days()).toEqual(isDaily ? [0, 1, 2] : [0]);
    for (const day of [0, 1, 2]) {
      expect(after.occupancy(day)).toBe(before.occupancy(day));
      for (let serial = 0; serial < 210; serial += 1) {
        expect(after.whereabouts(serial, day)).toBe(before.whereabouts(serial, day));
      }
    }
  });

  it('costs two bits for a checkpoint and a day: 25 kB for 100 000', () => {
    const admissions = new Admissions({ isDaily: false, mayReenter: true });
    for (let serial = 0; serial < 100_000; serial += 1) admissions.enter(serial, 0);
    const { used, inside } = admissions.tracks(0);
    expect(used.bytes().length + inside.bytes().length).toBe(25_000);
    expect([used.size, Bitmap.ofBytes(used.bytes()).size]).toEqual([100_000, 100_000]);
  });

  it('counts for the day that began last', () => {
    const rules = rulesOf();
    const times = [0, noon, noon + 13 * hour, noon + day, noon + 9 * day];
    expect(times.map((now) => dayOf(rules, now))).toEqual([0, 0, 0, 1, 1]);
  });
});
