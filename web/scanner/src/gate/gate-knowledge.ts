import {
  Admissions,
  type CheckpointRules,
  dayOf,
  isPassed,
  type Knowledge,
  type OfflinePackage,
  type Revocations,
  type Scan,
  type Sighting,
} from '@ingressou/protocol/admission';

/**
 * What a scanner can judge by: the last package, and on top of it what it has scanned itself since.
 * It is made anew from both whenever either changes for another reason than a scan.
 */
export class GateKnowledge implements Knowledge {
  readonly rules: CheckpointRules;
  readonly admissions: Admissions;
  readonly revocations: Revocations;
  /** Past this it judges nobody any more. */
  readonly validUntil: number;
  readonly madeAt: number;
  readonly #own = new Map<number, Sighting>();

  constructor(whole: OfflinePackage, own: Iterable<Scan>) {
    this.rules = whole.rules;
    this.revocations = whole.revocations;
    this.validUntil = whole.validUntil;
    this.madeAt = whole.madeAt;
    this.admissions = new Admissions(whole.rules);
    this.admissions.load(whole.day, whole.used, whole.outside);
    for (const scan of own) this.note(scan);
  }

  /** One of its own scans. It counts once, however often the package has it too. */
  note(scan: Scan): void {
    const { ticket, checkpoint, gate } = scan;
    if (ticket === undefined || checkpoint !== this.rules.checkpoint || !isPassed(scan)) return;
    const at = scan.at + (scan.offset ?? 0);
    const day = dayOf(this.rules, at);
    if (scan.direction === 'entry') this.admissions.admit(ticket.serial, day);
    else if (!this.#isOfOtherDay(ticket.serial, day)) this.admissions.exit(ticket.serial, day);
    this.#own.set(ticket.serial, { at, gate });
  }

  /**
   * Whoever goes out unseen may be of a day before, which the package says nothing of: only the server
   * knows. Taken for one of today, they would be refused tonight.
   */
  #isOfOtherDay(serial: number, day: number): boolean {
    if (!this.rules.isDaily || day === 0) return false;
    return this.admissions.whereabouts(serial, this.admissions.exitDay(serial, day)) === 'never';
  }

  /** Only this scanner's own: packages do not say when and where. */
  lastOf(serial: number): Sighting | undefined {
    return this.#own.get(serial);
  }
}
