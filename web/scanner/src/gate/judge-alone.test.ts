import type { Scan } from '@ingressou/protocol/admission';
import type { Ticket, Verified } from '@ingressou/protocol/ticket';
import { describe, expect, it } from 'vitest';
import { packageOf } from '../../../../protocol/test/packages.ts';
import { noon, rulesOf, scanOf } from '../../../../protocol/test/scans.ts';
import { GateKnowledge } from './gate-knowledge.ts';
import { judgeAlone } from './judge-alone.ts';
import type { OfflineMode } from './place.ts';

const ticket: Ticket = {
  keyId: 2,
  event: 0x89abcdef,
  serial: 7,
  revision: 0,
  lot: 0,
  price: 'full',
  isNominal: false,
  isMinor: false,
  isRotating: false,
  isPrintable: false,
  notBefore: 0,
  validHours: 0,
  salt: 1,
};
const validUntil = noon + 3_600_000;

/** What each scan is told, by a package in which nothing was used, valid for an hour from noon. */
describe('a scanner that is alone', () => {
  it.each([
    { story: 'admits by its package', told: ['admitted'] },
    { story: 'admits once', own: [scanOf()], told: ['already_used'] },
    {
      story: 'knows only what it admitted: a refused scan uses nothing',
      own: [scanOf({ verdict: 'wrong_gate' })],
      told: ['admitted'],
    },
    {
      story: 'knows whom the operator let in',
      own: [scanOf({ verdict: 'wrong_gate', override: 'supervisor' })],
      told: ['already_used'],
    },
    { story: 'strictly: only at its own gate', mode: 'strict', gate: 1, told: ['wrong_gate'] },
    { story: 'strictly: at its own gate', mode: 'strict', gate: 0, told: ['admitted'] },
    { story: 'leaves it to the operator by hand', mode: 'manual', told: ['package_expired'] },
    { story: 'leaves it to the operator when late', now: validUntil, told: ['package_expired'] },
    {
      story: 'still refuses what it knows to be used when late',
      now: validUntil,
      own: [scanOf()],
      told: ['already_used'],
    },
  ] as const)('$story', ({ told, ...changes }) => {
    expect([verdictOn(changes)]).toEqual(told);
  });

  it('lets everybody out', () => {
    expect(verdictOn({ direction: 'exit', mode: 'manual', now: validUntil })).toBe('exited');
  });

  it.each([
    { story: 'a picture of a rotating code', reason: 'stale_code', told: 'exited' },
    { story: 'a code without what rotates', reason: 'rotating_needed', told: 'exited' },
    { story: 'no forged code', reason: 'bad_signature', told: 'bad_signature' },
  ] as const)('lets out by $story, with a package and without', ({ reason, told }) => {
    const verified: Verified = { isGenuine: false, reason, ticket };
    const knowledge = new GateKnowledge(fresh(), []);
    for (const holding of [knowledge, undefined]) {
      const attempt = attemptOf({ direction: 'exit' });
      expect(judgeAlone(verified, attempt, holding, () => undefined).verdict).toBe(told);
    }
  });

  it('asks for the document before it leaves anything to anybody', () => {
    const half = { ...ticket, price: 'student' } as const;
    expect(verdictOn({ ticket: half, mode: 'manual' })).toBe('proof_needed');
    expect(verdictOn({ ticket: half, mode: 'manual', hasProof: true })).toBe('package_expired');
  });

  it('counts its own scans by the corrected clock, on the day they were', () => {
    const rules = rulesOf({ isDaily: true });
    const yesterday = scanOf({ at: noon - 86_400_000 + 60_000, offset: 86_400_000 });
    const knowledge = new GateKnowledge(fresh({ rules }), [yesterday]);
    expect(knowledge.admissions.whereabouts(7, 0)).toBe('inside');
    expect(knowledge.admissions.whereabouts(7, 1)).toBe('never');
  });

  it.each([
    { story: 'on the first day, whoever goes out has come in', day: 0, told: 'already_used' },
    { story: 'later it may be of a day that its list is not about', day: 1, told: 'admitted' },
  ])('lets out whom it has not seen come in: $story', ({ day, told }) => {
    const now = noon + day * 86_400_000;
    const rules = rulesOf({ isDaily: true });
    const out = scanOf({ at: now, direction: 'exit', verdict: 'exited' });
    const list = fresh({ rules, day, validUntil: now + 3_600_000 });
    const knowledge = new GateKnowledge(list, [out]);
    const verified: Verified = { isGenuine: true, ticket };
    const back = attemptOf({ now: now + 60_000 });
    const { verdict } = judgeAlone(verified, back, knowledge, (it) => knowledge.lastOf(it));
    expect(verdict).toBe(told);
  });

  it('keeps other checkpoints apart', () => {
    expect(verdictOn({ own: [scanOf({ checkpoint: 2 })] })).toBe('admitted');
  });

  describe('without a package', () => {
    it.each([
      { story: 'leaves a genuine code to the operator', told: 'package_expired' },
      { story: 'knows its own', last: { at: noon, gate: 0 }, told: 'already_used' },
      { story: 'refuses what is forged', isForged: true, told: 'bad_signature' },
    ])('$story', ({ last, isForged = false, told }) => {
      const verified: Verified = isForged
        ? { isGenuine: false, reason: 'bad_signature', ticket }
        : { isGenuine: true, ticket };
      const verdict = judgeAlone(verified, attemptOf({}), undefined, () => last);
      expect(verdict.verdict).toBe(told);
    });
  });
});

interface Changes {
  readonly mode?: OfflineMode;
  readonly gate?: number;
  readonly now?: number;
  readonly direction?: 'entry' | 'exit';
  readonly hasProof?: boolean;
  readonly own?: readonly Scan[];
  readonly ticket?: Ticket;
}

function verdictOn({ own = [], ticket: shown = ticket, ...changes }: Changes) {
  const knowledge = new GateKnowledge(fresh(), own);
  const verified: Verified = { isGenuine: true, ticket: shown };
  return judgeAlone(verified, attemptOf(changes), knowledge, (it) => knowledge.lastOf(it)).verdict;
}

function attemptOf({ mode = 'normal', gate = 0, now = noon, ...rest }: Changes) {
  return { mode, gate, now, direction: 'entry', hasProof: false, ...rest } as const;
}

function fresh(changes: Parameters<typeof packageOf>[2] = {}) {
  return packageOf(100, { used: 0, revoked: 0, outside: 0 }, { validUntil, ...changes });
}
