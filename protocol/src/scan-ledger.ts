import type { CheckpointRules } from './admission-rules.ts';
import { isSame } from './bytes.ts';
import { type Passage, PassageWalk } from './passage.ts';
import { compareScans, countedDayOf, type ReceivedScan, timeOf } from './received-scan.ts';
import { encodeScan, isPassed } from './scan.ts';

/**
 * All scans of a show, from every gate, online and offline, put together. It is a set: what comes
 * out depends on what is in it and never on the order, the grouping or the number of times it came
 * in. So two servers, or one before and after a crash, always agree.
 *
 *  (a) The same (device, seq) is one scan, however often it comes. Two that differ are a forked log;
 *      the one that was received first counts.
 *  (b) Two entries of a ticket without an exit between: the earlier one, by the server's time, is
 *      *the* entry; the later is a `double_entry`. Both people are inside.
 *  (c) An entry at or after its ticket's revocation is a `revoked_entry`: somebody is inside, the
 *      ticket is not used. An entry before it stays good, and whoever refunds is told.
 *  (d) An exit that nobody saw enter must have entered: an `inferred_entry`. Where days count, it is out
 *      of the latest day on which somebody is inside, up to its own.
 *  (e) Nothing is asked about when a ticket was sold: a good code that a gate had never heard of is
 *      as good as any. But one of a number that the show had not issued when it heard of it is made up:
 *      its entry is a `revoked_entry`, and it uses nothing, that ticket least of all.
 *  (f) Scans by a clock that is not believed stand where they were received, and say so. They count for
 *      the day of their own time if they can be of it.
 *
 * Scans of a revoked device count like all others: what a thief scans must be seen.
 */
export class ScanLedger {
  readonly #rules: ReadonlyMap<number, CheckpointRules>;
  readonly #scans = new Map<string, KeptScan>();
  /** Of those who went through, by serial. */
  readonly #passes = new Map<number, Map<string, ReceivedScan>>();
  readonly #revocations = new Map<number, readonly Revocation[]>();

  constructor(rules: Iterable<CheckpointRules>) {
    this.#rules = new Map(Array.from(rules, (each) => [each.checkpoint, each]));
  }

  /** How many scans it has, each once. */
  get size(): number {
    return this.#scans.size;
  }

  /** Once or again: it makes no difference. */
  add(scan: ReceivedScan): void {
    this.#keep({ scan, isForked: false });
  }

  /** Says that codes of a ticket below a revision were void from a time on; all, without one. */
  revoke(serial: number, at: number, below = Number.POSITIVE_INFINITY): void {
    const known = this.#revocations.get(serial) ?? [];
    const isKnown = known.some((each) => each.at === at && each.below === below);
    if (!isKnown) this.#revocations.set(serial, [...known, { at, below }]);
  }

  /** Takes over everything another one has. */
  merge(other: ScanLedger): void {
    for (const kept of other.#scans.values()) this.#keep(kept);
    for (const [serial, revocations] of other.#revocations) {
      for (const { at, below } of revocations) this.revoke(serial, at, below);
    }
  }

  /** What became of a ticket at each checkpoint it passed, on each day that counts for itself. */
  passages(serial: number): Passage[] {
    const slots = new Map<string, Slot>();
    const scans = [...(this.#passes.get(serial)?.values() ?? [])].sort(compareScans);
    for (const scan of scans) {
      const slot = this.#slotOf(slots, scan);
      slot.scans.push(scan);
      slot.inside = Math.max(0, slot.inside + (scan.direction === 'entry' ? 1 : -1));
    }
    return [...slots.values()].map((each) => this.#passage(serial, each)).sort(comparePassages);
  }

  /** Of all tickets that passed anywhere, by serial. */
  all(): Passage[] {
    const serials = [...this.#passes.keys()].sort((a, b) => a - b);
    return serials.flatMap((serial) => this.passages(serial));
  }

  /** Scans whose device has told two stories about them: it was copied, or set back. */
  forks(): ReceivedScan[] {
    const forked = [...this.#scans.values()].filter(({ isForked }) => isForked);
    return forked.map(({ scan }) => scan).sort(compareScans);
  }

  #keep({ scan, isForked }: KeptScan): void {
    const key = `${scan.device}:${scan.seq}`;
    const known = this.#scans.get(key);
    const first = known === undefined || scan.position < known.scan.position ? scan : known.scan;
    const isFork = isForked || known?.isForked === true || isOther(known?.scan ?? scan, scan);
    this.#scans.set(key, { scan: first, isForked: isFork });
    if (known !== undefined) this.#passesOf(known.scan)?.delete(key);
    if (isPassed(first)) this.#passesOf(first)?.set(key, first);
  }

  #passesOf({ ticket }: ReceivedScan): Map<string, ReceivedScan> | undefined {
    if (ticket === undefined) return undefined;
    let passes = this.#passes.get(ticket.serial);
    if (passes === undefined) {
      passes = new Map();
      this.#passes.set(ticket.serial, passes);
    }
    return passes;
  }

  /** Where a scan belongs, by those before it. */
  #slotOf(slots: Map<string, Slot>, scan: ReceivedScan): Slot {
    const { checkpoint, direction } = scan;
    const own = this.#dayOf(scan);
    for (let day = own; day >= 0 && direction === 'exit'; day -= 1) {
      const slot = slots.get(`${checkpoint}:${day}`);
      if (slot !== undefined && slot.inside > 0) return slot;
    }
    const key = `${checkpoint}:${own}`;
    const slot = slots.get(key) ?? { checkpoint, day: own, scans: [], inside: 0 };
    slots.set(key, slot);
    return slot;
  }

  #dayOf(scan: ReceivedScan): number {
    const rules = this.#rules.get(scan.checkpoint);
    return rules === undefined ? 0 : countedDayOf(rules, scan);
  }

  /** One walk over a ticket's scans in their order. */
  #passage(serial: number, { checkpoint, day, scans }: Slot): Passage {
    const walk = new PassageWalk(this.#rules.get(checkpoint)?.mayReenter === true);
    for (const scan of scans) {
      if (scan.direction === 'exit') walk.exit(scan);
      else walk.enter(scan, this.#voidFrom(serial, scan));
      if (scan.isClockSuspect && scans.length > 1) walk.note('clock_suspect', scan);
    }
    const { entry, inside, incidents } = walk;
    return { serial, checkpoint, day, entry, inside, incidents };
  }

  /**
   * From when the code of a scan was void; `Infinity` when it never was. That a ticket was issued
   * again after it came in says nothing about who came in.
   */
  #voidFrom(serial: number, scan: ReceivedScan): number {
    const revision = scan.ticket?.revision ?? 0;
    const voids = (this.#revocations.get(serial) ?? [])
      .filter(({ below }) => revision < below)
      .filter(({ at, below }) => !Number.isFinite(below) || at <= timeOf(scan));
    return Math.min(Number.POSITIVE_INFINITY, ...voids.map(({ at }) => at));
  }
}

interface KeptScan {
  /** The one that was received first. */
  readonly scan: ReceivedScan;
  readonly isForked: boolean;
}

/** A ticket's scans at one checkpoint, of one day if days count. */
interface Slot {
  readonly checkpoint: number;
  readonly day: number;
  readonly scans: ReceivedScan[];
  /** How many are inside after them. */
  inside: number;
}

interface Revocation {
  readonly at: number;
  readonly below: number;
}

/** What the device said, not what the server did. */
function isOther(a: ReceivedScan, b: ReceivedScan): boolean {
  return !isSame(encodeScan(a), encodeScan(b));
}

function comparePassages(a: Passage, b: Passage): number {
  return a.checkpoint - b.checkpoint || a.day - b.day;
}
