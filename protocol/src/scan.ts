import { type VerdictName, verdicts } from './admission-verdicts.ts';
import { isSame } from './bytes.ts';

/** One scan as the device that made it tells it. Nothing of it is about a person. */
export interface Scan {
  /** 1, 2, 3 … on each device, without a gap. */
  readonly seq: number;
  /** By the device's own clock, in milliseconds since 1970. */
  readonly at: number;
  /** What must be added to make it the server's time, as the last handshake had it, if any. */
  readonly offset: number | undefined;
  /** Undefined when the code was no ticket of this show. */
  readonly ticket: ScannedTicket | undefined;
  readonly checkpoint: number;
  readonly gate: number;
  readonly direction: 'entry' | 'exit';
  readonly mode: ScanMode;
  /** What the operator was told. */
  readonly verdict: VerdictName;
  /** Why the operator let somebody in against the verdict; undefined when they did not. */
  readonly override: OverrideReason | undefined;
  readonly hasProof: boolean;
}

export interface ScannedTicket {
  readonly serial: number;
  readonly revision: number;
}

/** How the gate judged: by the server's word, or alone, and how carefully. */
export const scanModes = ['online', 'strict', 'normal', 'manual'] as const;
export type ScanMode = (typeof scanModes)[number];

/** Codes, because free text would have names in it. The order is what logs say and never changes. */
export const overrideReasons = [
  'supervisor',
  'device_broken',
  'code_unreadable',
  'document_checked',
  'topped_up',
  'emergency',
] as const;
export type OverrideReason = (typeof overrideReasons)[number];

export const scanBytes = 26;

/** The order is what logs say: new verdicts are added at the end. */
const verdictNames = Object.keys(verdicts) as readonly VerdictName[];

const exitFlag = 1;
const proofFlag = 2;
const noTicket = 0xffffffff;
const noOffset = -0x80000000;

/**
 *     0 seq u32 · 4 at u48 · 10 offset i32 · 14 serial u32 · 18 revision u16 · 20 checkpoint u8
 *     21 gate u8 · 22 flags u8 · 23 mode u8 · 24 verdict u8 · 25 override u8 (0: none)
 */
export function encodeScan(scan: Scan): Uint8Array {
  const bytes = new Uint8Array(scanBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, scan.seq);
  view.setUint16(4, Math.floor(scan.at / 2 ** 32));
  view.setUint32(6, scan.at % 2 ** 32);
  view.setInt32(10, scan.offset ?? noOffset);
  view.setUint32(14, scan.ticket?.serial ?? noTicket);
  view.setUint16(18, scan.ticket?.revision ?? 0);
  view.setUint8(20, scan.checkpoint);
  view.setUint8(21, scan.gate);
  view.setUint8(22, (scan.direction === 'exit' ? exitFlag : 0) | (scan.hasProof ? proofFlag : 0));
  view.setUint8(23, scanModes.indexOf(scan.mode));
  view.setUint8(24, verdictNames.indexOf(scan.verdict));
  view.setUint8(25, scan.override === undefined ? 0 : overrideReasons.indexOf(scan.override) + 1);
  return bytes;
}

/** Undefined for bytes that no scan is written as. */
export function decodeScan(bytes: Uint8Array): Scan | undefined {
  if (bytes.length !== scanBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, scanBytes);
  const [flags, override] = [view.getUint8(22), view.getUint8(25)];
  const offset = view.getInt32(10);
  const serial = view.getUint32(14);
  const mode = scanModes[view.getUint8(23)];
  const verdict = verdictNames[view.getUint8(24)];
  if (mode === undefined || verdict === undefined) return undefined;
  if (flags > (exitFlag | proofFlag) || override > overrideReasons.length) return undefined;
  const scan: Scan = {
    seq: view.getUint32(0),
    at: view.getUint16(4) * 2 ** 32 + view.getUint32(6),
    offset: offset === noOffset ? undefined : offset,
    ticket: serial === noTicket ? undefined : { serial, revision: view.getUint16(18) },
    checkpoint: view.getUint8(20),
    gate: view.getUint8(21),
    direction: (flags & exitFlag) === 0 ? 'entry' : 'exit',
    mode,
    verdict,
    override: overrideReasons[override - 1],
    hasProof: (flags & proofFlag) !== 0,
  };
  return isSame(encodeScan(scan), bytes) ? scan : undefined;
}

/** Whether somebody went through: let in by the verdict, or against it, or let out. */
export function isPassed({ verdict, override }: Scan): boolean {
  return verdict === 'admitted' || verdict === 'exited' || override !== undefined;
}
