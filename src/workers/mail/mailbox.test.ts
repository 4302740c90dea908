import { expect, it } from 'vitest';
import { parseMailbox } from './mailbox.ts';

it.each([
  ['Ingressou <a@b.com.br>', { name: 'Ingressou', email: 'a@b.com.br' }],
  ['"Ingressou, ingressos" <a@b.com.br>', { name: 'Ingressou, ingressos', email: 'a@b.com.br' }],
  [' a@b.com.br ', { name: '', email: 'a@b.com.br' }],
  ['<a@b.com.br>', { name: '', email: 'a@b.com.br' }],
  ['Ingressou', undefined],
  ['Ingressou <a@b>', undefined],
  ['A\nBcc: e@e.com <a@b.com.br>', undefined],
  ['A <a@b.com.br>, B <c@d.com.br>', undefined],
  ['', undefined],
])('%j is read as %j', (text, mailbox) => {
  expect(parseMailbox(text)).toEqual(mailbox);
});
