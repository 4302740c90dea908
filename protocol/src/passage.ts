import { type ReceivedScan, timeOf } from './received-scan.ts';

/** A ticket at one checkpoint, on one day if days count. */
export interface Passage {
  readonly serial: number;
  readonly checkpoint: number;
  readonly day: number;
  /** The scan that used it; undefined when none did that was good. */
  readonly entry: ReceivedScan | undefined;
  /** How many people are inside with it. */
  readonly inside: number;
  readonly incidents: readonly Incident[];
}

/** What people should look at. The same ones come out again, by `id`, each time they are asked for. */
export interface Incident {
  readonly id: string;
  readonly kind: TicketIncidentKind;
  readonly scan: ReceivedScan;
  /** The scan it is in conflict with. */
  readonly other?: ReceivedScan;
  /** The order of the two may be wrong. */
  readonly isClockSuspect: boolean;
}

export type TicketIncidentKind =
  | 'double_entry'
  | 'revoked_entry'
  /** It came in before it was revoked: the refund is for something that was used. */
  | 'revoked_after_entry'
  | 'inferred_entry'
  | 'clock_suspect'
  | 'revoked_device';

/** Follows one ticket through a checkpoint, scan by scan in their order. */
export class PassageWalk {
  readonly incidents: Incident[] = [];
  inside = 0;
  entry: ReceivedScan | undefined;
  readonly #mayReenter: boolean;
  /** The last good entry, until nobody is inside any more. */
  #open: ReceivedScan | undefined;

  constructor(mayReenter: boolean) {
    this.#mayReenter = mayReenter;
  }

  enter(scan: ReceivedScan, voidFrom: number): void {
    this.inside += 1;
    if (scan.isDeviceRevoked) this.note('revoked_device', scan);
    const isVoid = scan.isUnissued || timeOf(scan) >= voidFrom;
    if (isVoid) return this.note('revoked_entry', scan);
    if (voidFrom !== Number.POSITIVE_INFINITY) this.note('revoked_after_entry', scan);
    const other = this.#open ?? (this.#mayReenter ? undefined : this.entry);
    if (other !== undefined) return this.note('double_entry', scan, other);
    this.entry ??= scan;
    this.#open = scan;
  }

  exit(scan: ReceivedScan): void {
    if (scan.isDeviceRevoked) this.note('revoked_device', scan);
    if (this.inside === 0 && this.entry === undefined) {
      this.note('inferred_entry', scan);
      if (!scan.isUnissued) this.entry = scan;
    }
    this.inside = Math.max(0, this.inside - 1);
    if (this.inside === 0) this.#open = undefined;
  }

  note(kind: TicketIncidentKind, scan: ReceivedScan, other?: ReceivedScan): void {
    const id = `${kind}:${scan.device}:${scan.seq}`;
    const isClockSuspect = scan.isClockSuspect || other?.isClockSuspect === true;
    const incident = { id, kind, scan, isClockSuspect };
    this.incidents.push(other === undefined ? incident : { ...incident, other });
  }
}
