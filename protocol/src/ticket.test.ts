import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ticketNumber } from '../test/golden-ground.ts';
import { base45Length, decodeBase45, encodeBase45 } from './base45.ts';
import type { EventId } from './ids.ts';
import {
  decodePayload,
  decodeTicket,
  encodePayload,
  eventNumber,
  priceKinds,
  signTicket,
  type Ticket,
  ticketCodeLength,
  ticketEnd,
} from './ticket.ts';

const text = (of: string) => new TextEncoder().encode(of);
const sign = () => new Uint8Array(64).fill(255);
const ticket = ticketNumber(0);

describe('Base45', () => {
  it.each([
    ['AB', 'BB8'],
    ['Hello!!', '%69 VD92EX0'],
    ['base-45', 'UJCLQE7W581'],
    ['ietf!', 'QED8WEX0'],
    ['', ''],
  ])('of "%s" is "%s", as RFC 9285 has it', (plain, encoded) => {
    expect(encodeBase45(text(plain))).toBe(encoded);
    expect(decodeBase45(encoded)).toEqual(text(plain));
  });

  it('comes back, and has the length it should', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const encoded = encodeBase45(bytes);
        expect(encoded).toHaveLength(base45Length(bytes.length));
        expect(decodeBase45(encoded)).toEqual(bytes);
      }),
    );
  });

  it('has one text for the same bytes', () => {
    const characters = fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:');
    fc.assert(
      fc.property(fc.string({ unit: characters, maxLength: 30 }), (encoded) => {
        const bytes = decodeBase45(encoded);
        if (bytes !== undefined) expect(encodeBase45(bytes)).toBe(encoded);
      }),
    );
  });

  it.each(['GGX', ':::', '::', 'A', 'ABCD', 'ab0', 'A,0', 'Ä00'])('is not "%s"', (encoded) => {
    expect(decodeBase45(encoded)).toBeUndefined();
  });
});

describe('A ticket code', () => {
  const whole = (max: number) => fc.integer({ min: 0, max });
  const tickets: fc.Arbitrary<Ticket> = fc.record({
    keyId: whole(0xffff),
    event: whole(0xffffffff),
    serial: whole(0xffffffff),
    revision: whole(0xffff),
    lot: whole(0xffff),
    price: fc.constantFrom(...priceKinds),
    isNominal: fc.boolean(),
    isMinor: fc.boolean(),
    isRotating: fc.boolean(),
    isPrintable: fc.boolean(),
    notBefore: whole(0xffffffff).map((seconds) => seconds * 1000),
    validHours: whole(0xffff),
    salt: whole(0xffffffff),
  });

  it('says what was signed, and fits version 6 of QR at level M', () => {
    fc.assert(
      fc.property(tickets, (made) => {
        const code = signTicket(made, sign);
        expect(code).toHaveLength(ticketCodeLength);
        // Scanners trim spaces; there is none at either end.
        expect(code.trim()).toBe(code);
        expect(code.startsWith('V50')).toBe(true);
        expect(decodeTicket(code)).toMatchObject({ ticket: made });
        expect(decodePayload(encodePayload(made))).toEqual(made);
      }),
    );
    expect(ticketCodeLength).toBeLessThanOrEqual(154);
  });

  it.each<[string, Partial<Ticket>]>([
    ['a key', { keyId: 0x10000 }],
    ['a serial', { serial: -1 }],
    ['a revision', { revision: 0x10000 }],
    ['a lot', { lot: 1.5 }],
    ['a time', { notBefore: 1_500 }],
    ['a time of long ago', { notBefore: -1_000 }],
    ['hours', { validHours: 0x10000 }],
    ['salt', { salt: Number.NaN }],
  ])('is not made when %s does not fit', (_, changes) => {
    expect(() => signTicket({ ...ticket, ...changes }, sign)).toThrow(RangeError);
  });

  it('is read in bounded time whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400 }), (anything) => {
        expect(decodeTicket(anything)).toBeTypeOf('string');
      }),
    );
  });

  it('ends so many hours after it begins, or never', () => {
    const ends = { ...ticket, notBefore: 5_000, validHours: 2 };
    expect(ticketEnd(ends)).toBe(5_000 + 2 * 3_600_000);
    expect(ticketEnd({ ...ends, validHours: 0 })).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('The number of a show in its tickets', () => {
  it('is the XOR of the four words of its id', () => {
    expect(eventNumber('00000001-0000-0002-0000-000400000008' as EventId)).toBe(0xf);
    expect(eventNumber('ffffffff-0000-0000-0000-000000000000' as EventId)).toBe(0xffffffff);
  });

  it('is another one when any part of the id is', () => {
    const ids = [
      '019c2e0a-7b11-7cc3-9f26-58d1a2b3c4d5',
      '119c2e0a-7b11-7cc3-9f26-58d1a2b3c4d5',
      '019c2e0a-7b11-7cc4-9f26-58d1a2b3c4d5',
      '019c2e0a-7b11-7cc3-9f36-58d1a2b3c4d5',
      '019c2e0a-7b11-7cc3-9f26-58d1a2b3c4d6',
    ];
    expect(new Set(ids.map((id) => eventNumber(id as EventId))).size).toBe(ids.length);
  });
});
