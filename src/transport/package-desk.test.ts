import type { EventId } from '@ingressou/protocol';
import { Bitmap, openPackage } from '@ingressou/protocol/admission';
import { keyRing } from '@ingressou/protocol/ticket';
import { expect, it } from 'vitest';
import { rulesOf } from '../../protocol/test/scans.ts';
import { SteppedClock } from '../../test/setup/stepped-clock.ts';
import type { PackageParts } from '../domain/gates-view.ts';
import type { Commands } from '../ports/commands.ts';
import { newKeyPair, signerOf, verifyOnNode } from '../workers/tickets/node-ed25519.ts';
import { KeyRings } from './key-rings.ts';
import { PackageDesk } from './package-desk.ts';

const event = '01938f2e-0000-7000-8000-000000000001' as EventId;

it('A package can be read whatever its show takes for used', async () => {
  const clock = new SteppedClock(rulesOf().days[0]!.from);
  const { publicKey, privateKey } = newKeyPair();
  const dates = { createdAt: 0, retiredAt: undefined, revokedAt: undefined };
  const keys = [{ keyId: 1, publicKey, generation: 1, ...dates }];
  const parts: PackageParts = {
    rules: rulesOf(),
    issued: 4,
    gone: Bitmap.of([3]).bytes(),
    days: [
      {
        day: 0,
        used: Bitmap.of([1, 2, 9, 4_000_000]).bytes(),
        inside: Bitmap.of([1, 9]).bytes(),
        people: 2,
      },
    ],
    reissued: [],
    isDeviceRevoked: false,
    hasCards: false,
  };
  const reply = { accepted: true, generation: 1, position: 5, at: clock.now(), value: parts };
  const desk = new PackageDesk({
    commands: { ask: async () => reply } as unknown as Commands,
    rings: new KeyRings({ keys: { list: async () => keys }, clock }),
    signing: { current: async () => ({ keyId: 1, privateKey }) },
    signerOf,
    clock,
  });
  const sealed = await desk.package(event, 'd2', 1);
  const bytes = 'bytes' in sealed ? sealed.bytes : new Uint8Array();
  const ring = await keyRing(event, [{ keyId: 1, publicKey, isRevoked: false }]);
  const opened = await openPackage(bytes, {
    ring,
    checkpoint: 1,
    now: clock.now(),
    verify: verifyOnNode,
  });
  const { used, outside } = typeof opened === 'string' ? expect.unreachable(opened) : opened;
  expect([[...used.numbers()], [...outside.numbers()]]).toEqual([[1, 2], [2]]);
});
