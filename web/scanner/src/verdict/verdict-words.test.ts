import { type Verdict, verdicts } from '@ingressou/protocol/admission';
import { describe, expect, it } from 'vitest';
import { wordsOf } from './verdict-words.ts';

/** 26 November 2026, 21:05 in São Paulo. */
const now = Date.UTC(2026, 10, 27, 0, 5);
const nameOf = (gate: number) => `Portão ${'ABC'[gate]}`;
const ground = { now, days: [now, now + 86_400_000], nameOf };
const notes = { price: 'student', isNominal: false, isMinor: true } as const;

/** One of each: the compiler sees to it that none is forgotten. */
const all: { readonly [V in Verdict['verdict']]: Extract<Verdict, { verdict: V }> } = {
  admitted: { verdict: 'admitted', notes },
  exited: { verdict: 'exited', isInferred: true },
  proof_needed: { verdict: 'proof_needed', notes },
  already_used: { verdict: 'already_used', last: { at: now - 180_000, gate: 1 } },
  inside_already: { verdict: 'inside_already' },
  revoked: { verdict: 'revoked' },
  old_revision: { verdict: 'old_revision' },
  unknown_ticket: { verdict: 'unknown_ticket' },
  wrong_event: { verdict: 'wrong_event' },
  wrong_gate: { verdict: 'wrong_gate', gates: [0, 2] },
  wrong_day: { verdict: 'wrong_day', days: [1] },
  not_yet_valid: { verdict: 'not_yet_valid', from: now },
  expired: { verdict: 'expired', until: now },
  unknown_key: { verdict: 'unknown_key' },
  revoked_key: { verdict: 'revoked_key' },
  bad_signature: { verdict: 'bad_signature' },
  not_a_ticket: { verdict: 'not_a_ticket', fault: 'web_address' },
  rotating_needed: { verdict: 'rotating_needed' },
  stale_code: { verdict: 'stale_code' },
  package_expired: { verdict: 'package_expired' },
};

describe('the words of a verdict', () => {
  it.each(Object.values(all))(
    '$verdict has a title for two metres and says what to do',
    (verdict) => {
      const { title, action } = wordsOf(verdict, ground);
      expect(title.length).toBeLessThanOrEqual(18);
      expect(action).toMatch(/^[A-ZÀ-Ú].*\.$/);
      if (verdicts[verdict.verdict].light === 'red')
        expect(action).toMatch(/Não|Peça|esperar|vale/);
    },
  );

  it.each([
    { verdict: all.already_used, says: 'Passou às 21:02 (há 3 min): Portão B.' },
    { verdict: all.wrong_gate, says: 'Entra por: Portão A ou Portão C.' },
    { verdict: all.wrong_day, says: 'Vale em: 27/11 às 21:05.' },
    { verdict: all.not_yet_valid, says: 'Vale a partir de 26/11 às 21:05.' },
    { verdict: all.not_a_ticket, says: 'É o endereço de um site.' },
    { verdict: all.admitted, says: 'Meia: estudante' },
  ])('$verdict.verdict: $says', ({ verdict, says }) => {
    expect(wordsOf(verdict, ground).details[0]).toBe(says);
  });

  it('shows the way even where no gate is left', () => {
    const { details } = wordsOf({ verdict: 'wrong_gate', gates: [] }, ground);
    expect(details).toEqual([
      'Sem internet, nenhum portão daqui recebe este setor: chame o supervisor.',
    ]);
  });
});
