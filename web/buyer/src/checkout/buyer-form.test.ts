import type { LotId } from '@ingressou/protocol';
import { describe, expect, it } from 'vitest';
import {
  type BuyerForm,
  detailsOf,
  emptyForm,
  flawsOf,
  lotsOf,
  withField,
  withHolder,
} from './buyer-form.ts';

const good: BuyerForm = {
  name: ' Ana Lima ',
  email: 'ana@example.com',
  cpf: '529.982.247-25',
  phone: '(11) 98765-4321',
  isForMe: true,
  holders: ['', ''],
};

describe('a buyer’s form', () => {
  const rows: [string, Partial<BuyerForm>, string[]][] = [
    ['that is whole has no flaws', {}, []],
    ['needs a name', { name: ' ' }, ['/buyer/name']],
    ['takes no initial for a name', { name: 'A.' }, ['/buyer/name']],
    ['takes names of every script', { name: '李 小' }, []],
    ['needs an e-mail with a domain', { email: 'ana@example' }, ['/buyer/email']],
    ['needs a CPF that checks', { cpf: '529.982.247-24' }, ['/buyer/cpf']],
    ['needs an area code', { phone: '98765-4321' }, ['/buyer/phone']],
    [
      'needs a name for each ticket that is for somebody else',
      { isForMe: false, holders: ['Bia', ''] },
      ['/holders/1/name'],
    ],
  ];
  it.each(rows)('%s', (_, change, expected) => {
    expect([...flawsOf({ ...good, ...change }).keys()]).toEqual(expected);
  });

  it('that is empty says everything at once, in the order of its fields', () => {
    const pointers = [...flawsOf(emptyForm(1)).keys()];
    expect(pointers).toEqual(['/buyer/name', '/buyer/email', '/buyer/cpf', '/buyer/phone']);
  });

  it('begins with what is remembered, and masks what is typed', () => {
    const form = withField(
      withField(emptyForm(1, { name: 'Ana' }), 'cpf', '52998'),
      'phone',
      '119',
    );
    expect(form).toMatchObject({ name: 'Ana', cpf: '529.98', phone: '(11) 9' });
  });

  it('tells the buyer as the holder of every ticket', () => {
    expect(detailsOf(good)).toEqual({
      buyer: {
        name: 'Ana Lima',
        email: 'ana@example.com',
        cpf: '529.982.247-25',
        phone: '(11) 98765-4321',
      },
      holders: [{ name: 'Ana Lima' }, { name: 'Ana Lima' }],
    });
  });

  it('tells who each ticket is for', () => {
    const form = withHolder({ ...good, isForMe: false, holders: ['Bia', ''] }, 1, 'Caio');
    expect(detailsOf(form).holders).toEqual([{ name: 'Bia' }, { name: 'Caio' }]);
  });

  it('asks for a name for each unit, lot after lot', () => {
    const [a, b] = ['a', 'b'] as [LotId, LotId];
    expect(
      lotsOf([
        { lot: a, quantity: 2 },
        { lot: b, quantity: 1 },
      ]),
    ).toEqual([a, a, b]);
  });
});
