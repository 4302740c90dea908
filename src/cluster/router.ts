import type { EventId, NodeId, Rejection } from '@ingressou/protocol';
import type { Command } from '../domain/commands.ts';
import type { Question } from '../domain/questions.ts';
import type { Actors } from '../ports/actors.ts';
import type { Listening } from '../ports/bus.ts';
import type { Timer } from '../ports/clock.ts';
import type { Answer, Commands, Refused, Reply } from '../ports/commands.ts';
import { type Answered, unpackAnnouncement, unpackAnswers } from './frames.ts';
import { busy, handTo, isQuestion, type Letter, outcomeUnknown } from './letters.ts';
import { type Loss, RemoteNode } from './remote-node.ts';
import { subjects } from './subjects.ts';
import { type Place, Whereabouts, type WhereaboutsOptions } from './whereabouts.ts';

export interface RouterOptions extends Omit<WhereaboutsOptions, 'hasActors' | 'reachOf'> {
  /** Absent in a node that has none. */
  readonly actors?: Actors;
  readonly prefix: string;
  /** Letters that wait here for an answer at most; the next one is turned away. */
  readonly lettersMax: number;
}

/** Whoever waited so long is told so: clients try again by themselves, with the same id. */
const letterMs = 5_000;
/** An answer that has not come in this time may be lost: the bus stores nothing. */
const answerMs = 2_000;
/** A node that has just come may not be in our last heartbeat yet. */
const strangerMs = 500;
/** Between two looks at the letters that wait. */
const sweepMs = 100;
/** How often a letter follows at once when it is told to ask elsewhere; then it waits a little. */
const hopsMax = 4;
const hopPauseMs = 100;

/**
 * Brings each letter to the node where its show lives, and the answer back.
 *
 *     parked ──found──▶ sent ──answer──▶ told
 *       ▲                │
 *       └── frame lost, show moved, node gone, answer overdue ──┘
 *
 * What is sent again may be done already: the ids make that safe. Letters for one show leave in
 * the order in which they came, as long as nothing is lost.
 */
export class Router implements Commands {
  readonly #options: RouterOptions;
  readonly #whereabouts: Whereabouts;
  readonly #remotes = new Map<NodeId, RemoteNode>();
  /** Everything that waits here for an answer, oldest first. */
  readonly #letters = new Map<number, Letter>();
  /** Those of them that were sent more than once, by the number of each later copy. */
  readonly #copies = new Map<number, Letter>();
  /** Letters whose show is being looked for. */
  readonly #parked = new Map<EventId, Letter[]>();
  readonly #listenings: Listening[] = [];
  #number = 0;
  #sweep: Timer | undefined;
  #isClosed = false;

  constructor(options: RouterOptions) {
    this.#options = options;
    this.#whereabouts = new Whereabouts({
      ...options,
      hasActors: options.actors !== undefined,
      reachOf: (node) => this.#remotes.get(node)?.reach,
    });
  }

  /** Begins to hear answers. */
  start(): void {
    const { bus, prefix, tenure } = this.#options;
    const { answers, owners } = subjects(prefix);
    const hear = (subject: string, heard: (bytes: Uint8Array) => void) =>
      this.#listenings.push(bus.listen(subject, (bytes) => this.#read(() => heard(bytes))));
    hear(answers(tenure.node), (bytes) => this.#onAnswers(bytes));
    hear(owners, (bytes) => {
      const { event, node } = unpackAnnouncement(bytes);
      this.#whereabouts.learn(event, node);
    });
  }

  submit(event: EventId, command: Command): Promise<Answer> {
    const { actors } = this.#options;
    if (!actors?.has(event)) return this.#ask(event, command);
    return actors.submit(event, command).then((answer) => {
      return isElsewhere(answer) ? this.#askAgain(event, command, answer) : answer;
    });
  }

  ask<Q extends Question>(event: EventId, question: Q): Promise<Reply<Q> | Refused>;
  async ask(event: EventId, question: Question): Promise<Answered> {
    const { actors } = this.#options;
    if (!actors?.has(event)) return await this.#ask(event, question);
    const reply = await actors.ask(event, question);
    return isElsewhere(reply) ? await this.#askAgain(event, question, reply) : reply;
  }

  /** Whether a show that nobody owns should be claimed here rather than elsewhere. */
  isWanted(event: EventId): boolean {
    return this.#whereabouts.preferred(event) === this.#options.tenure.node;
  }

  /** Turns away whoever still waits, and hears nothing more. */
  close(): void {
    this.#isClosed = true;
    this.#sweep?.cancel();
    this.#whereabouts.close();
    for (const listening of this.#listenings) listening.end();
    for (const letter of [...this.#letters.values()]) this.#giveUp(letter);
  }

  #ask(event: EventId, body: Letter['body']): Promise<Answered> {
    return new Promise((tell) => this.#route(this.#letter(event, body, tell)));
  }

  /** The show has just left this node. */
  #askAgain(event: EventId, body: Letter['body'], refused: Refused): Promise<Answered> {
    return new Promise((tell) => {
      const letter = this.#letter(event, body, tell);
      this.#onElsewhere(letter, this.#options.tenure.node, refused);
    });
  }

  #letter(event: EventId, body: Letter['body'], tell: Letter['tell']): Letter {
    this.#number += 1;
    return {
      order: this.#number,
      number: this.#number,
      earlierNumbers: undefined,
      event,
      body,
      tell,
      bornAt: this.#options.clock.monotonic(),
      node: undefined,
      sentAt: undefined,
      hops: 0,
      isInDoubt: false,
    };
  }

  /** From here on the letter waits with us until it is told something. */
  #route(letter: Letter): void {
    if (!this.#admit(letter)) return this.#refuse(letter, busy);
    const parked = this.#parked.get(letter.event);
    if (parked !== undefined) {
      letter.node = undefined;
      parked.push(letter);
      return;
    }
    // Without a bus what is remembered is of no use: the owner is us, or dead, or out of reach.
    const { bus } = this.#options;
    const node = bus.isUp ? this.#whereabouts.of(letter.event) : undefined;
    if (node === undefined) this.#park(letter);
    else this.#send(letter, node);
  }

  #admit(letter: Letter): boolean {
    const { clock, lettersMax } = this.#options;
    if (this.#letters.has(letter.order)) return true;
    if (this.#isClosed || this.#letters.size >= lettersMax) return false;
    this.#letters.set(letter.order, letter);
    this.#sweep ??= clock.after(sweepMs, () => this.#sweepLetters());
    return true;
  }

  #park(letter: Letter): void {
    const { event } = letter;
    letter.node = undefined;
    this.#parked.set(event, [letter]);
    void this.#whereabouts.find(event).then((place) => this.#unpark(event, place));
  }

  #unpark(event: EventId, place: Place): void {
    const letters = this.#parked.get(event) ?? [];
    this.#parked.delete(event);
    letters.sort((one, other) => one.order - other.order);
    for (const letter of letters) {
      if (!this.#letters.has(letter.order)) continue;
      if ('rejection' in place) this.#refuse(letter, place.rejection);
      else this.#sendTo(letter, place);
    }
  }

  #sendTo(letter: Letter, { node, isOwned }: { node: NodeId; isOwned: boolean }): void {
    const { actors, tenure } = this.#options;
    // A show that nobody owns is read from its history, by whoever can.
    const isForAnybody = !isOwned && isQuestion(letter.body);
    if (!isOwned && !isForAnybody) this.#whereabouts.learn(letter.event, node);
    this.#send(letter, isForAnybody && actors !== undefined ? tenure.node : node);
  }

  #send(letter: Letter, node: NodeId): void {
    const { tenure, clock } = this.#options;
    if (node === tenure.node) return this.#serveHere(letter);
    if (letter.sentAt !== undefined) this.#renumber(letter);
    this.#remoteOf(node).send(letter, clock.monotonic());
  }

  /** Our own actors answer everything themselves: such a letter waits there, not here. */
  #serveHere(letter: Letter): void {
    const { actors, tenure } = this.#options;
    this.#forget(letter);
    if (actors === undefined) return this.#refuse(letter, busy);
    void handTo(actors, letter).then((answer) => this.#onAnswer(letter, tenure.node, answer));
    letter.node = tenure.node;
  }

  #remoteOf(node: NodeId): RemoteNode {
    const known = this.#remotes.get(node);
    if (known !== undefined) return known;
    this.#forgetRemotes();
    const { prefix, tenure } = this.#options;
    const remote = new RemoteNode(node, {
      ...this.#options,
      asker: tenure.node,
      subject: subjects(prefix).commands(node),
      onLost: (letters, why) => this.#onLost(node, letters, why),
    });
    this.#remotes.set(node, remote);
    return remote;
  }

  /** Every start of a process is another node: those that are gone never come back. */
  #forgetRemotes(): void {
    const living = new Set(this.#options.tenure.peers().map(({ node }) => node));
    for (const [node, remote] of this.#remotes) {
      if (remote.isIdle && !living.has(node)) this.#remotes.delete(node);
    }
  }

  #onLost(node: NodeId, letters: readonly Letter[], why: Loss): void {
    this.#whereabouts.forgetNode(node);
    for (const letter of letters) {
      if (letter.node !== node || !this.#letters.has(letter.order)) continue;
      letter.isInDoubt ||= why === 'silence';
      if (why === 'down') this.#refuse(letter, busy);
      else this.#route(letter);
    }
    if (why === 'nobody') this.#sendAgain(node);
  }

  /** A node that does not listen any more sends no answers either. */
  #sendAgain(node: NodeId): void {
    for (const letter of this.#letters.values()) {
      if (letter.node !== node) continue;
      letter.isInDoubt = true;
      this.#route(letter);
    }
  }

  #onAnswers(bytes: Uint8Array): void {
    const { from, answers } = unpackAnswers(bytes);
    for (const { number, answer } of answers) {
      const letter = this.#letters.get(number) ?? this.#copies.get(number);
      const isNewest = letter?.number === number;
      if (letter !== undefined && (isNewest || answer.accepted))
        this.#onAnswer(letter, from, answer);
    }
  }

  /**
   * A yes is durable, whoever says it. A no counts only from whom was asked last, and only to the
   * last copy: what an earlier copy was refused, a later one may have been given.
   */
  #onAnswer(letter: Letter, from: NodeId, answer: Answered): void {
    if (answer.accepted) return this.#tell(letter, answer);
    if (letter.node !== from) return;
    if (answer.elsewhere === undefined) return this.#refuse(letter, answer.rejection);
    this.#onElsewhere(letter, from, answer);
  }

  #onElsewhere(letter: Letter, from: NodeId, { rejection, elsewhere }: Refused): void {
    const { clock } = this.#options;
    letter.isInDoubt ||= rejection.reason === 'outcome_unknown';
    letter.hops += 1;
    const node = elsewhere?.node;
    if (node === undefined || node === from) this.#whereabouts.forget(letter.event);
    else this.#whereabouts.learn(letter.event, node);
    if (letter.hops <= hopsMax) return this.#route(letter);
    // Two nodes send it to each other, or one cannot claim what is its own: soon one of them can.
    letter.node = undefined;
    if (!this.#admit(letter)) return this.#refuse(letter, busy);
    this.#whereabouts.forget(letter.event);
    clock.after(hopPauseMs, () => {
      if (this.#letters.has(letter.order) && !this.#isClosed) this.#route(letter);
    });
  }

  #tell(letter: Letter, answer: Answered): void {
    this.#forget(letter);
    letter.tell(answer);
  }

  /** Every copy has a number of its own, so that a late answer is known for what it is. */
  #renumber(letter: Letter): void {
    letter.earlierNumbers ??= [];
    letter.earlierNumbers.push(letter.number);
    this.#number += 1;
    letter.number = this.#number;
    this.#copies.set(letter.number, letter);
  }

  #forget({ order, number, earlierNumbers }: Letter): void {
    this.#letters.delete(order);
    if (earlierNumbers === undefined) return;
    for (const copy of [number, ...earlierNumbers]) this.#copies.delete(copy);
  }

  /** Nobody will say what became of it. If it went anywhere, it may be done there. */
  #giveUp(letter: Letter): void {
    letter.isInDoubt ||= letter.node !== undefined;
    this.#refuse(letter, busy);
  }

  /** `busy` means that nothing was attempted: it is not said to somebody whose wish is in doubt. */
  #refuse(letter: Letter, rejection: Rejection): void {
    const isInDoubt = rejection.reason === 'busy' && letter.isInDoubt && !isQuestion(letter.body);
    this.#tell(letter, { accepted: false, rejection: isInDoubt ? outcomeUnknown : rejection });
  }

  #sweepLetters(): void {
    this.#sweep = undefined;
    const { clock, tenure } = this.#options;
    const now = clock.monotonic();
    const living = new Set(tenure.peers().map(({ node }) => node));
    for (const letter of this.#letters.values()) {
      if (now - letter.bornAt >= letterMs) this.#giveUp(letter);
      else if (letter.node !== undefined) this.#look(letter, letter.node, now, living);
    }
    if (this.#letters.size === 0) return;
    this.#sweep = clock.after(sweepMs, () => this.#sweepLetters());
  }

  /** Sends a letter again whose answer will not come, or may not. */
  #look(letter: Letter, node: NodeId, now: number, living: ReadonlySet<NodeId>): void {
    const waitMs = now - (letter.sentAt ?? letter.bornAt);
    if (waitMs < sweepMs) return;
    const known = this.#whereabouts.of(letter.event);
    const isMoved = known !== undefined && known !== node;
    const isGone = waitMs >= strangerMs && !living.has(node);
    if (!isMoved && !isGone && waitMs < answerMs) return;
    letter.isInDoubt = true;
    if (!isMoved) this.#whereabouts.forget(letter.event);
    this.#route(letter);
  }

  /** Nodes of another version, or a bus that is shared by mistake, must not stop us. */
  #read(read: () => void): void {
    try {
      read();
    } catch (cause) {
      // The frame is dropped: letters whose answers were in it are sent again.
      this.#options.telemetry.failed('read a frame of the bus', cause);
    }
  }
}

function isElsewhere(answer: Answered): answer is Refused {
  return !answer.accepted && answer.elsewhere !== undefined;
}
