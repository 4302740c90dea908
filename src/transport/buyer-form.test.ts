import { describe, expect, it } from 'vitest';
import { cpfOf, emailOf, nameOf, phoneOf, tidied } from './buyer-form.ts';

describe('a name', () => {
  it.each([
    ['Ana Souza', 'Ana Souza'],
    ['  Ana   Souza\t', 'Ana Souza'],
    ["João d'Ávila-Núñez", "João d'Ávila-Núñez"],
    ['Joa\u0303o', 'João'],
    ['Zé', 'Zé'],
    ['李雷', '李雷'],
    ['=cmd|calc', '=cmd|calc'],
    ['A', undefined],
    ['', undefined],
    ['123', undefined],
    ['Ana\nBcc: todos@example.com', undefined],
    ['Ana\u0000', undefined],
    ['Ana \u202eazuoS', undefined],
    ['a'.repeat(64), 'a'.repeat(64)],
    ['a'.repeat(65), undefined],
  ])('%j is kept as %j', (text, name) => expect(nameOf(text)).toBe(name));
});

describe('an e-mail address', () => {
  it.each([
    ['ana@example.com', 'ana@example.com'],
    [' Ana.Souza+show@Example.COM.BR ', 'Ana.Souza+show@example.com.br'],
    ["o'neil@a-b.example", "o'neil@a-b.example"],
    ['ana', undefined],
    ['ana@', undefined],
    ['ana@example', undefined],
    ['@example.com', undefined],
    ['ana@@example.com', undefined],
    ['ana@example..com', undefined],
    ['ana@-example.com', undefined],
    ['.ana@example.com', undefined],
    ['a..na@example.com', undefined],
    ['ana souza@example.com', undefined],
    ['ana@example.com\r\nBcc: b@example.com', undefined],
    ['ana@example.com,bia@example.com', undefined],
    ['<ana@example.com>', undefined],
    ['ana@exämple.com', undefined],
    [`${'a'.repeat(53)}@example.com`, undefined],
  ])('%j is kept as %j', (text, email) => expect(emailOf(text)).toBe(email));

  it('that is hostile takes no time to speak of', () => {
    expect(emailOf(`a@${'a-'.repeat(60)}`)).toBeUndefined();
  });
});

describe('a CPF', () => {
  it.each([
    ['529.982.247-25', '52998224725'],
    [' 52998224725 ', '52998224725'],
    ['529.982.247-26', undefined],
    ['111.111.111-11', undefined],
    ['0', undefined],
    ['5299822472', undefined],
    ['529982247250', undefined],
    ['52998224725x', undefined],
    ['٥٢٩٩٨٢٢٤٧٢٥', undefined],
  ])('%j is kept as %j', (text, cpf) => expect(cpfOf(text)).toBe(cpf));
});

describe('a phone number', () => {
  it.each([
    ['(61) 99999-9999', '5561999999999'],
    ['61 3333-4444', '556133334444'],
    ['+55 61 99999-9999', '5561999999999'],
    ['5561999999999', '5561999999999'],
    ['061 99999-9999', '5561999999999'],
    // An area code of 55 (Santa Maria) is not the country.
    ['55 99999-9999', '5555999999999'],
    ['+351 912 345 678', '351912345678'],
    ['+1 (212) 555-0100', '12125550100'],
    ['99999-9999', undefined],
    ['61 89999-9999', undefined],
    ['01 99999-9999', undefined],
    ['+55 61 9999', undefined],
    ['+0123456789', undefined],
    ['+1234567890123456', undefined],
    ['61 99999-9999 ramal 2', undefined],
    ['', undefined],
  ])('%j is kept as %j', (text, phone) => expect(phoneOf(text)).toBe(phone));
});

describe('the details of an order', () => {
  const event = '0192f0c0-0000-7000-8000-000000000000' as never;
  const buyer = { name: 'Ana', email: 'a@b.co', cpf: '529.982.247-25', phone: '61999999999' };
  const card = {
    token: 'token_x',
    installments: 1,
    billing: { line1: ' 10,  Rua A ', zipCode: '70000-000', city: 'Brasília', uf: 'DF' },
  };

  it('are tidied up, every field of them', () => {
    const kept = tidied({ event, buyer, holders: [{ name: ' Bia  Lima ' }], card });
    expect(kept).toEqual({
      isGood: true,
      details: {
        buyer: { name: 'Ana', email: 'a@b.co', cpf: '52998224725', phone: '5561999999999' },
        holders: [{ name: 'Bia Lima' }],
        card: {
          ...card,
          billing: { line1: '10, Rua A', zipCode: '70000000', city: 'Brasília', uf: 'DF' },
        },
      },
    });
  });

  it('tell every field that is wrong at once, and nothing of what was in it', () => {
    const wrong = { name: '!!', email: 'secret', cpf: '123', phone: 'x' };
    const kept = tidied({ event, buyer: wrong, holders: [{ name: 'Bia' }, { name: '1' }] });
    const flaws = kept.isGood ? [] : kept.flaws;
    expect(flaws.map(({ pointer }) => pointer)).toEqual([
      '#/buyer/name',
      '#/buyer/email',
      '#/buyer/cpf',
      '#/buyer/phone',
      '#/holders/1/name',
    ]);
    expect(JSON.stringify(flaws)).not.toContain('secret');
  });
});
