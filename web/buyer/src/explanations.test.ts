import { type Rejection, type RejectionReason, rejections } from '@ingressou/protocol';
import { describe, expect, it } from 'vitest';
import { explain } from './explanations.ts';

const context = { nameOf: () => 'Pista, 1º lote' };
const data = { lot: 'a', available: 0, max: 20, limit: 4, taken: 1, now: 0, retryAfterMs: 2_000 };

describe('a no', () => {
  it.each(Object.keys(rejections) as RejectionReason[])('is explained: %s', (reason) => {
    const { what, advice } = explain({ reason, ...data } as Rejection, context);
    for (const sentence of [what, advice]) expect(sentence).toMatch(/^[A-ZÀ-Ú].*[.]$/);
  });

  it('that is younger than the page is our fault', () => {
    const future = { reason: 'full_moon' } as unknown as Rejection;
    expect(explain(future, context)).toEqual(explain({ reason: 'internal_error' }, context));
  });

  it('to a wish about a hold does not say that nothing was reserved', () => {
    for (const reason of ['busy', 'too_fast', 'id_reused', 'id_out_of_time'] as const) {
      const rejection = { reason, ...data } as Rejection;
      expect(explain(rejection, { ...context, isAboutHold: true }).advice).toMatch(/^Sua reserva/);
      expect(explain(rejection, context).advice).toMatch(/^Nada foi reservado/);
    }
  });

  it('for want of stock says of what, and how much there is', () => {
    const rejection = { reason: 'sold_out', lot: 'a', available: 2 } as const;
    expect(explain(rejection, context)).toEqual({
      what: 'Pista, 1º lote: restam só 2.',
      advice: 'Nada foi reservado. Diminua a quantidade ou escolha outro lote.',
    });
  });
});
