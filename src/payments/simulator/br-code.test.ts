import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brCode, crc16, withChecksum } from './br-code.ts';

const pix = {
  location: 'pix.example.org/v2/0d5f0a1c',
  amountCents: 1_090,
  merchant: 'Ingressou',
  city: 'RIO DE JANEIRO',
  transaction: 'ABCDEFGHIJKLMNOPQRSTUVWXY',
};

describe('a BR Code', () => {
  it('has the checksum that the standard names for its check text', () => {
    expect(crc16('123456789')).toBe(0x29b1);
  });

  it("has the checksum of the central bank's own example", () => {
    const fields =
      '00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-426655440000' +
      '5204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***';
    expect(withChecksum(fields)).toBe(`${fields}63041D3D`);
  });

  it('is made of fields that say their own length', () => {
    expect(fieldsOf(brCode(pix))).toEqual({
      '00': '01',
      '01': '12',
      '26': '0014br.gov.bcb.pix2527pix.example.org/v2/0d5f0a1c',
      '52': '0000',
      '53': '986',
      '54': '10.90',
      '58': 'BR',
      '59': 'Ingressou',
      '60': 'RIO DE JANEIRO',
      '62': '0525ABCDEFGHIJKLMNOPQRSTUVWXY',
      '63': expect.stringMatching(/^[0-9A-F]{4}$/),
    });
  });

  it('keeps its shape whatever the names are', () => {
    const names = fc.record({
      merchant: fc.string({ unit: 'grapheme' }),
      city: fc.string({ unit: 'grapheme' }),
      amountCents: fc.integer({ min: 1, max: 99_999_999 }),
    });
    fc.assert(
      fc.property(names, (given) => {
        const code = brCode({ ...pix, ...given });
        const fields = fieldsOf(code);
        expect(Number(fields['54']) * 100).toBeCloseTo(given.amountCents);
        expect(fields['59']!.length).toBeLessThanOrEqual(25);
        expect(fields['60']!.length).toBeLessThanOrEqual(15);
        expect(withChecksum(code.slice(0, -8))).toBe(code);
      }),
    );
  });
});

function fieldsOf(code: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let at = 0; at < code.length; ) {
    const length = Number(code.slice(at + 2, at + 4));
    fields[code.slice(at, at + 2)] = code.slice(at + 4, at + 4 + length);
    at += 4 + length;
  }
  return fields;
}
