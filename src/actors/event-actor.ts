import { type EventId, type NodeId, pack } from '@ingressou/protocol';
import { nextDeadline } from '../domain/deadlines.ts';
import type { Decision } from '../domain/decision.ts';
import type { Fact } from '../domain/facts.ts';
import { type PlainShow, shortening, snapshotSchema, toPlain } from '../domain/snapshot.ts';
import type { ShowState } from '../domain/state.ts';
import type { Clock } from '../ports/clock.ts';
import type { Answer, Committed } from '../ports/commands.ts';
import { FencedError, type Journal, type Row } from '../ports/journal.ts';
import type { Snapshot } from '../ports/snapshots.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { Tenure } from '../ports/tenure.ts';
import { Alarm } from './alarm.ts';
import { hashRow } from './chain.ts';
import { commit } from './commit.ts';
import { busy, isWish, type Letter, turnAway } from './letters.ts';
import type { Recovered } from './recovery.ts';
import { isDeadlineDue, type Turn, takeTurn } from './turn.ts';

export interface ActorOptions {
  readonly event: EventId;
  readonly owner: NodeId;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly tenure: Tenure;
  /** The term in which the show was claimed. */
  readonly term: number;
  /** Letters waiting at most; the next one is turned away. */
  readonly mailboxLettersMax: number;
  /** Letters of one turn at most. */
  readonly turnLettersMax: number;
  /** Facts after which a snapshot is taken when nobody waits; after twice as many it must be. */
  readonly snapshotFacts: number;
  /** Time after which a pause is used to save whatever is new. */
  readonly snapshotMs: number;
  /**
   * Hears of every durable row once, in order, before the answers of its turn are told. What it
   * throws is reported and changes nothing.
   */
  readonly onCommitted: (committed: Committed) => void;
  /** Keeps it. What it rejects with is reported and changes nothing. */
  readonly onSnapshot: (snapshot: Snapshot) => Promise<void>;
  /** The actor is over and has answered nobody of these letters. Called once. */
  readonly onStopped: (stopped: Stopped) => void;
}

/** A snapshot holds up everybody for as long as it is encoded: it waits for a pause this long. */
const forcedShare = 2;

/** Below this, reading the facts again is quicker than reading a snapshot. */
const snapshotNewsMin = 500;

/** The lease ended: whatever was about to be told may not be true any more. */
export class LapsedError extends Error {
  override readonly name = 'LapsedError';
  constructor(event: EventId) {
    super(`Show ${event} stops: the lease of this process has ended.`);
  }
}

/** What is known of the last durable row. */
interface Standpoint {
  readonly position: number;
  readonly hash: Uint8Array;
  readonly at: number;
}

/** Why an actor is over, and who still waits for an answer. */
export interface Stopped {
  /**
   * `fenced`: another owner; the turn did not happen. `unsettled`: nobody knows whether it did.
   * `lapsed`: the lease was over before the turn could be told; it happened. `broken`: a rule broke
   * while the turn was taken; it did not happen.
   */
  readonly why: 'fenced' | 'unsettled' | 'lapsed' | 'broken';
  readonly cause: unknown;
  /** The letters of the turn that was not answered. */
  readonly inHand: readonly Letter[];
  /** Letters that no turn has touched. */
  readonly waiting: readonly Letter[];
  /** How many letters at the head of `waiting` are still suspected of an earlier break. */
  readonly suspects: number;
  /** `inHand` was a suspect alone in its turn. */
  readonly isCareful: boolean;
}

/**
 * The one writer of one show.
 *
 *     idle ──letter or deadline──▶ running ──nothing to do──▶ idle ──drain──▶ stopped
 *     running ──fenced, unsettled, lapsed or broken──▶ stopped
 *                                              (the directory recovers a new actor, or another node)
 *
 * A turn takes what lies in the mailbox, decides and evolves it in one synchronous pass, and makes
 * its facts durable as one row. Nothing of a turn leaves before that row is durable, and the next
 * turn is taken only then: so whatever an answer could have seen is durable when it leaves. While
 * a row is on its way the mailbox fills, which makes the disk's rhythm the size of a turn.
 *
 * Not even a refusal is told past the end of the lease: somebody else may own the show by then and
 * have changed what the refusal rests on.
 */
export class EventActor {
  readonly #options: ActorOptions;
  readonly #state: ShowState;
  readonly #epoch: number;
  readonly #generation: number;
  readonly #alarm: Alarm;
  #status: 'idle' | 'running' | 'stopped' = 'idle';
  #mailbox: Letter[];
  /** How many letters at the head of the mailbox go one per turn: their last turn broke. */
  #suspects: number;
  #isCareful = false;
  /** The letters of the newest turn, until they are answered. */
  #inHand: readonly Letter[] = [];
  #isTaking = false;
  /** Said by the first row of an epoch. */
  #opening: readonly Fact[];
  /** The last durable row; nothing before the first. */
  #last: Standpoint;
  /** The facts of that row as it holds them. */
  #lastFacts: Uint8Array = new Uint8Array();
  #savedPosition: number;
  #savedAt: number;
  #idleSince: number;
  #onIdle: (() => void) | undefined;

  constructor(options: ActorOptions, recovered: Recovered, suspects: readonly Letter[] = []) {
    this.#options = options;
    this.#state = recovered.state;
    this.#epoch = recovered.epoch;
    this.#generation = recovered.generation;
    this.#last = recovered;
    this.#savedPosition = recovered.position;
    this.#savedAt = options.clock.monotonic();
    this.#idleSince = this.#savedAt;
    const { epoch, generation } = recovered;
    this.#opening = [{ type: 'owned', owner: options.owner, epoch, generation }];
    this.#mailbox = [...suspects];
    this.#suspects = suspects.length;
    this.#alarm = new Alarm(options.clock, () => this.#wake());
    this.#wake();
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** Takes a letter, or turns it away at once when the mailbox is full. Never throws. */
  post(letter: Letter): void {
    const isOpen = this.#status !== 'stopped' && this.#onIdle === undefined;
    if (!isOpen || this.#mailbox.length >= this.#options.mailboxLettersMax) {
      turnAway([letter], busy);
      return;
    }
    this.#mailbox.push(letter);
    this.#wake();
  }

  /**
   * Asks the journal whether the show is still ours, and stops if not: an actor that rests while
   * another owner writes would never notice by itself.
   *
   * @throws {JournalUnavailableError}
   */
  async verify(): Promise<void> {
    const { event, journal } = this.#options;
    const head = await journal.head(event);
    const isOurs = head?.epoch === this.#epoch;
    if (!isOurs && this.#status === 'idle') this.#stop(new FencedError(event, this.#epoch));
  }

  /** Whether nothing was asked for `idleMs` and no deadline comes within as long. */
  isIdleFor(idleMs: number): boolean {
    const { clock } = this.#options;
    if (this.#status !== 'idle' || clock.monotonic() - this.#idleSince < idleMs) return false;
    const deadline = nextDeadline(this.#state);
    return deadline === undefined || deadline.at > clock.now() + idleMs;
  }

  /**
   * Takes no more letters, answers those it has, saves the state and stops. False when it had to
   * stop for another reason first.
   */
  async drain(): Promise<boolean> {
    if (this.#status === 'running') {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    }
    if (this.#status === 'stopped') return false;
    this.#status = 'stopped';
    this.#alarm.set(undefined);
    if (this.#last.position > this.#savedPosition) await this.#save();
    return true;
  }

  /** After a pause the first letter waits for the others of the same poll: one turn for all. */
  #wake(): void {
    if (this.#status !== 'idle') return;
    this.#status = 'running';
    this.#options.clock.soon(() => void this.#run());
  }

  /** Never rejects: whatever breaks in here stops the actor. */
  async #run(): Promise<void> {
    try {
      this.#checkLease();
      let turn: Turn | undefined = this.#take();
      let durable = this.#append(turn);
      while (turn !== undefined) {
        await durable;
        this.#checkLease();
        if (this.#hasNews(forcedShare * this.#options.snapshotFacts)) void this.#save();
        const done: Turn = turn;
        try {
          turn = this.#hasWork() ? this.#take() : undefined;
          // On its way to the disk while the answers before it go to the sockets.
          if (turn !== undefined) durable = this.#append(turn);
        } finally {
          this.#deliver(done);
        }
      }
      this.#rest();
    } catch (error) {
      this.#stop(error);
    }
  }

  /** @throws {LapsedError} somebody else may own the show by now */
  #checkLease(): void {
    const { tenure, term, event } = this.#options;
    if (!tenure.isHeld(term)) throw new LapsedError(event);
  }

  #take(): Turn {
    this.#isTaking = true;
    this.#isCareful = this.#suspects > 0;
    const letters = this.#mailbox.splice(0, this.#isCareful ? 1 : this.#options.turnLettersMax);
    if (this.#isCareful) this.#suspects -= 1;
    this.#inHand = letters;
    const at = Math.max(this.#options.clock.now(), this.#last.at);
    const turn = takeTurn(this.#state, letters, at, this.#opening);
    this.#opening = [];
    this.#isTaking = false;
    return turn;
  }

  /** Resolves once the turn's facts are durable; at once when it has none. */
  async #append(turn: Turn): Promise<void> {
    if (turn.facts.length === 0) return;
    const row = this.#row(turn);
    const { clock, telemetry } = this.#options;
    const sentAt = clock.monotonic();
    await commit(this.#options, row);
    this.#last = { position: row.last, hash: row.hash, at: row.at };
    this.#lastFacts = row.facts;
    const commitMs = clock.monotonic() - sentAt;
    telemetry.turnCommitted({ letters: turn.letters.length, facts: turn.facts.length, commitMs });
  }

  #row({ at, facts }: Turn): Row {
    const { event, owner } = this.#options;
    const { position, hash } = this.#last;
    const last = position + facts.length;
    const body = { event, epoch: this.#epoch, owner, position, last, at, facts: pack(facts) };
    const wakeAt = nextDeadline(this.#state)?.at ?? null;
    return { hash: hashRow(hash, body), wakeAt, ...body };
  }

  /** The gate: what happens here rests on durable facts alone. */
  #deliver({ at, letters, decisions, replies, facts }: Turn): void {
    const { event, telemetry } = this.#options;
    const generation = this.#generation;
    const { position } = this.#last;
    if (facts.length > 0) {
      const from = position - facts.length;
      const packed = this.#lastFacts;
      this.#show({ event, generation, from, to: position, at, facts, packed });
    }
    const outcomes = new Map<string, number>();
    decisions.forEach((decision, index) => {
      const letter = letters[index];
      if (decision === undefined || letter === undefined || !isWish(letter)) return;
      letter.answer(answerOf(decision, position));
      const outcome = decision.accepted ? 'accepted' : decision.rejection.reason;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    });
    for (const [outcome, count] of outcomes) telemetry.commandsAnswered(outcome, count);
    for (const { inquiry, value } of replies) {
      inquiry.answer({ accepted: true, generation, position, at, value });
    }
  }

  #show(committed: Committed): void {
    try {
      this.#options.onCommitted(committed);
    } catch (cause) {
      // It is durable whatever they make of it, and its answers do not depend on them.
      this.#options.telemetry.failed('tell of a committed row', cause);
    }
  }

  #hasWork(): boolean {
    return this.#mailbox.length > 0 || isDeadlineDue(this.#state, this.#options.clock.now());
  }

  #rest(): void {
    this.#status = 'idle';
    this.#idleSince = this.#options.clock.monotonic();
    this.#inHand = [];
    this.#alarm.set(nextDeadline(this.#state)?.at);
    if (this.#isSaveDue()) void this.#save();
    this.#onIdle?.();
    // Whoever heard of the last turn may have asked something while it was told.
    if (this.#mailbox.length > 0) this.#wake();
  }

  /** Memory is ahead of the journal or of reason: nothing of it is used again. */
  #stop(cause: unknown): void {
    this.#status = 'stopped';
    this.#alarm.set(undefined);
    this.#onIdle?.();
    this.#options.onStopped({
      why: this.#isTaking ? 'broken' : reasonOf(cause),
      cause,
      inHand: this.#inHand,
      waiting: this.#mailbox,
      suspects: this.#suspects,
      isCareful: this.#isCareful,
    });
    this.#mailbox = [];
  }

  #hasNews(facts: number): boolean {
    return this.#last.position - this.#savedPosition >= facts;
  }

  /** At a pause, when there is much that is new or it is new for long. */
  #isSaveDue(): boolean {
    const { clock, snapshotFacts, snapshotMs } = this.#options;
    if (this.#hasNews(snapshotFacts)) return true;
    return this.#hasNews(snapshotNewsMin) && clock.monotonic() - this.#savedAt >= snapshotMs;
  }

  /**
   * Called only between turns, when the state is exactly what is durable. Only a copy is made then:
   * whatever else it takes is done between the turns that follow, if any do. Never rejects.
   */
  async #save(): Promise<void> {
    const { clock, telemetry } = this.#options;
    this.#savedPosition = this.#last.position;
    this.#savedAt = clock.monotonic();
    try {
      await this.#handIn(toPlain(this.#state), this.#last);
    } catch (cause) {
      // Costs the next recovery time, nothing else. A large show may lack the memory for its copy.
      telemetry.failed('save a snapshot', cause);
    }
  }

  async #handIn(plain: PlainShow, { position, hash, at }: Standpoint): Promise<void> {
    const { event, clock, onSnapshot } = this.#options;
    for (const _ of shortening(plain)) {
      if (this.#status !== 'stopped') await new Promise<void>((resolve) => clock.soon(resolve));
    }
    const generation = this.#generation;
    const schema = snapshotSchema;
    await onSnapshot({ event, generation, position, hash, at, schema, body: pack(plain) });
  }
}

function reasonOf(cause: unknown): Stopped['why'] {
  if (cause instanceof FencedError) return 'fenced';
  return cause instanceof LapsedError ? 'lapsed' : 'unsettled';
}

/** Without the facts, which are not the asker's; and what a gate is told is told as of now. */
function answerOf(decision: Decision, position: number): Answer {
  if (!decision.accepted || decision.told === undefined) return decision;
  return { accepted: true, told: decision.told, position };
}
