import type { SubjectId } from '@ingressou/protocol';
import { type Rate, type Rhythm, takeOne, waitMs } from './rate.ts';
import type { Watcher } from './watcher.ts';

/** All sockets of this gateway, whose they are, and how fast each subject goes. */
export class SessionRegistry {
  readonly #all = new Set<Watcher>();
  readonly #bySubject = new Map<SubjectId, Set<Watcher>>();
  readonly #rhythms = new Map<SubjectId, Rhythm>();
  readonly #perSubjectMax: number;

  constructor(perSubjectMax: number) {
    this.#perSubjectMax = perSubjectMax;
  }

  get size(): number {
    return this.#all.size;
  }

  add(session: Watcher): void {
    this.#all.add(session);
  }

  /** Notes whose socket this is; of too many of one subject the oldest goes. */
  identify(session: Watcher): void {
    const subject = session.identity?.subject;
    if (subject === undefined) return;
    const theirs = this.#bySubject.get(subject) ?? new Set();
    this.#bySubject.set(subject, theirs.add(session));
    const [oldest] = theirs;
    if (theirs.size > this.#perSubjectMax) oldest?.end('replaced', 'replaced');
  }

  delete(session: Watcher): void {
    this.#all.delete(session);
    const subject = session.identity?.subject;
    const theirs = subject === undefined ? undefined : this.#bySubject.get(subject);
    theirs?.delete(session);
    if (subject !== undefined && theirs?.size === 0) this.#bySubject.delete(subject);
  }

  /** The sockets of one subject. */
  of(subject: SubjectId): ReadonlySet<Watcher> | undefined {
    return this.#bySubject.get(subject);
  }

  /** Milliseconds the subject must wait; 0 when the command was let through and counted. */
  takeCommand(subject: SubjectId, rate: Rate, now: number): number {
    const rhythm = this.#rhythms.get(subject) ?? 0;
    const wait = waitMs(rate, rhythm, now);
    if (wait === 0) this.#rhythms.set(subject, takeOne(rate, rhythm, now));
    return wait;
  }

  /** Closes sessions whose time is over and forgets subjects that have paused long enough. */
  sweep(now: number): void {
    for (const session of this.#all) session.sweep();
    for (const [subject, rhythm] of this.#rhythms) if (rhythm < now) this.#rhythms.delete(subject);
  }

  /** Every socket, for closing them. */
  all(): readonly Watcher[] {
    return [...this.#all];
  }
}
