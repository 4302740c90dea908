import { createHash } from 'node:crypto';

/** What happened in a run, line by line: for people to read and for runs to be compared. */
export class Trace {
  readonly #now: () => number;
  readonly lines: string[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  note(who: string, what: string): void {
    const seconds = (this.#now() / 1000).toFixed(3).padStart(7);
    this.lines.push(`${seconds}  ${who.padEnd(10)} ${what}`);
  }

  /** Two runs of one seed have the same. */
  hash(): string {
    return createHash('sha256').update(this.lines.join('\n')).digest('hex');
  }
}

/** Enough of an id to recognise it in a timeline: its random end. */
export function short(id: string): string {
  return id.slice(-4);
}
