import { expect, it } from 'vitest';
import { hasCardNumber } from './card-numbers.ts';

it.each([
  ['a Visa', '{"number":"4111111111111111"}'],
  ['an old Visa of 13 digits', '{"n":"4222222222222"}'],
  ['a number and no text', '{"number":4111111111111111}'],
  ['in groups', '{"number":"4111 1111 1111 1111"}'],
  ['in groups with dashes', '{"note":"card 5555-5555-5555-4444 of mine"}'],
  ['with its date and code behind', '{"note":"4111 1111 1111 1111 12/30 123"}'],
  ['an American Express', '{"number":"378282246310005"}'],
  ['an American Express in groups', '{"number":"3782 822463 10005"}'],
  ['a Diners', '{"number":"30569309025904"}'],
  ['an Elo', '{"number":"6362970000457013"}'],
  ['of 19 digits', '{"number":"6304000000000000000"}'],
  ['in a form', 'number=4111111111111111&cvv=123'],
])('sees %s', (_what, text) => {
  expect(hasCardNumber(text)).toBe(true);
});

it.each([
  ['a wrong check digit', '{"number":"4111111111111112"}'],
  ['a phone whose check digit happens to be good', '{"phone":"5561999999998"}'],
  ['a phone with its groups', '{"phone":"+55 61 99999-9998"}'],
  ['a time whose check digit happens to be good', '{"at":1767225600009}'],
  ['a CNPJ', '{"cnpj":"33000167000101"}'],
  ['a CPF', '{"cpf":"52998224725"}'],
  ['a UUID of digits', '{"id":"41111111-1111-7111-8111-111111111111"}'],
  ['a token of the provider', '{"token":"token_4111111111111111"}'],
  [
    'a PIX code',
    '"00020101021226820014br.gov.bcb.pix2560pix.stone.com.br/pix/v2/520400005303986540510.90"',
  ],
  ['more digits than a card has', '{"n":"41111111111111111111111111111111"}'],
  ['zeros', '{"n":"0000000000000000"}'],
])('lets %s pass', (_what, text) => {
  expect(hasCardNumber(text)).toBe(false);
});

it('takes no time to speak of over a hostile body', () => {
  expect(hasCardNumber('4111 '.repeat(50_000))).toBe(false);
  expect(hasCardNumber('1'.repeat(250_000))).toBe(false);
});
