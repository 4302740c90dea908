import type { DeviceId } from '@ingressou/protocol';
import {
  type CheckpointRules,
  dayOf,
  decodeScan,
  isPassed,
  scanBytes,
} from '@ingressou/protocol/admission';
import type { Fact, FactOf } from '../../domain/facts.ts';
import type { Complaint } from './promises.ts';

/** Facts of the gates, and those that take a ticket's right to come in. */
export type GateFact = FactOf<
  | 'checkpoints_set'
  | 'device_enrolled'
  | 'device_revoked'
  | 'device_reported'
  | 'scanned'
  | 'scans_merged'
  | 'scans_quarantined'
  | 'incidents_seen'
  | 'topped_up'
>;

/** `unsure`: a gate that was alone has told of it, and the order in which that came says nothing. */
type Where = 'inside' | 'outside' | 'unsure';

interface CountedDevice {
  isRevoked: boolean;
  upTo: number;
  /** Numbers of its scans by which somebody went through, with the ticket. */
  readonly passed: Map<number, number | undefined>;
}

export interface CountedGatesOptions {
  readonly complain: Complaint;
  readonly wasIssued: (serial: number) => boolean;
}

/** Who came in, counted by somebody who knows nothing but what was promised. */
export class CountedGates {
  readonly #complain: Complaint;
  readonly #wasIssued: CountedGatesOptions['wasIssued'];
  readonly #rules = new Map<number, CheckpointRules>();
  readonly #devices = new Map<DeviceId, CountedDevice>();
  readonly #gone = new Set<number>();
  /** Below which revision a ticket's codes are void. */
  readonly #revisions = new Map<number, number>();
  readonly #toppedUp = new Set<number>();
  readonly #entries = new Map<string, number>();
  readonly #where = new Map<string, Where>();

  constructor({ complain, wasIssued }: CountedGatesOptions) {
    this.#complain = complain;
    this.#wasIssued = wasIssued;
  }

  get notes(): number {
    const passed = [...this.#devices.values()].reduce((sum, device) => sum + device.passed.size, 0);
    return passed + this.#entries.size + this.#where.size + this.#gone.size;
  }

  count(fact: GateFact, at: number): void {
    switch (fact.type) {
      case 'checkpoints_set':
        this.#rules.clear();
        for (const { rules } of fact.checkpoints) this.#rules.set(rules.checkpoint, rules);
        // Other days and other ways to come in again: who is inside is not known from before.
        for (const key of this.#where.keys()) this.#where.set(key, 'unsure');
        return;
      case 'device_enrolled':
        if (this.#devices.get(fact.device)?.isRevoked === true) {
          this.#complain(
            'admit_once',
            `device ${fact.device} is let in again after it was shut out`,
          );
        }
        if (!this.#devices.has(fact.device)) {
          this.#devices.set(fact.device, { isRevoked: false, upTo: 0, passed: new Map() });
        }
        return;
      case 'device_revoked': {
        const device = this.#deviceOf(fact);
        if (device !== undefined) device.isRevoked = true;
        return;
      }
      case 'device_reported':
      case 'scans_quarantined':
        this.#deviceOf(fact);
        return;
      case 'scanned':
        return this.#scan(fact, at);
      case 'scans_merged':
        return this.#merge(fact);
      case 'incidents_seen':
        // Who came in is not changed by who looked.
        return;
      case 'topped_up':
        if (this.#toppedUp.has(fact.serial)) {
          this.#complain('admit_once', `ticket ${fact.serial} is topped up twice`);
        }
        this.#toppedUp.add(fact.serial);
        return;
    }
  }

  /** Tickets that are given back admit nobody from now on, and cannot have been used. */
  revoke(fact: FactOf<'refund_due' | 'charged_back'>): void {
    const isAsked = fact.type === 'refund_due' && ['buyer', 'producer'].includes(fact.why);
    for (const serial of fact.serials) {
      this.#gone.add(serial);
      const isUsed = [...this.#rules.keys()].some((each) => this.#entries.has(`${serial}:${each}`));
      if (isAsked && isUsed)
        this.#complain('admit_once', `ticket ${serial} was used and is refunded`);
    }
  }

  /** Codes of earlier revisions admit nobody from now on. */
  reissue({ serial, revision }: FactOf<'ticket_bound' | 'ticket_freed'>): void {
    this.#revisions.set(serial, revision);
  }

  #scan(fact: FactOf<'scanned'>, at: number): void {
    const { serial, seq, checkpoint, direction, entry, revision = 0 } = fact;
    const device = this.#deviceOf(fact);
    if (device?.isRevoked === true) {
      this.#complain('admit_once', `device ${fact.device} scans after it was shut out`);
    }
    if (device?.passed.has(seq) === true || (device?.upTo ?? 0) >= seq) {
      this.#complain('admit_once', `device ${fact.device} scans ${seq} twice`);
    }
    device?.passed.set(seq, serial);
    if (serial === undefined) return;
    const rules = this.#rules.get(checkpoint);
    const day = rules?.isDaily === true ? dayOf(rules, at) : 0;
    const key = `${serial}:${checkpoint}:${day}`;
    if (direction === 'exit') return this.#exit(serial, checkpoint, day);
    this.#enter(serial, checkpoint, entry);
    if (fact.verdict === 'admitted') {
      this.#checkAdmitted(serial, key, rules);
      if (revision < (this.#revisions.get(serial) ?? 0)) {
        this.#complain('admit_once', `ticket ${serial} is admitted by a code that was void`);
      }
    }
    this.#where.set(key, fact.verdict === 'admitted' ? 'inside' : 'unsure');
  }

  /** Out of the latest day that it came in on, as far as anybody can be sure of that. */
  #exit(serial: number, checkpoint: number, today: number): void {
    let isSure = true;
    for (let day = today; day >= 0; day -= 1) {
      const key = `${serial}:${checkpoint}:${day}`;
      const where = this.#where.get(key);
      if (where === 'inside') {
        this.#where.set(key, isSure ? 'outside' : 'unsure');
        if (isSure) return;
      }
      if (where === 'unsure') isSure = false;
    }
    const own = `${serial}:${checkpoint}:${today}`;
    if (!this.#where.has(own)) this.#where.set(own, isSure ? 'outside' : 'unsure');
  }

  #checkAdmitted(serial: number, key: string, rules: CheckpointRules | undefined): void {
    const where = this.#where.get(key);
    const isFree = where === undefined || where === 'unsure';
    const isBack = where === 'outside' && rules?.mayReenter === true;
    if (!isFree && !isBack) this.#complain('admit_once', `ticket ${serial} is admitted twice`);
    if (this.#gone.has(serial)) {
      this.#complain('admit_once', `ticket ${serial} was given back and is admitted`);
    }
  }

  #enter(serial: number, checkpoint: number, entry: number): void {
    const slot = `${serial}:${checkpoint}`;
    const before = this.#entries.get(slot) ?? 0;
    if (entry !== before + 1) {
      this.#complain('admit_once', `ticket ${serial} comes in as number ${entry} after ${before}`);
    }
    this.#entries.set(slot, entry);
    if (!this.#wasIssued(serial)) {
      this.#complain('admit_once', `ticket ${serial} comes in and was never issued`);
    }
  }

  #merge(fact: FactOf<'scans_merged'>): void {
    const { upTo, scans, entries } = fact;
    const device = this.#deviceOf(fact);
    const count = scans.length / scanBytes;
    if (device !== undefined && device.upTo + count !== upTo) {
      this.#complain('admit_once', `the log of ${fact.device} goes from ${device.upTo} to ${upTo}`);
    }
    for (let at = 0; at < count; at += 1) {
      const scan = decodeScan(scans.subarray(at * scanBytes, (at + 1) * scanBytes));
      if (scan === undefined) continue;
      const serial = scan.ticket?.serial;
      this.#doubt(device?.passed.get(scan.seq));
      for (const key of this.#keysOf(serial, scan.checkpoint)) this.#where.set(key, 'unsure');
      if (isPassed(scan)) device?.passed.set(scan.seq, serial);
    }
    if (device !== undefined) device.upTo = upTo;
    for (const { serial, checkpoint, entry } of entries) this.#enter(serial, checkpoint, entry);
  }

  /** What a gate was told of a number before may have been about another ticket, or elsewhere. */
  #doubt(serial: number | undefined): void {
    const keys = [...this.#rules.keys()].flatMap((each) => this.#keysOf(serial, each));
    for (const key of keys) if (this.#where.has(key)) this.#where.set(key, 'unsure');
  }

  #keysOf(serial: number | undefined, checkpoint: number): string[] {
    if (serial === undefined) return [];
    const rules = this.#rules.get(checkpoint);
    const days = rules?.isDaily === true ? rules.days.map((_, day) => day) : [0];
    return days.map((day) => `${serial}:${checkpoint}:${day}`);
  }

  #deviceOf({ device: id }: Extract<Fact, { readonly device: DeviceId }>) {
    const device = this.#devices.get(id);
    if (device === undefined) this.#complain('admit_once', `device ${id} was never let in`);
    return device;
  }
}
