import type { EventId, NodeId, Rejection } from '@ingressou/protocol';
import { BrokenInvariant } from '../domain/assert.ts';
import type { Command } from '../domain/commands.ts';
import { type Question, reply } from '../domain/questions.ts';
import type { Answer, Commands, Committed, Refused, Reply } from '../ports/commands.ts';
import { JournalUnavailableError, SealedError } from '../ports/journal.ts';
import type { Snapshot } from '../ports/snapshots.ts';
import { EventActor, type Stopped } from './event-actor.ts';
import { busy, isWish, type Letter, outcomeUnknown, turnAway } from './letters.ts';
import { peek, type Recovered, type RecoveryOptions, recover } from './recovery.ts';
import { BrokenDeadlineError } from './turn.ts';

export interface DirectoryOptions extends RecoveryOptions {
  /** This start of this process. */
  readonly node: NodeId;
  readonly mailboxLettersMax: number;
  readonly turnLettersMax: number;
  readonly snapshotFacts: number;
  /** A show that nobody asks anything for this long goes to sleep. */
  readonly idleMs: number;
  readonly onCommitted: (committed: Committed) => void;
}

/**
 * Knows which shows live here, wakes those that are asked for or due, and decides what becomes of
 * letters whose actor stopped. A show is asleep, waking (letters wait here) or live.
 */
export class Directory implements Commands {
  readonly #options: DirectoryOptions;
  readonly #entries = new Map<EventId, Entry>();
  readonly #peeks = new Map<EventId, Peek>();
  /** Commands that broke a rule twice. Oldest first. */
  readonly #poisonous = new Set<string>();
  #isClosed = false;

  constructor(options: DirectoryOptions) {
    this.#options = options;
  }

  submit(event: EventId, command: Command): Promise<Answer> {
    return new Promise((answer) => {
      if (this.#isPoisonous(command)) {
        answer({ accepted: false, rejection: { reason: 'internal_error' } });
        return;
      }
      this.#post(event, { command, answer });
    });
  }

  async ask<Q extends Question>(event: EventId, question: Q): Promise<Reply<Q> | Refused> {
    const found = this.#entries.has(event)
      ? await new Promise<Reply<Question> | Refused>((answer) => {
          this.#post(event, { question, answer });
        })
      : await this.#askAsleep(event, question);
    return found as Reply<Q> | Refused;
  }

  /** Wakes the shows whose time has come though nobody asks for them. */
  async wakeDue(): Promise<void> {
    const { journal, clock, telemetry } = this.#options;
    try {
      const due = await journal.due(clock.now(), wakesMax);
      for (const event of due) {
        if (this.#isClosed) return;
        // A show that is due though it lives here was written elsewhere, or is just being written.
        await this.#entryOf(event).actor?.verify();
      }
    } catch (cause) {
      // The next sweep tries again; shows that live here need no sweep.
      telemetry.failed('look for due shows', cause);
    }
  }

  /** Lets shows sleep that have had nothing to do; letters that come meanwhile wake them. */
  sleepIdle(): void {
    for (const entry of this.#entries.values()) {
      const { actor } = entry;
      if (actor?.isIdleFor(this.#options.idleMs)) entry.woken = this.#sleep(entry, actor);
    }
  }

  /** Answers everything taken so far, saves every show and takes nothing more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#entries.values()].map((entry) => this.#retire(entry)));
    this.#entries.clear();
  }

  #post(event: EventId, letter: Letter): void {
    if (this.#isClosed) return turnAway([letter], busy);
    const entry = this.#entryOf(event);
    if (entry.actor !== undefined) return entry.actor.post(letter);
    if (entry.waiting.length >= this.#options.mailboxLettersMax) return turnAway([letter], busy);
    entry.waiting.push(letter);
  }

  #entryOf(event: EventId): Entry {
    const known = this.#entries.get(event);
    if (known !== undefined) return known;
    const entry: Entry = {
      event,
      actor: undefined,
      waiting: [],
      suspects: [],
      brokenDeadlines: 0,
      woken: Promise.resolve(),
    };
    this.#entries.set(event, entry);
    entry.woken = this.#wake(entry);
    return entry;
  }

  /** Never rejects: a show that cannot be woken turns its letters away. */
  async #wake(entry: Entry): Promise<void> {
    const { clock, telemetry, node } = this.#options;
    const begunAt = clock.monotonic();
    try {
      const recovered = await recover(this.#options, entry.event, node);
      if (recovered === undefined) return this.#forget(entry, { reason: 'show_not_found' });
      telemetry.showServed({
        event: entry.event,
        epoch: recovered.epoch,
        position: recovered.position,
        fromSnapshot: recovered.isFromSnapshot,
        ms: clock.monotonic() - begunAt,
      });
      this.#employ(entry, recovered);
    } catch (cause) {
      await this.#giveUp(entry, cause);
    }
  }

  #employ(entry: Entry, recovered: Recovered): void {
    const { waiting, suspects, event } = entry;
    entry.waiting = [];
    entry.suspects = [];
    const options = {
      ...this.#options,
      event,
      owner: this.#options.node,
      onSnapshot: (snapshot: Snapshot) => this.#save(snapshot),
      onStopped: (stopped: Stopped) => this.#onStopped(entry, stopped),
    };
    entry.actor = new EventActor(options, recovered, suspects);
    for (const letter of waiting) entry.actor.post(letter);
  }

  async #sleep(entry: Entry, actor: EventActor): Promise<void> {
    entry.actor = undefined;
    await actor.drain();
    this.#options.telemetry.showLeft(entry.event, 'asleep');
    if (entry.waiting.length > 0) return await this.#wake(entry);
    this.#entries.delete(entry.event);
  }

  async #giveUp(entry: Entry, cause: unknown): Promise<void> {
    const { telemetry } = this.#options;
    if (cause instanceof BrokenInvariant) return this.#seal(entry, cause);
    if (cause instanceof SealedError) return this.#forget(entry, { reason: 'sealed' });
    if (!(cause instanceof JournalUnavailableError)) telemetry.failed('wake a show', cause);
    this.#forget(entry, busy);
  }

  /** What is left of a stopped actor: every letter is answered or posted to the next one. */
  #onStopped(entry: Entry, stopped: Stopped): void {
    entry.actor = undefined;
    this.#options.telemetry.showLeft(entry.event, stopped.why, stopped.cause);
    switch (stopped.why) {
      case 'fenced':
        turnAway(stopped.inHand, busy);
        turnAway(stopped.waiting, busy);
        return this.#forget(entry, busy);
      case 'unsettled':
        turnAway(stopped.inHand, outcomeUnknown);
        turnAway(stopped.waiting, busy);
        return this.#forget(entry, busy);
      case 'broken':
        return this.#onBroken(entry, stopped);
    }
  }

  /**
   * Nothing of the turn is durable, so its letters may be tried again: each alone, until the one
   * that breaks alone is known. Deadlines have no letter to blame: a show that they break twice
   * is sealed.
   */
  #onBroken(entry: Entry, { cause, inHand, waiting, suspects, isCareful }: Stopped): void {
    const isByTime = cause instanceof BrokenDeadlineError;
    if (isByTime) entry.brokenDeadlines += 1;
    const isProven = isCareful && !isByTime;
    if (isProven) this.#condemn(entry.event, inHand, cause);
    entry.suspects = [...(isProven ? [] : inHand), ...waiting.slice(0, suspects)];
    entry.waiting = waiting.slice(suspects);
    entry.woken = entry.brokenDeadlines >= 2 ? this.#seal(entry, cause) : this.#wake(entry);
  }

  #condemn(event: EventId, letters: readonly Letter[], cause: unknown): void {
    for (const letter of letters) {
      if (!isWish(letter) || !('id' in letter.command)) continue;
      this.#poisonous.add(letter.command.id);
      const [oldest] = this.#poisonous;
      if (this.#poisonous.size > poisonousMax && oldest) this.#poisonous.delete(oldest);
    }
    this.#options.telemetry.commandPoisonous(event, cause);
    turnAway(letters, { reason: 'internal_error' });
  }

  #isPoisonous(command: Command): boolean {
    return this.#poisonous.size > 0 && 'id' in command && this.#poisonous.has(command.id);
  }

  async #seal(entry: Entry, cause: unknown): Promise<void> {
    const { journal, telemetry } = this.#options;
    telemetry.showSealed(entry.event, cause);
    try {
      await journal.seal(entry.event);
    } catch (error) {
      // Not sealed yet: the next one who wakes it breaks on the same row and seals it then.
      telemetry.failed('seal a show', error);
    }
    this.#forget(entry, { reason: 'sealed' });
  }

  #forget(entry: Entry, rejection: Rejection): void {
    this.#entries.delete(entry.event);
    turnAway(entry.suspects, rejection);
    turnAway(entry.waiting, rejection);
  }

  async #retire(entry: Entry): Promise<void> {
    await entry.woken;
    await entry.actor?.drain();
    if (entry.actor !== undefined) this.#options.telemetry.showLeft(entry.event, 'drained');
  }

  async #save(snapshot: Snapshot): Promise<void> {
    const { snapshots, clock, telemetry } = this.#options;
    const begunAt = clock.monotonic();
    try {
      await snapshots.save(snapshot);
      telemetry.snapshotSaved({ bytes: snapshot.body.length, ms: clock.monotonic() - begunAt });
    } catch (cause) {
      // Costs the next recovery time, nothing else.
      telemetry.failed('save a snapshot', cause);
    }
  }

  async #askAsleep(event: EventId, question: Question): Promise<Reply<Question> | Refused> {
    try {
      const found = await this.#peekOf(event);
      if (found === undefined) return { accepted: false, rejection: { reason: 'show_not_found' } };
      const { generation, position, at, state } = found;
      return { accepted: true, generation, position, at, value: reply(state, question) };
    } catch (cause) {
      // Whoever watches asks again; whoever wakes it seals it if that is what it needs.
      this.#options.telemetry.failed('read a sleeping show', cause);
      return { accepted: false, rejection: busy };
    }
  }

  /** Many watchers of a sleeping show read it once. */
  #peekOf(event: EventId): Promise<Recovered | undefined> {
    const { clock } = this.#options;
    const known = this.#peeks.get(event);
    if (known !== undefined && known.until > clock.monotonic()) return known.found;
    for (const [old, { until }] of this.#peeks) {
      if (until <= clock.monotonic()) this.#peeks.delete(old);
    }
    const found = peek(this.#options, event);
    this.#peeks.set(event, { found, until: clock.monotonic() + peekMs });
    return found;
  }
}

interface Entry {
  readonly event: EventId;
  /** Undefined while waking. */
  actor: EventActor | undefined;
  /** Letters that arrived while waking. */
  waiting: Letter[];
  /** Letters of a turn that broke: the next actor takes them one by one. */
  suspects: Letter[];
  brokenDeadlines: number;
  woken: Promise<void>;
}

interface Peek {
  readonly found: Promise<Recovered | undefined>;
  readonly until: number;
}

/** How long a sleeping show's state answers without another look. */
const peekMs = 1_000;
/** Due shows woken in one sweep. */
const wakesMax = 100;
/** Poisonous ids remembered. */
const poisonousMax = 1_000;
