import type { IncidentAbout, IncidentView } from '@ingressou/protocol';

export interface PlainIncidents {
  readonly known: readonly IncidentView[];
  readonly number: number;
}

/**
 * What people should look at, and whether anybody has. Every change has a number of its own, so
 * that whoever was told up to one can be told the rest, whatever they missed.
 */
export class Incidents {
  /** By id, in the order of their numbers. */
  readonly #known: Map<string, IncidentView>;
  /** Of the last change. */
  #number: number;
  #unseen = 0;

  constructor({ known, number }: PlainIncidents = { known: [], number: 0 }) {
    this.#known = new Map(known.map((each) => [each.id, each]));
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

  delete(id: string): void {
    if (this.#known.get(id)?.isSeen === false) this.#unseen -= 1;
    this.#known.delete(id);
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

  /** Those that changed after `number`, in the order of their numbers. */
  since(number: number, max: number): IncidentView[] {
    const found: IncidentView[] = [];
    for (const each of this.#known.values()) {
      if (found.length >= max) break;
      if (each.number > number) found.push(each);
    }
    return found;
  }

  plain(): PlainIncidents {
    return { known: [...this.#known.values()], number: this.#number };
  }

  #change(about: IncidentAbout, isSeen: boolean): void {
    this.delete(about.id);
    this.#number += 1;
    this.#known.set(about.id, { ...about, number: this.#number, isSeen });
    if (!isSeen) this.#unseen += 1;
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
