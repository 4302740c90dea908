import type { CheckpointRules } from './admission-rules.ts';
import { Bitmap } from './bitmap.ts';

/**
 *     never ──enter──▶ inside ──exit──▶ outside
 *       │                 ▲               │
 *       │                 └────enter──────┘  if one may come in again
 *       └─────exit (nobody saw them enter)─▶ outside
 *
 * One of these for every ticket, at one checkpoint; and for every day, where each day counts anew:
 * whoever goes out after a day has ended goes out of that one.
 */
export type Whereabouts = 'never' | 'inside' | 'outside';

/** What becomes of a ticket that wants in. */
export type Entry = 'admitted' | 'already_used' | 'inside_already';

/** Two bits for a ticket and day: 25 kB for 100 000 of them. */
export interface Tracks {
  /** They came in, or must have. */
  readonly used: Bitmap;
  /** They have not gone out. */
  readonly inside: Bitmap;
}

/** Who has used what at one checkpoint. */
export class Admissions {
  readonly #rules: Pick<CheckpointRules, 'isDaily' | 'mayReenter'>;
  readonly #days = new Map<number, Tracks>();

  constructor(rules: Pick<CheckpointRules, 'isDaily' | 'mayReenter'>) {
    this.#rules = rules;
  }

  whereabouts(serial: number, day: number): Whereabouts {
    const tracks = this.#days.get(this.#keyOf(day));
    if (tracks === undefined || !tracks.used.has(serial)) return 'never';
    return tracks.inside.has(serial) ? 'inside' : 'outside';
  }

  /** What `enter` would say. */
  entry(serial: number, day: number): Entry {
    const { mayReenter } = this.#rules;
    switch (this.whereabouts(serial, day)) {
      case 'never':
        return 'admitted';
      case 'inside':
        return mayReenter ? 'inside_already' : 'already_used';
      case 'outside':
        return mayReenter ? 'admitted' : 'already_used';
    }
  }

  /** Lets a ticket in if its state allows; whoever admits it all the same may do so with `admit`. */
  enter(serial: number, day: number): Entry {
    const entry = this.entry(serial, day);
    if (entry === 'admitted') this.admit(serial, day);
    return entry;
  }

  admit(serial: number, day: number): void {
    const { used, inside } = this.tracks(day);
    used.add(serial);
    inside.add(serial);
  }

  /** The day that a way out is of: the latest on which the ticket is inside, or else that of the scan. */
  exitDay(serial: number, day: number): number {
    for (let inside = this.#keyOf(day); inside >= 0; inside -= 1) {
      if (this.#days.get(inside)?.inside.has(serial) === true) return inside;
    }
    return day;
  }

  /** Lets a ticket out, always. True when nobody saw it come in: then it must have. */
  exit(serial: number, day: number): boolean {
    const { used, inside } = this.tracks(this.exitDay(serial, day));
    inside.delete(serial);
    return used.add(serial);
  }

  /** How many tickets are inside. */
  occupancy(day: number): number {
    return this.#days.get(this.#keyOf(day))?.inside.size ?? 0;
  }

  /** The days on which anybody came or went; where days do not count, there is one, 0. */
  days(): number[] {
    return [...this.#days.keys()].sort((a, b) => a - b);
  }

  /** Of those who came in on a day, those who went out again. */
  outside(day: number): Bitmap {
    const { used, inside } = this.tracks(day);
    return Bitmap.of([...used.numbers()].filter((serial) => !inside.has(serial)));
  }

  /** Puts a day in the place of what was known of it: a snapshot's, or an offline package's. */
  load(day: number, used: Bitmap, outside: Bitmap): void {
    const numbers = [...used.numbers()];
    const inside = Bitmap.of(numbers.filter((serial) => !outside.has(serial)));
    this.#days.set(this.#keyOf(day), { used: Bitmap.of(numbers), inside });
  }

  /** The bits themselves, to read and to write. */
  tracks(day: number): Tracks {
    const key = this.#keyOf(day);
    let tracks = this.#days.get(key);
    if (tracks === undefined) {
      tracks = { used: new Bitmap(), inside: new Bitmap() };
      this.#days.set(key, tracks);
    }
    return tracks;
  }
  #keyOf(day: number): number {
    return this.#rules.isDaily ? day : 0;
  }
}
