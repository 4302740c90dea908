import type { CheckpointRules } from './admission-rules.ts';
import { dayOf } from './judge.ts';
import type { Scan } from './scan.ts';

/**
 * A scan as the server took it in. What the server says about it is part of it from then on: so it
 * never matters when, where and how often scans are put together.
 */
export interface ReceivedScan extends Scan {
  readonly device: string;
  /** Its number among all the show has received; no two have the same. */
  readonly position: number;
  /** The server's clock when it came in. */
  readonly receivedAt: number;
  /** Its own time is not believed: the order of receipt stands in for it. */
  readonly isClockSuspect: boolean;
  /** The device was revoked before. Its scans admit nobody, but they are not forgotten. */
  readonly isDeviceRevoked: boolean;
  /** The show had issued no ticket of that number: rightly signed or not, it is nobody's. */
  readonly isUnissued: boolean;
}

/** What the server knows when scans of a device come in. */
export interface Receipt {
  readonly device: string;
  readonly receivedAt: number;
  /** What must be added to the device's time by this upload, and the time that it was on its way. */
  readonly offset: number;
  readonly isDeviceRevoked: boolean;
  /** The position of the first of them. */
  readonly position: number;
  /** When the device's scan before them was, by the server's time. */
  readonly previousAt: number | undefined;
  /** Whether the show has issued a ticket of that number. */
  isIssued(serial: number): boolean;
}

/** A clock may be this far off what it was taken for. */
export const clockToleranceMs = 2_000;

/**
 * An upload may be on its way for so long besides. The server compares the clocks when it arrives, so
 * a slow network makes every clock look as if it were behind, and never as if it were ahead; what a
 * handshake said halves both ways and is hardly off. So a clock that was set back by less than this is
 * not found out, which is little beside the time between two gates.
 */
export const uplinkToleranceMs = 15_000;

/** Takes in scans that follow each other in a device's log. */
export function receive(scans: readonly Scan[], receipt: Receipt): ReceivedScan[] {
  const { device, receivedAt, isDeviceRevoked, position } = receipt;
  let { previousAt } = receipt;
  return scans.map((scan, at) => {
    const isClockSuspect = isSuspect(scan, receipt, previousAt);
    if (!isClockSuspect) previousAt = ownTime(scan);
    const isUnissued = scan.ticket !== undefined && !receipt.isIssued(scan.ticket.serial);
    const server = { device, position: position + at, receivedAt, isDeviceRevoked };
    return { isClockSuspect, isUnissued, ...server, ...scan };
  });
}

/** When a scan was, by the server's time, as far as anybody can know. */
export function timeOf(scan: ReceivedScan): number {
  return scan.isClockSuspect ? scan.receivedAt : ownTime(scan);
}

/**
 * The day that a scan counts for; 0 where days do not count. A clock that is not believed is mostly
 * wrong by minutes, and its scans may come in a day later: its own time says more, unless it is ahead
 * of the receipt, or from before the first day, as that of a device that lost its clock is.
 */
export function countedDayOf(rules: CheckpointRules, scan: ReceivedScan): number {
  if (!rules.isDaily) return 0;
  const own = ownTime(scan);
  const isPossible = own >= (rules.days[0]?.from ?? 0) && own <= scan.receivedAt;
  return dayOf(rules, isPossible ? own : timeOf(scan));
}

/** The one order of all scans: by time, and by receipt where times are the same. Total. */
export function compareScans(a: ReceivedScan, b: ReceivedScan): number {
  return timeOf(a) - timeOf(b) || a.position - b.position;
}

/**
 * Not when a clock is wrong, which the offset makes good, but when it was changed since, was never
 * compared, went backwards, or is ahead of the moment at which the scan came in.
 */
function isSuspect(scan: Scan, receipt: Receipt, previousAt = Number.NEGATIVE_INFINITY): boolean {
  if (scan.offset === undefined) return true;
  const time = ownTime(scan);
  const behindMs = receipt.offset - scan.offset;
  return (
    behindMs < -clockToleranceMs ||
    behindMs > clockToleranceMs + uplinkToleranceMs ||
    time > receipt.receivedAt + clockToleranceMs ||
    time < previousAt - clockToleranceMs
  );
}

function ownTime({ at, offset = 0 }: Scan): number {
  return at + offset;
}
