import { type EventId, uuid7 } from '@ingressou/protocol';
import { eventNumber, signTicket } from '@ingressou/protocol/ticket';
import { beforeEach, expect, it } from 'vitest';
import { silentTelemetry } from '../../test/setup/silent-telemetry.ts';
import { SteppedClock } from '../../test/setup/stepped-clock.ts';
import type { TicketCode } from '../ports/ticket-codes.ts';
import { newKeyPair, signerOf, verifyOnNode } from '../workers/tickets/node-ed25519.ts';
import { KeyRings } from './key-rings.ts';
import { LookAhead } from './look-ahead.ts';

const event = uuid7<EventId>(0, new Uint8Array(16));
const { publicKey, privateKey } = newKeyPair();
const sign = signerOf(privateKey);
let clock: SteppedClock;
let codes: TicketCode[];
let looked: number;
let counted: number;
let failures: string[];
let isBusy: boolean;
let isWanted: boolean;
let isAway: boolean;
let ahead: LookAhead;

beforeEach(() => {
  clock = new SteppedClock(Date.UTC(2026, 10, 26));
  [codes, looked, counted, failures] = [[], 0, 0, []];
  [isBusy, isWanted, isAway] = [false, true, false];
  const times = { createdAt: 0, retiredAt: undefined, revokedAt: undefined };
  const list = async () => [{ keyId: 1, publicKey, generation: 1, ...times }];
  ahead = new LookAhead({
    codes: {
      after: async (_, { serial }, max) => {
        if (isAway) throw new Error('The codes are away.');
        return codes.filter((code) => code.serial > serial).slice(0, max);
      },
    },
    rings: new KeyRings({ keys: { list }, clock }),
    verify: async (...question) => {
      looked += 1;
      return await verifyOnNode(...question);
    },
    isBusy: () => isBusy,
    isWanted: () => isWanted,
    clock,
    telemetry: {
      ...silentTelemetry,
      failed: (what) => void failures.push(what),
      lookedAhead: (count) => {
        counted += count;
      },
    },
  });
});

function sell(count: number): void {
  for (let more = 0; more < count; more += 1) {
    const serial = codes.length + 1;
    const plain = { price: 'full', isNominal: false, isMinor: false, isRotating: false } as const;
    const validity = { isPrintable: true, notBefore: 0, validHours: 0 };
    const name = { keyId: 1, event: eventNumber(event), serial, revision: 0, lot: 0, salt: 0 };
    const code = signTicket({ ...name, ...plain, ...validity }, sign);
    codes.push({ serial, revision: 0, keyId: 1, code });
  }
}

it('looks at every code of a show, however many scanners come', async () => {
  sell(1_030);
  for (let scanner = 0; scanner < 3; scanner += 1) ahead.begin(event);
  await clock.advance(5_000);
  expect([looked, counted, failures]).toEqual([1_030, 1_030, []]);
});

it('looks later at what is sold at the door, and at nothing twice', async () => {
  sell(10);
  ahead.begin(event);
  await clock.advance(1_000);
  sell(5);
  ahead.begin(event);
  await clock.advance(1_000);
  expect(looked).toBe(10);
  await clock.advance(30_000);
  ahead.begin(event);
  await clock.advance(1_000);
  expect(looked).toBe(15);
});

it('waits as long as somebody stands at a gate, and begins no second time', async () => {
  sell(200);
  isBusy = true;
  ahead.begin(event);
  await clock.advance(40_000);
  ahead.begin(event);
  expect(looked).toBe(0);
  isBusy = false;
  await clock.advance(1_000);
  expect(looked).toBe(200);
});

it('stops when the last scanner has gone, and goes on where it was', async () => {
  sell(200);
  ahead.begin(event);
  await clock.advance(10);
  const before = looked;
  expect(before).toBeGreaterThan(0);
  isWanted = false;
  await clock.advance(31_000);
  expect(looked).toBeLessThan(200);
  isWanted = true;
  ahead.begin(event);
  await clock.advance(1_000);
  expect(looked).toBe(200);
});

it('says so when the codes cannot be read, and tries again', async () => {
  sell(3);
  isAway = true;
  ahead.begin(event);
  await clock.advance(1_000);
  expect(failures).toEqual(['look ahead at tickets']);
  isAway = false;
  await clock.advance(30_000);
  ahead.begin(event);
  await clock.advance(1_000);
  expect(looked).toBe(3);
});
