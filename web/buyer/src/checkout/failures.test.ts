import { RequestError } from '@ingressou/client-sdk';
import { describe, expect, it } from 'vitest';
import { refusalTexts } from '../checkout-texts.ts';
import { ChallengeRefusedError } from './card-desk.ts';
import { CardDataError } from './card-tokenizer.ts';
import { failureTexts, flawsIn } from './failures.ts';
import { ScriptMissingError } from './provider-script.ts';

describe('what went wrong on the way to an order', () => {
  it.each([
    ['no network', new RequestError(0, 'no_answer'), /servidor/],
    ['no session', new RequestError(401, 'token_refused'), /sessão/],
    ['too many tries', new RequestError(429, 'too_fast'), /tentativas/],
    ['a card’s number where none belongs', new RequestError(400, 'card_data_refused'), /cartão/],
    ['our fault', new RequestError(503, 'unavailable'), /nosso lado/],
    ['no script', new ScriptMissingError(''), /meio de pagamento/],
    ['a card’s data', new CardDataError([]), /dados do cartão/],
    ['the bank’s no', new ChallengeRefusedError(''), /não confirmou/],
    ['a bug', new TypeError('x is not a function'), /nosso lado/],
  ])('%s is explained, with what to do', (_, error, what) => {
    const explanation = failureTexts(error);
    expect(explanation.what).toMatch(what);
    for (const sentence of Object.values(explanation)) expect(sentence).toMatch(/^[A-ZÀ-Ú].*[.]$/);
  });

  it('is shown at the fields that the server names, and that the page has', () => {
    const errors = ['/buyer/cpf', '/holders/3/name', '/card/billing/uf', '/card/token'].map(
      (pointer) => ({ pointer, detail: 'is wrong' }),
    );
    expect([...flawsIn(new RequestError(400, 'invalid_fields', { errors }))]).toEqual([
      ['/buyer/cpf', 'cpf'],
      ['/holders/3/name', 'name'],
      ['/card/billing/uf', 'uf'],
    ]);
  });

  it('is shown at the fields of a card that the provider names', () => {
    const flaws = flawsIn(new CardDataError(['cardNumber']));
    expect([...flaws]).toEqual([['/card/cardNumber', 'cardNumber']]);
    expect(flawsIn(new TypeError('a bug')).size).toBe(0);
  });

  it.each(Object.entries(refusalTexts))('a refused payment is explained: %s', (_, texts) => {
    for (const sentence of Object.values(texts)) expect(sentence).toMatch(/^[A-ZÀ-Ú].*[.]$/);
  });
});
