import type { IncidentAbout, IncidentView, TicketIncident } from '@ingressou/protocol';

export interface PlainIncidents {
  readonly known: readonly IncidentView[];
  readonly gone: readonly (readonly [id: string, number: number])[];
  readonly number: number;
}

/** What people should look at from now on, or in another light, because of a fact. */
export interface IncidentNews {
  readonly incidents: readonly TicketIncident[];
  /** Ids of those that are explained by it. Absent when there are none. */
  readonly gone?: readonly string[];
}

/** Changes in the order of their numbers. */
export interface IncidentChanges {
  /** Those that are as they are now since then. */
  readonly incidents: readonly IncidentView[];
  /** Ids of those that are not there any more since then. */
  readonly gone: readonly string[];
  /** All changes up to this one are told, by these and those before them. */
  readonly upTo: number;
  /** There are more behind it. */
  readonly isMore: boolean;
}

/**
 * What people should look at, and whether anybody has. Every change has a number of its own, so
 * that whoever was told up to one can be told the rest, whatever they missed. That one is not there
 * any more is a change, too: a later log may say that nobody went through, or who came out between.
 */
export class Incidents {
  /** By id, in the order of their numbers. */
  readonly #known: Map<string, IncidentView>;
  /** The number at which each went, in the order of these; there are never more than there were. */
  readonly #gone: Map<string, number>;
  /** Of the last change. */
  #number: number;
  #unseen = 0;

  constructor({ known, gone, number }: PlainIncidents = { known: [], gone: [], number: 0 }) {
    this.#known = new Map(known.map((each) => [each.id, each]));
    this.#gone = new Map(gone);
    this.#number = number;
    for (const { isSeen } of known) if (!isSeen) this.#unseen += 1;
  }

  get size(): number {
    return this.#known.size;
  }

  get unseen(): number {
    return this.#unseen;
  }

  /** Of the last change there was. */
  get number(): number {
    return this.#number;
  }

  ids(): IterableIterator<string> {
    return this.#known.keys();
  }

  get(id: string): IncidentView | undefined {
    return this.#known.get(id);
  }

  /** Whether it is not known, or not as it is now. */
  isNews(about: IncidentAbout): boolean {
    const known = this.#known.get(about.id);
    return known === undefined || !isSame(known, about);
  }

  /** It is like this from now on. */
  put(about: IncidentAbout): void {
    if (this.isNews(about)) this.#change(about, false);
  }

  /** It is explained: nobody need look at it. */
  delete(id: string): void {
    if (!this.#known.has(id)) return;
    this.#takeOut(id);
    this.#number += 1;
    this.#gone.set(id, this.#number);
  }

  /** Somebody has looked at it as it is now. */
  see(id: string): void {
    const known = this.#known.get(id);
    if (known?.isSeen === false) this.#change(known, true);
  }

  /** Those that nobody has seen, the newest first. */
  news(max: number): IncidentView[] {
    return this.#newest(max, ({ isSeen }) => !isSeen);
  }

  /** The same, and then the others. */
  latest(max: number): IncidentView[] {
    const news = this.news(max);
    return [...news, ...this.#newest(max - news.length, ({ isSeen }) => isSeen)];
  }

  /** What changed after the change of this number, `max` at most. */
  since(number: number, max: number): IncidentChanges {
    const numbers = [...this.#known.values()].map((each) => each.number);
    const all = [...numbers, ...this.#gone.values()].filter((each) => each > number);
    const isMore = all.length > max;
    const upTo = isMore ? (all.sort((a, b) => a - b)[max - 1] ?? number) : this.#number;
    const isTold = (each: number) => each > number && each <= upTo;
    const gone = [...this.#gone].filter(([, each]) => isTold(each)).map(([id]) => id);
    const incidents = [...this.#known.values()].filter((each) => isTold(each.number));
    return { incidents, gone, upTo, isMore };
  }

  plain(): PlainIncidents {
    return { known: [...this.#known.values()], gone: [...this.#gone], number: this.#number };
  }

  #change(about: IncidentAbout, isSeen: boolean): void {
    this.#takeOut(about.id);
    this.#gone.delete(about.id);
    this.#number += 1;
    this.#known.set(about.id, { ...about, number: this.#number, isSeen });
    if (!isSeen) this.#unseen += 1;
  }

  #takeOut(id: string): void {
    if (this.#known.get(id)?.isSeen === false) this.#unseen -= 1;
    this.#known.delete(id);
  }

  #newest(max: number, isWanted: (incident: IncidentView) => boolean): IncidentView[] {
    const all = [...this.#known.values()];
    const found: IncidentView[] = [];
    for (let at = all.length - 1; at >= 0 && found.length < max; at -= 1) {
      const each = all[at];
      if (each !== undefined && isWanted(each)) found.push(each);
    }
    return found;
  }
}

/** Two with one id are about the same scan, or the same log. */
function isSame(a: IncidentAbout, b: IncidentAbout): boolean {
  if (a.kind === 'log_quarantined' || b.kind === 'log_quarantined') {
    return 'scans' in a && 'scans' in b && a.scans === b.scans && a.why === b.why;
  }
  return (
    a.scan.at === b.scan.at &&
    a.isClockSuspect === b.isClockSuspect &&
    a.other?.device === b.other?.device &&
    a.other?.seq === b.other?.seq
  );
}
