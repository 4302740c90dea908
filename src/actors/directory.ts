import type { EventId, NodeId, Rejection } from '@ingressou/protocol';
import { BrokenInvariant } from '../domain/assert.ts';
import type { Command } from '../domain/commands.ts';
import type { Question } from '../domain/questions.ts';
import type { Actors } from '../ports/actors.ts';
import type { Answer, Committed, Refused, Reply } from '../ports/commands.ts';
import { JournalUnavailableError, OwnedError, SealedError } from '../ports/journal.ts';
import type { Snapshot } from '../ports/snapshots.ts';
import type { Tenure } from '../ports/tenure.ts';
import { EventActor, type Stopped } from './event-actor.ts';
import { busy, isWish, type Letter, outcomeUnknown, sendOn, turnAway } from './letters.ts';
import { Peeks } from './peeks.ts';
import { NewerHistoryError, type Recovered, type RecoveryOptions, recover } from './recovery.ts';
import { BrokenDeadlineError } from './turn.ts';
import { Turnstile } from './turnstile.ts';

export interface DirectoryOptions extends RecoveryOptions {
  readonly tenure: Tenure;
  readonly mailboxLettersMax: number;
  readonly turnLettersMax: number;
  readonly snapshotFacts: number;
  readonly snapshotMs: number;
  /** A show that nobody asks anything for this long goes to sleep. */
  readonly idleMs: number;
  readonly onCommitted: (committed: Committed) => void;
}

/**
 * Knows which shows live here, wakes those that are asked for or due, and decides what becomes of
 * letters whose actor stopped. A show is away, waking or leaving (letters wait here) or live.
 */
export class Directory implements Actors {
  readonly #options: DirectoryOptions;
  readonly #entries = new Map<EventId, Entry>();
  readonly #peeks: Peeks;
  readonly #turnstile = new Turnstile(wakesAtOnceMax);
  readonly #exit = new Turnstile(leavesAtOnceMax);
  /** Commands that broke a rule twice. Oldest first. */
  readonly #poisonous = new Set<string>();
  /** Shows that were just released, and for whom: whoever still asks here is sent there. */
  readonly #moved = new Map<EventId, NodeId>();
  /** Shows whose history is newer than this node: to read it at every letter would not help. */
  readonly #newer = new Set<EventId>();
  #isClosed = false;

  constructor(options: DirectoryOptions) {
    this.#options = options;
    this.#peeks = new Peeks(options);
  }

  has(event: EventId): boolean {
    return this.#entries.has(event);
  }

  served(): readonly EventId[] {
    return [...this.#entries.values()]
      .filter(({ actor }) => actor !== undefined)
      .map(({ event }) => event);
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
      : await this.#peeks.ask(event, question);
    return found as Reply<Q> | Refused;
  }

  async wake(event: EventId): Promise<boolean> {
    if (this.#isClosed) return false;
    this.#moved.delete(event);
    await this.#verify(event);
    const entry = this.#entryOf(event);
    await entry.settled;
    return entry.actor !== undefined;
  }

  /** A show that is to be woken though it lives here has been written elsewhere meanwhile. */
  async #verify(event: EventId): Promise<void> {
    try {
      await this.#entries.get(event)?.actor?.verify();
    } catch (cause) {
      // Then it is found out when its actor writes.
      this.#options.telemetry.failed('verify a show', cause);
    }
  }

  async release(event: EventId, to: NodeId): Promise<void> {
    const entry = this.#entries.get(event);
    if (entry?.actor === undefined) return;
    entry.settled = this.#move(entry, entry.actor, to);
    await entry.settled;
  }

  /** Wakes those shows whose time has come, though nobody asks for them, that `isWanted` here. */
  async wakeDue(isWanted: (event: EventId) => boolean): Promise<void> {
    const { journal, clock, telemetry, tenure } = this.#options;
    if (!tenure.mayClaim()) return;
    try {
      const due = await journal.due(tenure.node, clock.now(), wakesMax);
      for (const { event, owner } of due) {
        if (this.#isClosed) return;
        // A show that is due though it lives here was written elsewhere, or is just being written.
        if (this.#entries.has(event)) await this.#entries.get(event)?.actor?.verify();
        // Our own that is not here was left without being released: nobody else may take it.
        else if (owner === tenure.node || isWanted(event)) this.#entryOf(event);
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
      if (actor?.isIdleFor(this.#options.idleMs)) entry.settled = this.#sleep(entry, actor);
    }
  }

  /** Answers everything taken so far, saves and releases every show and takes nothing more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#entries.values()].map((entry) => this.#retire(entry)));
    this.#entries.clear();
  }

  #post(event: EventId, letter: Letter): void {
    if (this.#isClosed) return sendOn([letter], busy);
    // To claim it back now would undo the move.
    const to = this.#moved.get(event);
    if (to !== undefined) return sendOn([letter], busy, to);
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
      settled: Promise.resolve(),
    };
    this.#entries.set(event, entry);
    entry.settled = this.#wake(entry);
    return entry;
  }

  /** Never rejects: a show that cannot be woken turns its letters away. */
  #wake(entry: Entry): Promise<void> {
    const wake = async () => {
      const { clock, telemetry, tenure } = this.#options;
      const isElsewhere = this.#isClosed || tenure.isLeaving || this.#newer.has(entry.event);
      if (isElsewhere) return this.#sendAway(entry);
      if (!tenure.mayClaim()) return this.#forget(entry, busy);
      const begunAt = clock.monotonic();
      const { term } = tenure;
      try {
        const recovered = await this.#recover(entry.event);
        if (recovered === undefined) return this.#forget(entry, { reason: 'show_not_found' });
        telemetry.showServed({
          event: entry.event,
          epoch: recovered.epoch,
          position: recovered.position,
          fromSnapshot: recovered.isFromSnapshot,
          ms: clock.monotonic() - begunAt,
        });
        this.#employ(entry, recovered, term);
      } catch (cause) {
        await this.#giveUp(entry, cause);
      }
    };
    // After a failure hundreds are woken: those that most people wait for come first.
    return this.#turnstile.pass(wake, () => entry.waiting.length);
  }

  /** The lease of an owner that we have seen fall silent does not count, whatever it says. */
  async #recover(event: EventId): Promise<Recovered | undefined> {
    const { tenure, telemetry } = this.#options;
    try {
      return await recover(this.#options, event, tenure.node);
    } catch (cause) {
      if (!(cause instanceof OwnedError) || !(await tenure.isDead(cause.owner))) throw cause;
      telemetry.claimForced(event, cause.owner);
      return await recover(this.#options, event, tenure.node, cause.epoch);
    }
  }

  #employ(entry: Entry, recovered: Recovered, term: number): void {
    const { waiting, suspects, event } = entry;
    entry.waiting = [];
    entry.suspects = [];
    const options = {
      ...this.#options,
      event,
      owner: this.#options.tenure.node,
      term,
      onSnapshot: (snapshot: Snapshot) => this.#save(snapshot),
      onStopped: (stopped: Stopped) => this.#onStopped(entry, stopped),
    };
    entry.actor = new EventActor(options, recovered, suspects);
    for (const letter of waiting) entry.actor.post(letter);
  }

  async #sleep(entry: Entry, actor: EventActor): Promise<void> {
    if (!(await this.#leave(entry, actor, 'asleep'))) return;
    // Whoever asked while it fell asleep is answered by the next actor.
    if (entry.waiting.length > 0) return await this.#wake(entry);
    this.#entries.delete(entry.event);
  }

  async #move(entry: Entry, actor: EventActor, to: NodeId): Promise<void> {
    if (!(await this.#leave(entry, actor, 'moved'))) return;
    this.#entries.delete(entry.event);
    this.#moved.set(entry.event, to);
    this.#options.clock.after(movedMs, () => this.#moved.delete(entry.event));
    sendOn(entry.waiting, busy, to);
  }

  /** At the end of this process. */
  async #retire(entry: Entry): Promise<void> {
    await entry.settled;
    const { actor } = entry;
    if (actor === undefined) return;
    if (await this.#leave(entry, actor, 'drained')) sendOn(entry.waiting, busy);
  }

  /**
   * Ends an actor in order and gives up the show; what is posted meanwhile waits. False when it
   * stopped by itself before: then its letters have been seen to.
   */
  async #leave(entry: Entry, actor: EventActor, why: 'asleep' | 'moved' | 'drained') {
    entry.actor = undefined;
    const isInOrder = await this.#exit.pass(
      () => actor.drain(),
      () => entry.waiting.length,
    );
    if (!isInOrder) return false;
    await this.#giveBack(entry.event, actor.epoch);
    this.#options.telemetry.showLeft(entry.event, why);
    return true;
  }

  async #giveBack(event: EventId, epoch: number): Promise<void> {
    const { journal, tenure, telemetry } = this.#options;
    try {
      await journal.release(event, epoch, tenure.node);
    } catch (cause) {
      // Then it is free when our lease is over.
      telemetry.failed('release a show', cause);
    }
  }

  async #giveUp(entry: Entry, cause: unknown): Promise<void> {
    const { telemetry } = this.#options;
    if (cause instanceof BrokenInvariant) return this.#seal(entry, cause);
    if (cause instanceof NewerHistoryError) return this.#leaveToNewer(entry, cause);
    if (cause instanceof OwnedError) return this.#sendAway(entry, cause.owner);
    if (cause instanceof SealedError) return this.#forget(entry, { reason: 'sealed' });
    if (!(cause instanceof JournalUnavailableError)) telemetry.failed('wake a show', cause);
    this.#forget(entry, busy);
  }

  /** A node that knows what is in the history may serve the show; here it is good for nobody. */
  async #leaveToNewer(entry: Entry, cause: NewerHistoryError): Promise<void> {
    const { clock, telemetry } = this.#options;
    telemetry.historyNewer(entry.event, cause);
    this.#newer.add(entry.event);
    clock.after(newerMs, () => this.#newer.delete(entry.event));
    await this.#giveBack(entry.event, cause.epoch);
    this.#sendAway(entry);
  }

  /** What is left of a stopped actor: every letter is answered or posted to the next one. */
  #onStopped(entry: Entry, stopped: Stopped): void {
    entry.actor = undefined;
    this.#options.telemetry.showLeft(entry.event, stopped.why, stopped.cause);
    switch (stopped.why) {
      case 'fenced':
        sendOn(stopped.inHand, busy);
        sendOn(stopped.waiting, busy);
        return this.#sendAway(entry);
      case 'unsettled':
      case 'lapsed':
        sendOn(stopped.inHand, outcomeUnknown);
        sendOn(stopped.waiting, busy);
        return this.#sendAway(entry);
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
    // Behind them what came while the show was about to leave.
    entry.waiting = [...waiting.slice(suspects), ...entry.waiting];
    entry.settled = entry.brokenDeadlines >= 2 ? this.#seal(entry, cause) : this.#wake(entry);
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

  /** The show is not here: whoever can asks again where it is. */
  #sendAway(entry: Entry, node?: NodeId): void {
    this.#entries.delete(entry.event);
    sendOn(entry.suspects, busy, node);
    sendOn(entry.waiting, busy, node);
  }

  async #save(snapshot: Snapshot): Promise<void> {
    const { snapshots, clock, telemetry } = this.#options;
    const begunAt = clock.monotonic();
    await snapshots.save(snapshot);
    telemetry.snapshotSaved({ bytes: snapshot.body.length, ms: clock.monotonic() - begunAt });
  }
}

interface Entry {
  readonly event: EventId;
  /** Undefined while waking and leaving. */
  actor: EventActor | undefined;
  /** Letters that arrived meanwhile. */
  waiting: Letter[];
  /** Letters of a turn that broke: the next actor takes them one by one. */
  suspects: Letter[];
  brokenDeadlines: number;
  /** Resolves when it is live or gone. */
  settled: Promise<void>;
}

/** Shows claimed and read at a time: after a failure hundreds come at once to a few connections. */
const wakesAtOnceMax = 8;
/** Shows saved at a time because they leave: each packs its state in one go, and is in memory twice. */
const leavesAtOnceMax = 4;
/** How long the node that a show was released for has to claim it. */
const movedMs = 1_000;
/** How long a show is left alone whose history is newer than this node. */
const newerMs = 10_000;
/** Due shows woken in one sweep. */
const wakesMax = 100;
/** Poisonous ids remembered. */
const poisonousMax = 1_000;
