import { type VerdictName, verdicts } from './admission-verdicts.ts';
import { isSame, uint16At, uint32At, writeUint16, writeUint32 } from './bytes.ts';

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
  'topped_up_cash',
  'topped_up_card',
  'topped_up_pix',
] as const;
export type OverrideReason = (typeof overrideReasons)[number];

/** How half price is made full price at a gate. */
export const topUpMethods = ['cash', 'card', 'pix'] as const;
export type TopUpMethod = (typeof topUpMethods)[number];

/** The reasons that say so. `topped_up` is that of older logs, which do not say how. */
export const topUpReasons = {
  cash: 'topped_up_cash',
  card: 'topped_up_card',
  pix: 'topped_up_pix',
  unknown: 'topped_up',
} as const satisfies Record<TopUpMethod | 'unknown', OverrideReason>;

const methodsByReason = new Map<OverrideReason, TopUpMethod | 'unknown'>(
  ([...topUpMethods, 'unknown'] as const).map((method) => [topUpReasons[method], method]),
);

/** Undefined for a reason that is about no money. */
export function topUpMethodOf(reason: OverrideReason): TopUpMethod | 'unknown' | undefined {
  return methodsByReason.get(reason);
}

export const scanBytes = 26;

/** The order is what logs say: new verdicts are added at the end. */
const verdictNames = Object.keys(verdicts) as readonly VerdictName[];

const exitFlag = 1;
const proofFlag = 2;
const noTicket = 0xffffffff;
const noOffset = -0x80000000;

/**
 *     0 seq u32 · 4 at u48 · 10 offset i32 (-2³¹: none) · 14 serial u32 · 18 revision u16 · 20 checkpoint u8
 *     21 gate u8 · 22 flags u8 · 23 mode u8 · 24 verdict u8 · 25 override u8 (0: none)
 */
export function encodeScan(scan: Scan): Uint8Array {
  const bytes = new Uint8Array(scanBytes);
  writeUint32(bytes, 0, scan.seq);
  writeUint16(bytes, 4, Math.floor(scan.at / 2 ** 32));
  writeUint32(bytes, 6, scan.at % 2 ** 32);
  writeUint32(bytes, 10, writtenOffset(scan));
  writeUint32(bytes, 14, scan.ticket?.serial ?? noTicket);
  writeUint16(bytes, 18, scan.ticket?.revision ?? 0);
  bytes[20] = scan.checkpoint;
  bytes[21] = scan.gate;
  bytes[22] = (scan.direction === 'exit' ? exitFlag : 0) | (scan.hasProof ? proofFlag : 0);
  bytes[23] = scanModes.indexOf(scan.mode);
  bytes[24] = verdictNames.indexOf(scan.verdict);
  bytes[25] = scan.override === undefined ? 0 : overrideReasons.indexOf(scan.override) + 1;
  return bytes;
}

/** A clock that is more than 24 days off is not made good: as if it had never been compared. */
function writtenOffset({ offset = noOffset }: Scan): number {
  return Math.abs(offset) < -noOffset ? offset : noOffset;
}

/** Undefined for bytes that no scan is written as. */
export function decodeScan(bytes: Uint8Array): Scan | undefined {
  if (bytes.length !== scanBytes) return undefined;
  const [flags, override] = [bytes[22]!, bytes[25]!];
  // The bits of a whole number with a sign.
  const offset = uint32At(bytes, 10) | 0;
  const serial = uint32At(bytes, 14);
  const mode = scanModes[bytes[23]!];
  const verdict = verdictNames[bytes[24]!];
  if (mode === undefined || verdict === undefined) return undefined;
  if (flags > (exitFlag | proofFlag) || override > overrideReasons.length) return undefined;
  const scan: Scan = {
    seq: uint32At(bytes, 0),
    at: uint16At(bytes, 4) * 2 ** 32 + uint32At(bytes, 6),
    offset: offset === noOffset ? undefined : offset,
    ticket: serial === noTicket ? undefined : { serial, revision: uint16At(bytes, 18) },
    checkpoint: bytes[20]!,
    gate: bytes[21]!,
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
