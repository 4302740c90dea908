import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { verifyOnNode } from '../../src/workers/tickets/node-ed25519.ts';
import { craftedKey, craftedSignature, oddPoints, smallPoints } from '../test/crafted-keys.ts';
import { type GoldenRotating, goldenRotating } from '../test/golden-rotating.ts';
import { type GoldenTickets, goldenTickets } from '../test/golden-tickets.ts';
import {
  importKey,
  isSoundSignature,
  KeyError,
  type KeyRing,
  type Knows,
  keyRing,
  recogniseTicket,
  type Verified,
  type Verify,
  verifyTicket,
} from './ticket.ts';
import { browserVerify, verifyNatively, verifyWithNoble } from './ticket-browser.ts';

const ticketsFile = new URL('../vectors/tickets.json', import.meta.url);
const rotatingFile = new URL('../vectors/rotating-codes.json', import.meta.url);

const engines: [string, Verify][] = [
  ['node:crypto', verifyOnNode],
  ['WebCrypto', verifyNatively],
  ['@noble/ed25519', verifyWithNoble],
];

describe('The golden tickets', () => {
  const golden: GoldenTickets = JSON.parse(readFileSync(ticketsFile, 'utf8'));
  const ring = ringOf(golden);

  it('are 2 000, and made the same way again', async () => {
    await expect(textOf(goldenTickets(), 'tickets')).toMatchFileSnapshot(ticketsFile.pathname);
    expect(golden.tickets).toHaveLength(2_000);
  });

  it.each(engines)('are judged by %s as they should', async (_, verify) => {
    for (const [name, code, outcome] of golden.tickets) {
      const verified = await verifyTicket(code, ring, verify, 0);
      expect([name, code, wordFor(verified)]).toEqual([name, code, outcome]);
    }
  });
});

describe('Golden codes whose signatures are known', () => {
  const signatures = new Set<string>();
  const nameOf = (...parts: Uint8Array[]) => Buffer.concat(parts).toString('base64');
  const remembering: Verify = async (signature, message, key) => {
    const isRight = await verifyOnNode(signature, message, key);
    if (isRight) signatures.add(nameOf(signature, message, key.bytes));
    return isRight;
  };
  const knows: Knows = (signature, message, key) =>
    signatures.has(nameOf(signature, message, key.bytes));
  const tickets: GoldenTickets = JSON.parse(readFileSync(ticketsFile, 'utf8'));
  const rotating: GoldenRotating = JSON.parse(readFileSync(rotatingFile, 'utf8'));

  it.each([
    ['static', ringOf(tickets), tickets.tickets.map(([name, code]) => [name, code, 0] as const)],
    ['rotating', ringOf(rotating), rotating.codes],
  ])('are judged at once as an engine would, and no others are: %s', async (_, ring, codes) => {
    for (const [name, code, now] of codes) {
      const before = recogniseTicket(code, ring, knows, now);
      const verified = await verifyTicket(code, ring, remembering, now);
      const after = recogniseTicket(code, ring, knows, now);
      const isForged = !verified.isGenuine && verified.reason === 'bad_signature';
      // A signature that no engine is asked about is refused at once.
      expect([name, before ?? verified]).toEqual([name, verified]);
      expect([name, isForged ? (after ?? verified) : after]).toEqual([name, verified]);
      if (isForged) expect([name, after]).toEqual([name, before]);
    }
    expect(signatures.size).toBeGreaterThan(0);
  });
});

describe('The golden rotating codes', () => {
  const golden: GoldenRotating = JSON.parse(readFileSync(rotatingFile, 'utf8'));
  const ring = ringOf(golden);

  it('are made the same way again', async () => {
    const text = textOf(goldenRotating(), 'codes');
    await expect(text).toMatchFileSnapshot(rotatingFile.pathname);
  });

  it.each(engines)('are judged by %s as they should', async (_, verify) => {
    for (const [name, code, now, outcome] of golden.codes) {
      const verified = await verifyTicket(code, ring, verify, now);
      expect([name, code, wordFor(verified)]).toEqual([name, code, outcome]);
    }
  });
});

describe('What implementations of Ed25519 disagree about', () => {
  const message = new TextEncoder().encode('ingressou/ticket/v1\0');

  it('no key has small order', () => {
    const codes = smallPoints.map((point) => codeOf(() => importKey(point)));
    expect(new Set(codes)).toEqual(new Set(['small_order']));
  });

  it('no key is spelled in another way', () => {
    const codes = oddPoints.map((point) => codeOf(() => importKey(point)));
    // The last two would be −0, points of small order.
    expect(codes).toEqual([...Array(5).fill('not_canonical'), 'small_order', 'small_order']);
  });

  it.each([0, 31, 33, 64])('no key has %i bytes', (length) => {
    expect(codeOf(() => importKey(new Uint8Array(length).fill(7)))).toBe('wrong_length');
  });

  it.each(engines)('%s gives the same answer to crafted keys and signatures', async (_, verify) => {
    const answers: boolean[] = [];
    for (const [isMixedKey, isMixedPoint] of [
      [false, false],
      [false, true],
      [true, false],
      [true, true],
    ] as const) {
      const key = craftedKey('crafted', isMixedKey);
      const signature = craftedSignature(key, message, isMixedPoint);
      expect(isSoundSignature(signature)).toBe(true);
      answers.push(await verify(signature, message, importKey(key.publicKey)));
    }
    // In the last one both have a part of order 8, and for this message they cancel out.
    expect(answers).toEqual([true, false, false, true]);
  });

  it.each(engines)(
    '%s takes a key that is no point for one that signed nothing',
    async (_, verify) => {
      const key = importKey(new Uint8Array(32).fill(2));
      const signature = craftedSignature(craftedKey('crafted', false), message, false);
      expect(await verify(signature, message, key).catch(() => false)).toBe(false);
    },
  );

  it('a browser uses its own engine when it has one', async () => {
    expect(await browserVerify()).toBe(verifyNatively);
  });
});

function wordFor(verified: Verified): string {
  if (verified.isGenuine) return 'genuine';
  return verified.reason === 'not_a_ticket' ? verified.fault : verified.reason;
}

function codeOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error instanceof KeyError ? error.code : error;
  }
}

function ringOf({ event, keys }: Pick<GoldenTickets, 'event' | 'keys'>): KeyRing {
  const listed = keys.map(({ publicKey, ...key }) => ({
    ...key,
    publicKey: Uint8Array.from(Buffer.from(publicKey, 'hex')),
  }));
  return keyRing(event, listed);
}

/** One code a line, so that a change shows as one. */
function textOf<Rows extends 'tickets' | 'codes'>(
  golden: Pick<GoldenTickets, 'event' | 'keys'> & Readonly<Record<Rows, readonly unknown[]>>,
  rows: Rows,
): string {
  const lines = (list: readonly unknown[]) => list.map((row) => `    ${JSON.stringify(row)}`);
  return `{
  "event": ${JSON.stringify(golden.event)},
  "keys": [
${lines(golden.keys).join(',\n')}
  ],
  "${rows}": [
${lines(golden[rows]).join(',\n')}
  ]
}
`;
}
