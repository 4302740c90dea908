import { createHash } from 'node:crypto';

/** What happened in a run, line by line: for people to read and for two runs to be compared. */
export class Trace {
  readonly lines: string[] = [];
  readonly #now: () => number;
  readonly #names = new Map<string, string>();

  constructor(now: () => number) {
    this.#now = now;
  }

  note(who: string, what: string): void {
    const seconds = (this.#now() / 1000).toFixed(3).padStart(7);
    this.lines.push(`${seconds}  ${who.padEnd(10)} ${what}`);
  }

  /** From now on `id` appears in the timeline under this name. */
  call(id: string, name: string): void {
    this.#names.set(id, name);
  }

  /** The name of an id, or enough of it to recognise it: its random end. */
  nameOf(id: string): string {
    return this.#names.get(id) ?? id.slice(-4);
  }

  /** A sentence with every id by its name. */
  named(sentence: string): string {
    return sentence.replaceAll(uuids, (id) => this.nameOf(id));
  }

  /** Two runs of one seed have the same. */
  hash(): string {
    return createHash('sha256').update(this.lines.join('\n')).digest('hex');
  }
}

const uuids = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const shows = /show [A-Z]/g;

/** The last `count` lines up to a time, without those that are only about other shows. */
export function scheduleOf(
  lines: readonly string[],
  { time, sentence }: { readonly time: number; readonly sentence: string },
  count: number,
): readonly string[] {
  const [show] = sentence.match(shows) ?? [];
  const isAbout = (line: string): boolean => {
    const named = line.match(shows);
    return show === undefined || named === null || named.some((name) => name === show);
  };
  return lines
    .filter((line) => Number.parseFloat(line) <= time / 1000 && isAbout(line))
    .slice(-count);
}
