import { type EventId, encode, type ServerMessage } from '@ingressou/protocol';
import type { Fact } from '../domain/facts.ts';
import { mayChangeIncidents } from '../domain/incident-news.ts';
import type { IncidentChanges } from '../domain/incidents.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import type { Commands, Committed, Refused } from '../ports/commands.ts';
import type { Standing } from '../ports/feeds.ts';
import { isRetryable } from './is-retryable.ts';
import { isAhead, type Point } from './point.ts';
import type { Watcher } from './watcher.ts';

/** What is told of the gates of a show, at most so often. */
const tellEveryMs = 500;
/** Pause before a show that could not be asked is asked again. */
const askAgainMs = 1_000;

export interface GateRoomOptions {
  readonly commands: Commands;
  readonly clock: Clock;
}

/** Number of an incident in one generation of the show's history. */
interface Told {
  readonly generation: number;
  readonly number: number;
}

/**
 * The gates of one show as they are followed here: its scanners, whoever watches over them, and how
 * far they have been told.
 *
 * Facts say that incidents may have changed, and never which: those are asked for, by the number of
 * the last change that was told. So whatever was not heard of on the way here (a frame of the bus,
 * the last words of an owner) is told late and not never. A client may be told one twice, and goes
 * by its id.
 */
export class GateRoom {
  readonly scanners = new Set<Watcher>();
  readonly watchers = new Set<Watcher>();
  readonly #event: EventId;
  readonly #options: GateRoomOptions;
  /**
   * Devices that were shut out, whose sockets are closed once: they may come back to upload. One that
   * is let in again (the show refuses it, but a restore may have lost that it was shut out) is not
   * among them any more, so that it is shut out anew.
   */
  readonly #shutOut = new Set<string>();
  /** Who has not been told yet what there was before them. */
  readonly #newcomers = new Set<Watcher>();
  #heard: Point = { generation: 0, position: 0 };
  /** As far as everybody was told of incidents; undefined before the first answer. */
  #told: Told | undefined;
  #isNews = false;
  #isAsking = false;
  #askAgain: Timer | undefined;
  #tellSoon: Timer | undefined;
  #toldAt = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  constructor(event: EventId, options: GateRoomOptions) {
    this.#event = event;
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.scanners.size + this.watchers.size === 0;
  }

  join(scanner: Watcher): void {
    this.scanners.add(scanner);
    this.#greet(scanner);
  }

  watch(watcher: Watcher): void {
    this.watchers.add(watcher);
    void this.#tellGates([watcher]);
    this.#greet(watcher);
  }

  leave(session: Watcher): void {
    for (const each of [this.scanners, this.watchers, this.#newcomers]) each.delete(session);
  }

  /** Rows of two owners may come in any order, and rows from elsewhere may be missing. */
  follow({ generation, from, to: position, facts }: Committed): void {
    const isGap = generation !== this.#heard.generation || from > this.#heard.position;
    this.#hear({ generation, position });
    for (const fact of facts) {
      if (fact.type === 'device_enrolled') this.#shutOut.delete(fact.device);
      if (fact.type === 'device_revoked') this.#end(fact.device);
    }
    if (isGap) return this.missed();
    if (facts.some(mayChangeIncidents)) this.#askForIncidents();
    if (facts.some(isOfGates)) this.#tellGatesSoon();
  }

  /** The show has come this far: whoever is behind that has missed something. */
  reached(standing: Standing): void {
    if (!isAhead(standing, this.#heard)) return;
    this.#hear(standing);
    this.missed();
  }

  /** Something may have been missed. */
  missed(): void {
    this.#askForIncidents();
    this.#tellGatesSoon();
    if (this.scanners.size + this.#shutOut.size > 0) void this.#endRevoked();
  }

  close(): void {
    this.#isClosed = true;
    this.#askAgain?.cancel();
    this.#tellSoon?.cancel();
  }

  #hear({ generation, position }: Point): void {
    if (isAhead({ generation, position }, this.#heard)) this.#heard = { generation, position };
  }

  #greet(session: Watcher): void {
    this.#newcomers.add(session);
    void this.#ask();
  }

  #askForIncidents(): void {
    this.#isNews = true;
    void this.#ask();
  }

  /** One question at a time; what happens meanwhile is asked for behind it. */
  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    let refused: Refused | undefined;
    while (refused === undefined && !this.#isClosed) {
      if (this.#newcomers.size > 0 || this.#told === undefined) refused = await this.#tellOld();
      else if (this.#isNews) refused = await this.#tellNew(this.#told);
      else break;
    }
    this.#isAsking = false;
    if (refused !== undefined && isRetryable(refused)) this.#askLater();
  }

  /** Newcomers hear of the newest incidents that nobody has seen. */
  async #tellOld(): Promise<Refused | undefined> {
    const newcomers = [...this.#newcomers];
    const reply = await this.#options.commands.ask(this.#event, { type: 'incidents' });
    if (!reply.accepted) return reply;
    this.#hear(reply);
    this.#told ??= { generation: reply.generation, number: reply.value.upTo };
    for (const session of newcomers) this.#newcomers.delete(session);
    this.#tellIncidents(newcomers, reply, reply.value);
    return undefined;
  }

  async #tellNew(told: Told): Promise<Refused | undefined> {
    const { commands } = this.#options;
    const heard = this.#heard;
    this.#isNews = false;
    const reply = await commands.ask(this.#event, { type: 'incidents', since: told.number });
    if (!reply.accepted) {
      this.#isNews = true;
      return reply;
    }
    const { generation, value } = reply;
    if (generation !== told.generation) return this.#beginAgain();
    this.#told = { generation, number: value.upTo };
    this.#tellIncidents(this.#everybody(), reply, value);
    if (value.isMore) this.#isNews = true;
    // An owner that is about to lose the show answers as it was when it knew no better.
    if (isAhead(heard, reply)) this.#askLater(true);
    return undefined;
  }

  /** Another history: what was told of the old one may never have happened. */
  #beginAgain(): undefined {
    this.#told = undefined;
    for (const session of this.#everybody()) this.#newcomers.add(session);
  }

  #askLater(isNews = false): void {
    this.#askAgain?.cancel();
    this.#askAgain = this.#options.clock.after(askAgainMs, () => {
      if (isNews) this.#isNews = true;
      void this.#ask();
    });
  }

  #everybody(): Set<Watcher> {
    return new Set([...this.scanners, ...this.watchers]);
  }

  #tellIncidents(
    to: Iterable<Watcher>,
    { generation, position }: Point,
    { incidents, gone }: IncidentChanges,
  ): void {
    const about = { event: this.#event, generation, position };
    for (const incident of incidents) tell(to, { type: 'incident', ...about, incident }, sendTo);
    for (const id of gone) tell(to, { type: 'incident_gone', ...about, id }, sendTo);
  }

  /** However much happens, those who watch hear of it twice a second. */
  #tellGatesSoon(leastMs = 0): void {
    if (this.watchers.size === 0 || this.#tellSoon !== undefined || this.#isClosed) return;
    const { clock } = this.#options;
    const wait = Math.max(leastMs, this.#toldAt + tellEveryMs - clock.monotonic());
    this.#tellSoon = clock.after(wait, () => {
      this.#tellSoon = undefined;
      this.#toldAt = clock.monotonic();
      void this.#tellGates([...this.watchers]);
    });
  }

  async #tellGates(to: readonly Watcher[]): Promise<void> {
    const reply = await this.#options.commands.ask(this.#event, { type: 'gates' });
    if (!reply.accepted) {
      if (isRetryable(reply)) return this.#tellGatesSoon(askAgainMs);
      for (const session of to) if (session.isOpen) session.refuse(this.#event, reply.rejection);
      return;
    }
    const { generation, position, at, value } = reply;
    const point = { generation, position, at };
    tell(to, { type: 'gates', event: this.#event, ...value, ...point }, offerTo);
  }

  async #endRevoked(): Promise<void> {
    const reply = await this.#options.commands.ask(this.#event, { type: 'gates' });
    // A show that cannot be asked now refuses such a device itself when it scans.
    if (!reply.accepted) return;
    for (const { device, isRevoked } of reply.value.devices) {
      if (!isRevoked) this.#shutOut.delete(device);
      else if (!this.#shutOut.has(device)) this.#end(device);
    }
  }

  #end(device: string): void {
    this.#shutOut.add(device);
    for (const session of [...this.scanners]) {
      if (session.identity?.gate?.id === device) session.end('forbidden', 'device_revoked');
    }
  }
}

/** Nobody may miss it. */
function sendTo(session: Watcher, frame: Uint8Array | string): void {
  session.sendFrame(frame);
}

/** Another one follows soon. */
function offerTo(session: Watcher, frame: Uint8Array | string): void {
  session.offer(frame);
}

/** One frame for all who speak the same notation. */
function tell(to: Iterable<Watcher>, message: ServerMessage, by: typeof sendTo): void {
  const frames = new Map<string, Uint8Array | string>();
  for (const session of to) {
    const frame = frames.get(session.notation) ?? encode(message, session.notation);
    frames.set(session.notation, frame);
    if (session.isOpen) by(session, frame);
  }
}

/** Those that change what the gates look like, besides their incidents. */
const gateFacts: ReadonlySet<Fact['type']> = new Set<Fact['type']>([
  'checkpoints_set',
  'device_enrolled',
  'device_revoked',
  'device_reported',
  'scanned',
  'scans_merged',
]);

function isOfGates(fact: Fact): boolean {
  return gateFacts.has(fact.type) || mayChangeIncidents(fact);
}
