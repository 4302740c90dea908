import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newKeyPair, signerOf, verifyOnNode } from '../../src/workers/tickets/node-ed25519.ts';
import { packageOf } from '../test/packages.ts';
import { noon, rulesOf } from '../test/scans.ts';
import { joined } from './bytes.ts';
import { importKey, isSoundSignature } from './ed25519.ts';
import type { KeyRing } from './key-ring.ts';
import { applyDelta, deltaBetween, type OfflinePackage } from './offline-package.ts';
import { type Expected, openDelta, openPackage, sealDelta, sealPackage } from './package-seal.ts';

const pair = newKeyPair();
const sign = signerOf(pair.privateKey);
const key = importKey(pair.publicKey);
const ring: KeyRing = {
  event: 0x89abcdef,
  keys: new Map([
    [1, { key, isRevoked: true }],
    [2, { key, isRevoked: false }],
  ]),
};
const expected: Expected = { ring, checkpoint: 1, now: noon + 1_000, verify: verifyOnNode };
const shares = { used: 0.5, revoked: 0.05, outside: 0.1 };
const small = packageOf(300, shares);

describe('An offline package', () => {
  it.each([
    [0, shares],
    [1, { used: 1, revoked: 1, outside: 1 }],
    [300, shares],
    [5_000, { used: 0.9, revoked: 0, outside: 0.5 }],
  ])('of %i tickets is opened as it was sealed', async (issued, some) => {
    const whole = packageOf(issued, some);
    expect(plain(await openPackage(sealPackage(whole, 2, sign), expected))).toEqual(plain(whole));
  });

  it('carries whatever the rules are', async () => {
    const rules = rulesOf({
      isDaily: true,
      mayReenter: true,
      needsProof: false,
      days: [],
      sectors: [{ gates: 0xffffffff, strictGates: 0, days: 0x80000000 }],
      lotSectors: [0, 255, 0],
    });
    const whole = packageOf(10, shares, { rules });
    whole.revocations.reissue(3, 254);
    whole.revocations.reissue(4, 0xffff);
    expect(plain(await openPackage(sealPackage(whole, 2, sign), expected))).toEqual(plain(whole));
  });

  const bytes = sealPackage(small, 2, sign);
  const resealed = (change: (bytes: Uint8Array) => Uint8Array) => {
    const body = change(bytes.slice(0, -64));
    return joined(body, sign(joined(text('ingressou/package/v1\0'), body)));
  };
  const byte = (at: number, value: number) => (old: Uint8Array) =>
    old.map((each, place) => (place === at ? value : each));

  it.each<[string, Uint8Array, Partial<Expected>, string]>([
    ['nothing', new Uint8Array(0), {}, 'truncated'],
    ['far too much', new Uint8Array(3 * 1024 * 1024), {}, 'too_large'],
    ['of a later version', resealed(byte(0, 2)), {}, 'unknown_version'],
    ['a delta', resealed(byte(1, 1)), {}, 'wrong_kind'],
    ['of another show', bytes, { ring: { ...ring, event: 1 } }, 'wrong_event'],
    ['of another checkpoint', bytes, { checkpoint: 2 }, 'wrong_checkpoint'],
    ['by a key nobody knows', resealed(byte(3, 3)), {}, 'unknown_key'],
    ['by a revoked key', resealed(byte(3, 1)), {}, 'revoked_key'],
    [
      'by a stranger',
      sealPackage(small, 2, signerOf(newKeyPair().privateKey)),
      {},
      'bad_signature',
    ],
    ['over', bytes, { now: small.validUntil }, 'expired'],
    ['older than the one at hand', bytes, { held: { generation: 1, position: 501 } }, 'outdated'],
    ['of an older generation', bytes, { held: { generation: 2, position: 0 } }, 'outdated'],
    ['longer than it says', resealed((old) => joined(old, Uint8Array.of(0))), {}, 'malformed'],
    ['shorter than it says', resealed((old) => old.subarray(0, -1)), {}, 'malformed'],
    ['with rules nobody has', resealed(byte(36 + 2 + 70, 8)), {}, 'malformed'],
  ])('%s is refused: %s', async (_, sealed, changes, fault) => {
    expect(await openPackage(sealed, { ...expected, ...changes })).toBe(fault);
  });

  it.each([
    ['the one at hand', { generation: 1, position: 500 }],
    ['an older one', { generation: 1, position: 499 }],
    ['one of before a restore', { generation: 0, position: 900 }],
  ])('replaces %s', async (_, held) => {
    expect(plain(await openPackage(bytes, { ...expected, held }))).toEqual(plain(small));
  });

  it('that was cut off anywhere is refused', async () => {
    for (let length = 0; length < bytes.length; length += 1) {
      const opened = await openPackage(bytes.subarray(0, length), expected);
      expect(['truncated', 'bad_signature']).toContain(opened);
    }
  });

  it('in which any bit was flipped is refused', async () => {
    for (let at = 0; at < bytes.length; at += 1) {
      const flipped = bytes.map((each, place) => (place === at ? each ^ (1 << (at % 8)) : each));
      expect(await openPackage(flipped, expected)).toBeTypeOf('string');
    }
  });

  it('is not a ticket, nor is a ticket a package', async () => {
    const asTicket = joined(
      bytes.slice(0, -64),
      sign(joined(text('ingressou/ticket/v1\0'), bytes)),
    );
    expect(await openPackage(asTicket, expected)).toBe('bad_signature');
    expect(isSoundSignature(bytes.slice(-64))).toBe(true);
  });

  it('whose body is anything at all, rightly signed, is opened or malformed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.nat(200), async (noise, from) => {
        const sealed = resealed((old) => joined(old.subarray(0, 36 + from), noise));
        const opened = await openPackage(sealed, expected);
        if (typeof opened === 'string') expect(opened).toBe('malformed');
        else expect(sealPackage(opened, 2, sign)).toEqual(sealed);
      }),
    );
  });
});

describe('A package for 100 000 tickets, half used and 5 % revoked', () => {
  const kB = 1_000;
  const cases: readonly [string, typeof shares, number][] = [
    ['single entry', { ...shares, outside: 0 }, 20 * kB],
    ['re-entry, one in ten gone out again', shares, 20 * kB],
    ['re-entry, nine in ten gone out again', { ...shares, outside: 0.9 }, 20 * kB],
    // Used or not, and in or out, are both noise here: 18 750 bytes are the least there is for them.
    ['re-entry, half gone out again', { ...shares, outside: 0.5 }, 23.1 * kB],
    ['before the doors', { ...shares, used: 0, outside: 0 }, 5 * kB],
    ['when nearly all are in', { ...shares, used: 0.95, outside: 0 }, 9 * kB],
  ];
  const sized = cases.map(([name, some, bytesMax]): [string, number, number] => {
    const { length } = sealPackage(packageOf(100_000, some), 2, sign);
    return [name, length, bytesMax];
  });

  it.each(sized)('%s: takes %i bytes of at most %i', (_, length, bytesMax) => {
    expect(length).toBeLessThanOrEqual(bytesMax);
  });
});

describe('What changed between two packages', () => {
  const shared = { keys: small.keys, rules: small.rules };
  const later = (issued: number, used: number, outside: number): OfflinePackage =>
    packageOf(issued, { used, revoked: 0.2, outside }, { ...shared, position: 900 });

  it.each([
    ['more of everything', later(400, 0.8, 0.4)],
    ['everybody outside', later(300, 1, 1)],
    ['those who were outside are inside again', later(300, 0.5, 0)],
    ['nothing', packageOf(300, shares, { position: 501 })],
  ])('makes of the earlier one the later one: %s', async (_, after) => {
    const delta = deltaBetween(small, after)!;
    const opened = await openDelta(sealDelta(delta, 2, sign), expected);
    if (typeof opened === 'string') throw new Error(opened);
    const base = packageOf(300, shares);
    expect(plain(applyDelta(base, opened)!)).toEqual(plain(after));
  });

  it('is some hundred bytes when 100 of 100 000 came in', () => {
    const before = packageOf(100_000, shares);
    const after = packageOf(100_000, shares, { position: 600 });
    for (let serial = 3; after.used.size < before.used.size + 100; serial += 911) {
      after.used.add(serial % 100_000);
    }
    const delta = deltaBetween(before, after)!;
    expect(delta.inside.size).toBe(100);
    expect(sealDelta(delta, 2, sign).length).toBeLessThan(400);
  });

  it.each<[string, Partial<OfflinePackage>]>([
    ['a later position', { position: 501 }],
    ['another day', { day: 1 }],
    ['another generation', { generation: 2 }],
    ['another checkpoint', { checkpoint: 2 }],
    ['another show', { event: 1 }],
  ])('changes nothing that has %s', (_, changes) => {
    const base = packageOf(300, shares, changes);
    const before = plain(base);
    expect(applyDelta(base, deltaBetween(small, later(400, 0.8, 0.4))!)).toBeUndefined();
    expect(plain(base)).toEqual(before);
  });

  it.each<[string, Partial<OfflinePackage>]>([
    ['the rules', { rules: rulesOf({ mayReenter: true }) }],
    ['the keys', { keys: [] }],
    ['the day', { day: 1 }],
    ['the history', { generation: 2 }],
    ['the order', { position: 1 }],
  ])('cannot be said when it is %s', (_, changes) => {
    expect(deltaBetween(small, { ...later(400, 0.8, 0.4), ...changes })).toBeUndefined();
  });

  it('is not taken for a package', async () => {
    const sealed = sealDelta(deltaBetween(small, later(400, 0.8, 0.4))!, 2, sign);
    expect(await openPackage(sealed, expected)).toBe('wrong_kind');
    expect(await openDelta(sealPackage(small, 2, sign), expected)).toBe('wrong_kind');
  });
});

/** What is in it, however it came there. */
function plain(whole: OfflinePackage | string) {
  if (typeof whole === 'string') return whole;
  const { used, outside, revocations, ...rest } = whole;
  return {
    ...rest,
    used: [...used.numbers()],
    outside: [...outside.numbers()],
    gone: [...revocations.gone.numbers()],
    reissued: revocations.reissued(),
  };
}

function text(of: string): Uint8Array {
  return new TextEncoder().encode(of);
}
