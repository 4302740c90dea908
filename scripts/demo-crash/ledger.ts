import type { HoldView, Item, SubjectId } from '@ingressou/protocol';

/** A hold that a buyer was told is theirs, and what else they were told of it. */
export interface Promised {
  readonly subject: SubjectId;
  readonly items: readonly Item[];
  readonly expiresAt: number;
  /** `asked`: the buyer wants to give it back, and has not heard what became of that. */
  release: 'none' | 'asked' | 'done';
}

/** What the house has promised to the crowd, written down outside of the house. */
export class Ledger {
  readonly holds = new Map<string, Promised>();
  /** Answers that no honest history can give, as sentences. */
  readonly contradictions: string[] = [];
  readonly #refused = new Map<string, number>();

  /** Holds that must be there. */
  get live(): number {
    return [...this.holds.values()].filter(({ release }) => release === 'none').length;
  }

  /** The ids of one buyer's holds that must be there. */
  liveOf(subject: SubjectId): string[] {
    const theirs = [...this.holds].filter(([, promised]) => promised.subject === subject);
    return theirs.filter(([, { release }]) => release === 'none').map(([id]) => id);
  }

  get refusals(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#refused);
  }

  promise(subject: SubjectId, { id, items, expiresAt }: HoldView): void {
    if (this.holds.has(id)) this.contradictions.push(`Hold ${id} was given out twice.`);
    this.holds.set(id, { subject, items, expiresAt, release: 'none' });
  }

  refused(reason: string): void {
    this.#refused.set(reason, (this.#refused.get(reason) ?? 0) + 1);
  }

  askRelease(id: string): void {
    this.#set(id, 'asked');
  }

  released(id: string): void {
    this.#set(id, 'done');
  }

  releaseRefused(id: string, reason: string): void {
    this.refused(reason);
    // Only not knowing is no answer: the hold was promised, and nobody else may end it so soon.
    if (reason === 'outcome_unknown' || reason === 'busy') return;
    this.contradictions.push(`Hold ${id} was promised, and giving it back was answered ${reason}.`);
  }

  #set(id: string, release: Promised['release']): void {
    const promised = this.holds.get(id);
    if (promised !== undefined) promised.release = release;
  }
}
