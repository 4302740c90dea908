import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noon, receivedOf, rulesOf } from '../test/scans.ts';
import type { CheckpointRules } from './admission-rules.ts';
import { Admissions } from './admissions.ts';
import { dayOf } from './judge.ts';
import type { ReceivedScan } from './received-scan.ts';
import { ScanLedger } from './scan-ledger.ts';

const second = 1_000;
const day = 86_400_000;

describe('One ticket at several gates', () => {
  it('that came in once is used once, and nobody hears of it', () => {
    expect(told(['a 0 in'])).toEqual({ entry: 'a 0', inside: 1, incidents: [] });
  });

  it('that came in twice: the earlier entry is the entry, both people are inside', () => {
    const incidents = ['double_entry b 5 after a 0'];
    expect(told(['a 0 in', 'b 5 in'])).toEqual({ entry: 'a 0', inside: 2, incidents });
  });

  it('that came in three times: both later ones are told, against the first', () => {
    const { incidents } = told(['a 0 in', 'b 5 in', 'c 6 in']);
    expect(incidents).toEqual(['double_entry b 5 after a 0', 'double_entry c 6 after a 0']);
  });

  it('that came in again after it went out is told, where one may not come back', () => {
    const scans = ['a 0 in', 'a 5 out', 'b 9 in'];
    expect(told(scans).incidents).toEqual(['double_entry b 9 after a 0']);
    expect(told(scans, { mayReenter: true })).toEqual({ entry: 'a 0', inside: 1, incidents: [] });
  });

  it('that is inside twice is still inside when one of them left', () => {
    const scans = ['a 0 in', 'b 1 in', 'a 2 out', 'c 3 in'];
    expect(told(scans, { mayReenter: true })).toEqual({
      entry: 'a 0',
      inside: 2,
      incidents: ['double_entry b 1 after a 0', 'double_entry c 3 after a 0'],
    });
  });

  it('that only went out must have come in', () => {
    expect(told(['a 0 out'])).toEqual({
      entry: 'a 0',
      inside: 0,
      incidents: ['inferred_entry a 0'],
    });
    expect(told(['a 0 out', 'a 9 in']).incidents).toEqual([
      'inferred_entry a 0',
      'double_entry a 9 after a 0',
    ]);
    expect(told(['a 0 out', 'b 3 out']).incidents).toEqual(['inferred_entry a 0']);
  });

  it('is used anew each day where days count', () => {
    const rules = { isDaily: true };
    const ledger = ledgerOf(['a 0 in', 'b 86400 in', 'b 86401 in'], rules);
    expect(ledger.passages(7).map(({ day, inside }) => [day, inside])).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });

  it('goes out of the latest day on which it is inside', () => {
    const days = (scans: readonly string[]) =>
      ledgerOf(scans, { isDaily: true })
        .passages(7)
        .map(({ day, inside, incidents }) => [day, inside, incidents.map(({ kind }) => kind)]);
    expect(days(['a 0 in', 'b 86400 out', 'a 86401 in'])).toEqual([
      [0, 0, []],
      [1, 1, []],
    ]);
    expect(days(['a 0 in', 'b 86400 in', 'a 86401 out'])).toEqual([
      [0, 1, []],
      [1, 0, []],
    ]);
    expect(days(['a 86400 out', 'b 86401 in'])).toEqual([
      [1, 1, ['inferred_entry', 'double_entry']],
    ]);
  });

  it('is used at each checkpoint apart', () => {
    const ledger = new ScanLedger([rulesOf(), rulesOf({ checkpoint: 2 })]);
    ledger.add(receivedOf());
    ledger.add(receivedOf({ seq: 2, checkpoint: 2 }));
    expect(ledger.passages(7).map(({ incidents }) => incidents)).toEqual([[], []]);
  });

  it('that was turned away did not pass; one that was let in all the same did', () => {
    const ledger = new ScanLedger([rulesOf()]);
    ledger.add(receivedOf({ verdict: 'already_used' }));
    expect(ledger.all()).toEqual([]);
    ledger.add(receivedOf({ seq: 2, verdict: 'already_used', override: 'supervisor' }));
    expect(ledger.all()).toHaveLength(1);
    expect(ledger.size).toBe(2);
  });
});

describe('A ticket that was revoked', () => {
  it('and came in afterwards is told, does not use it, and is somebody inside', () => {
    const ledger = ledgerOf(['a 10 in']);
    ledger.revoke(7, noon + 10 * second);
    expect(toldBy(ledger)).toEqual({
      entry: undefined,
      inside: 1,
      incidents: ['revoked_entry a 10'],
    });
  });

  it('and had come in before is a good entry, and whoever refunds is told', () => {
    const ledger = ledgerOf(['a 10 in']);
    ledger.revoke(7, noon + 10 * second + 1);
    const incidents = ['revoked_after_entry a 10'];
    expect(toldBy(ledger)).toEqual({ entry: 'a 10', inside: 1, incidents });
  });

  it('and was never issued is somebody inside, and uses nothing, coming or going', () => {
    const ledger = new ScanLedger([rulesOf()]);
    const out = { direction: 'exit', verdict: 'exited' } as const;
    ledger.add(receivedOf({ isUnissued: true }));
    ledger.add(receivedOf({ seq: 2, at: noon + second, isUnissued: true, ...out }));
    ledger.add(receivedOf({ seq: 3, at: noon + 2 * second, isUnissued: true, ...out }));
    const incidents = ['revoked_entry a 0', 'inferred_entry a 2'];
    expect(toldBy(ledger)).toEqual({ entry: undefined, inside: 0, incidents });
    ledger.add(receivedOf({ seq: 4, at: noon + 3 * second }));
    expect(toldBy(ledger)).toEqual({ entry: 'a 3', inside: 1, incidents });
  });

  it('for another revision admits that one, beside whoever had the old code', () => {
    const ledger = new ScanLedger([rulesOf()]);
    ledger.revoke(7, noon, 1);
    ledger.add(receivedOf({ at: noon + 5 * second }));
    const newer = { serial: 7, revision: 1 };
    ledger.add(receivedOf({ seq: 2, at: noon + 9 * second, ticket: newer }));
    expect(toldBy(ledger)).toEqual({ entry: 'a 9', inside: 2, incidents: ['revoked_entry a 5'] });
  });

  it('is void from the first of several revocations', () => {
    const ledger = ledgerOf(['a 10 in']);
    for (const at of [99, 5, 50]) ledger.revoke(7, noon + at * second);
    expect(toldBy(ledger).incidents).toEqual(['revoked_entry a 10']);
  });
});

describe('A device that is not believed', () => {
  it('counts for duplicates when it was revoked, and is told', () => {
    const ledger = new ScanLedger([rulesOf()]);
    ledger.add(receivedOf({ device: 'thief', isDeviceRevoked: true }));
    ledger.add(receivedOf({ device: 'b', position: 2, at: noon + second }));
    expect(toldBy(ledger).incidents).toEqual([
      'revoked_device thief 0',
      'double_entry b 1 after thief 0',
    ]);
  });

  it('stands where it was received when its clock is suspect, and says so', () => {
    const ledger = new ScanLedger([rulesOf()]);
    const slow = { at: noon - day, receivedAt: noon + 9 * second, isClockSuspect: true };
    ledger.add(receivedOf({ device: 'slow', position: 9, ...slow }));
    ledger.add(receivedOf({ device: 'b', at: noon + 5 * second }));
    const [passage] = ledger.passages(7);
    expect(passage?.entry?.device).toBe('b');
    expect(passage?.incidents.map(({ kind, isClockSuspect }) => [kind, isClockSuspect])).toEqual([
      ['double_entry', true],
      ['clock_suspect', true],
    ]);
  });

  it.each([
    ['that of its scan, whenever it was received', noon, 0, noon + day, 0],
    ['that of its scan, up to the moment of receipt', noon + day, 0, noon + day, 1],
    ['that of receipt, for a scan that is ahead of it', noon + day, 0, noon + day - 1, 0],
    ['that of receipt, for a clock from before the first day', 0, 0, noon + day, 1],
    ['that of its scan, by a clock that was never compared', noon + 1, undefined, noon + day, 0],
  ])('has a day where days count: %s', (_, at, offset, receivedAt, counted) => {
    const ledger = new ScanLedger([rulesOf({ isDaily: true })]);
    ledger.add(receivedOf({ at, offset, receivedAt, isClockSuspect: true }));
    expect(ledger.passages(7).map((passage) => passage.day)).toEqual([counted]);
  });

  it('that has two scans of one number: the one that came first counts, the log is forked', () => {
    const ledger = new ScanLedger([rulesOf()]);
    const other = { serial: 8, revision: 0 };
    ledger.add(receivedOf({ position: 2, ticket: other }));
    expect(ledger.forks()).toEqual([]);
    ledger.add(receivedOf({ position: 1 }));
    expect(ledger.forks().map(({ ticket }) => ticket?.serial)).toEqual([7]);
    expect(ledger.all().map(({ serial }) => serial)).toEqual([7]);
    expect(ledger.size).toBe(1);
  });
});

// Goal: whatever order, grouping and repetition the logs of devices come in, the same comes out.
describe('Logs of devices that are put together', () => {
  const runs = Number(process.env.MERGE_RUNS ?? 1_000);
  const rules = [
    rulesOf({ checkpoint: 0 }),
    rulesOf({ checkpoint: 1, mayReenter: true }),
    rulesOf({ checkpoint: 2, mayReenter: true, isDaily: true }),
  ];

  const scan = fc.record({
    device: fc.constantFrom('a', 'b', 'c', 'd'),
    seq: fc.integer({ min: 1, max: 6 }),
    // Few different ones, so that there are many of the same time.
    at: fc.integer({ min: 0, max: 12 }).map((tenth) => noon + tenth * (day / 6)),
    offset: fc.constantFrom(0, 0, 300 * second, undefined),
    ticket: fc.option(fc.record({ serial: fc.nat(2), revision: fc.nat(2) }), {
      nil: undefined,
      freq: 20,
    }),
    checkpoint: fc.nat(2),
    gate: fc.nat(1),
    direction: fc.constantFrom('entry' as const, 'entry' as const, 'exit' as const),
    verdict: fc.constantFrom('admitted' as const, 'admitted' as const, 'already_used' as const),
    receivedAt: fc.integer({ min: 0, max: 12 }).map((tenth) => noon + tenth * (day / 6)),
    isClockSuspect: fc.boolean(),
    isDeviceRevoked: fc.boolean(),
    isUnissued: fc.constantFrom(false, false, false, true),
  });
  const scans = fc
    .array(scan, { minLength: 1, maxLength: 24 })
    .map((made) => made.map((each, at) => receivedOf({ ...each, position: at })));
  const revocation = fc.record({
    serial: fc.nat(2),
    at: fc.integer({ min: 0, max: 12 }).map((tenth) => noon + tenth * (day / 6)),
    below: fc.constantFrom(1, 2, Number.POSITIVE_INFINITY),
  });
  const revocations = fc.array(revocation, { maxLength: 4 });

  const ledgerWith = (
    some: readonly ReceivedScan[],
    revoked: readonly { serial: number; at: number; below: number }[],
  ): ScanLedger => {
    const ledger = new ScanLedger(rules);
    for (const each of some) ledger.add(each);
    for (const { serial, at, below } of revoked) ledger.revoke(serial, at, below);
    return ledger;
  };

  /** The same scans in another order, some of them more than once. */
  const shuffled = <T>(all: readonly T[]) =>
    fc
      .tuple(
        fc.shuffledSubarray([...all], { minLength: all.length }),
        fc.shuffledSubarray([...all]),
      )
      .map(([once, again]) => [...once, ...again]);

  it(`are the same in any order and however often each came (${runs} runs)`, () => {
    const stories = fc
      .tuple(scans, revocations)
      .chain(([all, revoked]) =>
        fc.tuple(fc.constant(all), fc.constant(revoked), shuffled(all), shuffled(revoked)),
      );
    fc.assert(
      fc.property(stories, ([all, revoked, again, revokedAgain]) => {
        expect(outcomeOf(ledgerWith(again, revokedAgain))).toEqual(
          outcomeOf(ledgerWith(all, revoked)),
        );
      }),
      { numRuns: runs },
    );
  });

  it(`are the same however they are grouped (${runs} runs)`, () => {
    const part = fc.tuple(scans, revocations);
    fc.assert(
      fc.property(part, part, part, (...parts) => {
        let position = 0;
        const numbered = parts.map(([some, revoked]) => {
          const own = some.map((each) => {
            position += 1;
            return { ...each, position };
          });
          return () => ledgerWith(own, revoked);
        });
        const [a, b, c] = numbered as [() => ScanLedger, () => ScanLedger, () => ScanLedger];
        const left = merged(merged(a(), b()), c());
        expect(outcomeOf(merged(a(), merged(b(), c())))).toEqual(outcomeOf(left));
        expect(outcomeOf(merged(merged(c(), b()), a()))).toEqual(outcomeOf(left));
        expect(outcomeOf(merged(left, a()))).toEqual(outcomeOf(left));
        expect(outcomeOf(merged(a(), a()))).toEqual(outcomeOf(a()));
      }),
      { numRuns: runs },
    );
  });

  it('come to what a gate noted that let in whom it could and saw everybody', () => {
    const way = fc.record({ direction: scan.map((each) => each.direction), at: fc.nat(12) });
    fc.assert(
      fc.property(fc.array(way), fc.boolean(), fc.boolean(), (ways, isDaily, mayReenter) => {
        const own = rulesOf({ isDaily, mayReenter });
        const [admissions, ledger] = [new Admissions(own), new ScanLedger([own])];
        for (const [seq, { direction, at: tenth }] of ways.sort((a, b) => a.at - b.at).entries()) {
          const at = noon + tenth * (day / 6);
          const today = dayOf(own, at);
          if (direction === 'entry' && admissions.enter(7, today) !== 'admitted') continue;
          if (direction === 'exit') admissions.exit(7, today);
          ledger.add(receivedOf({ seq, position: seq, at, direction }));
        }
        const noted = admissions.days().map((each) => admissions.whereabouts(7, each));
        const passed = ledger.passages(7).map(({ inside }) => (inside > 0 ? 'inside' : 'outside'));
        expect(passed).toEqual(noted);
      }),
    );
  });

  it('count everybody inside who came in and did not leave, doubled or not', () => {
    const entries = scans.map((all) => all.filter(({ direction }) => direction === 'entry'));
    fc.assert(
      fc.property(entries, (all) => {
        const ledger = ledgerWith(all, []);
        const passages = ledger.all();
        const passed = new Map(
          [...all].reverse().map((each) => [`${each.device}:${each.seq}`, each] as const),
        );
        const isIn = ({ verdict, ticket }: ReceivedScan) =>
          verdict === 'admitted' && ticket !== undefined;
        const inside = passages.reduce((sum, passage) => sum + passage.inside, 0);
        expect(inside).toBe([...passed.values()].filter(isIn).length);
        for (const { incidents, inside: people } of passages) {
          const ofKind = (kind: string) => incidents.filter((each) => each.kind === kind).length;
          const good = people - ofKind('revoked_entry');
          expect(ofKind('double_entry')).toBe(Math.max(0, good - 1));
        }
      }),
    );
  });
});

function outcomeOf(ledger: ScanLedger) {
  return { size: ledger.size, all: ledger.all(), forks: ledger.forks() };
}

function merged(into: ScanLedger, other: ScanLedger): ScanLedger {
  into.merge(other);
  return into;
}

/** `DEVICE SECOND in|out` of ticket 7, put together in both orders. */
function told(lines: readonly string[], rules: Partial<CheckpointRules> = {}) {
  const forwards = toldBy(ledgerOf(lines, rules));
  expect(toldBy(ledgerOf([...lines].reverse(), rules))).toEqual(forwards);
  return forwards;
}

function ledgerOf(lines: readonly string[], rules: Partial<CheckpointRules> = {}): ScanLedger {
  const ledger = new ScanLedger([rulesOf(rules)]);
  for (const line of lines) {
    const [device = '', at, way] = line.split(' ');
    const [time, direction] = [Number(at), way === 'out' ? 'exit' : 'entry'] as const;
    const verdict = way === 'out' ? 'exited' : 'admitted';
    const own = { device, seq: time + 1, position: time, at: noon + time * second };
    ledger.add(receivedOf({ ...own, direction, verdict }));
  }
  return ledger;
}

function toldBy(ledger: ScanLedger) {
  const [passage] = ledger.passages(7);
  const name = ({ device, at }: ReceivedScan) => `${device} ${(at - noon) / second}`;
  return {
    entry: passage?.entry && name(passage.entry),
    inside: passage?.inside,
    incidents: passage?.incidents.map(({ kind, scan, other }) =>
      other === undefined ? `${kind} ${name(scan)}` : `${kind} ${name(scan)} after ${name(other)}`,
    ),
  };
}
