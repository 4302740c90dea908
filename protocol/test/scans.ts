import type { CheckpointRules } from '../src/admission-rules.ts';
import type { ReceivedScan } from '../src/received-scan.ts';
import type { Scan } from '../src/scan.ts';

/** Noon of the first day of the show. */
export const noon = 1_767_225_600_000;
const dayMs = 86_400_000;

/** A checkpoint with two sectors: lot 0 goes in by gates 0 and 1, lot 1 by gate 2 on day 1 only. */
export function rulesOf(changes: Partial<CheckpointRules> = {}): CheckpointRules {
  return {
    checkpoint: 1,
    isDaily: false,
    mayReenter: false,
    needsProof: true,
    days: [0, 1].map((day) => ({
      from: noon + day * dayMs,
      until: noon + day * dayMs + dayMs / 2,
    })),
    sectors: [
      { gates: 0b011, strictGates: 0b001, days: 0b11 },
      { gates: 0b100, strictGates: 0b100, days: 0b10 },
    ],
    lotSectors: [0, 1],
    ...changes,
  };
}

/** An admitted entry by a phone whose clock is right, with whatever a test needs different. */
export function scanOf(changes: Partial<Scan> = {}): Scan {
  return {
    seq: 1,
    at: noon,
    offset: 0,
    ticket: { serial: 7, revision: 0 },
    checkpoint: 1,
    gate: 0,
    direction: 'entry',
    mode: 'normal',
    verdict: 'admitted',
    override: undefined,
    hasProof: false,
    ...changes,
  };
}

/** The same, as the server has it: received right away unless a test says otherwise. */
export function receivedOf(changes: Partial<ReceivedScan> = {}): ReceivedScan {
  const scan = scanOf(changes);
  return {
    device: 'a',
    position: scan.seq,
    receivedAt: scan.at + (scan.offset ?? 0),
    isClockSuspect: false,
    isDeviceRevoked: false,
    isUnissued: false,
    ...scan,
    ...changes,
  };
}
