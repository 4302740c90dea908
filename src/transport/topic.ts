import {
  type EventId,
  encode,
  type Notation,
  type Rejection,
  type ResumePoint,
  type ServerMessage,
} from '@ingressou/protocol';
import { evolveView, type ShowView, type Touched } from '../domain/view.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import type { Commands, Committed, Reply } from '../ports/commands.ts';
import type { Standing } from '../ports/feeds.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { isAhead, type Point, pointOf } from './point.ts';
import type { Watcher } from './watcher.ts';

/** Deltas of one show leave this far apart at least: what changes meanwhile is one delta. */
const tickMs = 50;
/** Sending may take this share of the gateway's time: a pass of 20 ms is followed by 80 ms. */
const sendShare = 0.2;
/** Sockets written before everything else gets a chance to run: about 2 ms at 7 µs each. */
const sliceSockets = 256;
/** Pause before a view that could not be had is asked for again. */
const reloadMs = 1_000;
/** Questions for a view that is older than the facts that were heard. */
const askAttemptsMax = 10;
/** Rows kept while a view is asked for; if more come, it is asked for again. */
const earlyRowsMax = 100;

export interface TopicOptions {
  readonly commands: Commands;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Facts before this point were missed here, and so was what they said of these watchers. */
  readonly onMissed: (watchers: Iterable<Watcher>, point: Point) => void;
}

/**
 * One show as its watchers see it.
 *
 * The view is loaded once and then kept by the committed facts. A gap in their positions, or
 * word that the show has come further, loads it again; until then it is shown as it was. What
 * changes is marked, and a pass sends the absolute values of everything marked in one frame that
 * is encoded once per notation.
 */
export class Topic {
  readonly #event: EventId;
  readonly #options: TopicOptions;
  readonly #watchers = new Set<Watcher>();
  #known: Known | undefined;
  /** As far as was heard, loaded or not: a view behind this is asked for again. */
  #heard: Point = { generation: 0, position: 0 };
  #loading: Promise<Rejection | undefined> | undefined;
  /** Rows that came while a view was asked for: they may follow it. */
  #early: Committed[] = [];
  #isReloading = false;
  #nextReload: Timer | undefined;
  #touched: Touched = nothingTouched();
  /** Where the last delta or state for all ended. */
  #sentPosition = 0;
  #isPassPlanned = false;
  #notBefore = 0;
  #states:
    | { readonly generation: number; readonly position: number; readonly frames: Frames }
    | undefined;

  constructor(event: EventId, options: TopicOptions) {
    this.#event = event;
    this.#options = options;
  }

  get size(): number {
    return this.#watchers.size;
  }

  /** Adds a watcher and sends it the state, or returns why there is none. */
  async add(session: Watcher, since: ResumePoint | undefined): Promise<Rejection | undefined> {
    this.#watchers.add(session);
    const refusal = this.#known === undefined ? await this.#load() : undefined;
    if (refusal !== undefined || !session.isOpen) return refusal;
    if (!this.#isCurrent(since)) this.sendState(session);
    if (this.#isBehind(since)) this.refresh();
    return undefined;
  }

  delete(session: Watcher): void {
    this.#watchers.delete(session);
  }

  sendState(session: Watcher): void {
    if (this.#known === undefined) return;
    session.sendFrame(this.#stateFrames(this.#known).in(session.notation));
  }

  follow(committed: Committed): void {
    const { generation, to: position } = committed;
    this.#hear({ generation, position });
    if (this.#loading !== undefined) this.#keepEarly(committed);
    const known = this.#known;
    if (known === undefined || !isAhead({ generation, position }, known)) return;
    if (generation === known.generation && committed.from === known.position) {
      this.#apply(known, committed);
      if (isAnything(this.#touched)) this.#planPass(known);
    } else this.#catchUp();
  }

  /** The show has come this far. */
  reached(standing: Standing): void {
    this.#hear(standing);
    if (this.#known !== undefined && isAhead(standing, this.#known)) this.#catchUp();
  }

  /** Asks whether anything was missed. */
  refresh(): void {
    if (this.#known !== undefined) void this.#reload();
  }

  /** Owners follow each other, and the last words of one may come after the first of the next. */
  #hear({ generation, position }: Point): void {
    if (isAhead({ generation, position }, this.#heard)) this.#heard = { generation, position };
  }

  #keepEarly(committed: Committed): void {
    this.#early.push(committed);
    if (this.#early.length > earlyRowsMax) this.#early.shift();
  }

  #apply(known: Known, { facts, to, at }: Committed): void {
    for (const fact of facts) evolveView(known.view, fact, this.#touched);
    known.position = to;
    known.at = at;
  }

  #catchUp(): void {
    if (this.#isReloading) return;
    this.#options.telemetry.feedBroken(this.#event);
    // What an older generation knew may never have happened.
    if (this.#heard.generation !== this.#known?.generation) this.#known = undefined;
    void this.#reload();
  }

  /** Whether a client that was at `since` has missed nothing it could see. */
  #isCurrent(since: ResumePoint | undefined): boolean {
    const known = this.#known;
    if (since === undefined || known === undefined) return false;
    const { generation, position } = since;
    return (
      generation === known.generation &&
      position >= known.changedPosition &&
      position <= known.position
    );
  }

  /** Whether more was heard of, here or on the node that a client comes from. */
  #isBehind(since: ResumePoint | undefined): boolean {
    const known = this.#known;
    if (known === undefined) return false;
    return isAhead(this.#heard, known) || (since !== undefined && isAhead(since, known));
  }

  #load(): Promise<Rejection | undefined> {
    this.#loading ??= this.#ask().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #ask(): Promise<Rejection | undefined> {
    for (let attempt = 0; attempt < askAttemptsMax; attempt += 1) {
      this.#early = [];
      const reply = await this.#options.commands.ask(this.#event, { type: 'view' });
      if (!reply.accepted) return reply.rejection;
      const known = this.#adopt(reply);
      // Somebody answered who is behind what was heard: true, but what follows would not fit it.
      if (isAhead(this.#heard, known)) continue;
      return undefined;
    }
    return { reason: 'busy', retryAfterMs: tickMs };
  }

  /** Makes a reply the view, unless the one that is known is as new. */
  #adopt({ generation, position, at, value: view }: Reply<{ type: 'view' }>): Known {
    if (this.#known !== undefined && !isAhead({ generation, position }, this.#known)) {
      return this.#known;
    }
    const known = { view, generation, position, at, changedPosition: position };
    for (const row of this.#early) {
      if (row.generation === generation && row.from === known.position) this.#apply(known, row);
    }
    known.changedPosition = known.position;
    this.#known = known;
    this.#sentPosition = known.position;
    this.#touched = nothingTouched();
    return known;
  }

  /** Everybody gets the state, if there is a newer one. */
  async #reload(): Promise<void> {
    if (this.#isReloading) return;
    this.#isReloading = true;
    const before = this.#known;
    const refusal = await this.#load();
    this.#isReloading = false;
    if (refusal !== undefined) this.#reloadLater();
    // Even if it is not as new as it should be: what is told next begins where this ends.
    const known = this.#known;
    if (known === undefined || known === before) return;
    // As it is now: it goes on with the rows that come.
    const point = pointOf(known);
    await this.#sendToAll((session) => this.sendState(session));
    this.#options.onMissed(this.#watchers, point);
  }

  #reloadLater(): void {
    if (this.size === 0) return;
    this.#nextReload ??= this.#options.clock.after(reloadMs, () => {
      this.#nextReload = undefined;
      void this.#reload();
    });
  }

  #planPass(known: Known): void {
    known.changedPosition = known.position;
    if (this.#isPassPlanned) return;
    this.#isPassPlanned = true;
    const { clock } = this.#options;
    clock.after(Math.max(1, this.#notBefore - clock.monotonic()), () => void this.#pass());
  }

  /** One frame for everything marked. What is marked while it goes out is for the next pass. */
  async #pass(): Promise<void> {
    const known = this.#known;
    if (known !== undefined && isAnything(this.#touched)) {
      const frames = this.#deltaFrames(known, this.#touched);
      this.#touched = nothingTouched();
      this.#sentPosition = known.changedPosition;
      await this.#sendToAll((session) => session.offer(frames.in(session.notation)));
    }
    this.#isPassPlanned = false;
    if (this.#known !== undefined && isAnything(this.#touched)) this.#planPass(this.#known);
  }

  async #sendToAll(send: (session: Watcher) => void): Promise<void> {
    const { clock, telemetry } = this.#options;
    const begunAt = clock.monotonic();
    let busyMs = 0;
    const watchers = [...this.#watchers];
    for (let from = 0; from < watchers.length; from += sliceSockets) {
      const sliceAt = clock.monotonic();
      for (const session of watchers.slice(from, from + sliceSockets)) send(session);
      busyMs += clock.monotonic() - sliceAt;
      await new Promise<void>((resolve) => clock.soon(resolve));
    }
    const now = clock.monotonic();
    this.#notBefore = Math.max(begunAt + tickMs, now + busyMs / sendShare - (now - begunAt));
    telemetry.deltaSent({ sockets: watchers.length, ms: now - begunAt });
  }

  /** A new lot cannot be told by values alone: everybody gets the state. */
  #deltaFrames(known: Known, touched: Touched): Frames {
    if (touched.isNewLot) return this.#stateFrames(known);
    const { view, generation, changedPosition: to } = known;
    return new Frames({
      type: 'delta',
      event: this.#event,
      generation,
      from: this.#sentPosition,
      to,
      ...(touched.sale ? { sale: view.sale } : {}),
      lots: [...touched.lots].map((id) => ({ id, available: view.lots.get(id)?.available ?? 0 })),
    });
  }

  /** Kept until the next fact: thousands may ask for the same state at once. */
  #stateFrames({ view, generation, position, at }: Known): Frames {
    if (this.#states?.position === position && this.#states.generation === generation) {
      return this.#states.frames;
    }
    const { sale, limit, lots } = view;
    const frames = new Frames({
      type: 'state',
      event: this.#event,
      generation,
      position,
      at,
      sale,
      limit,
      // Encoded later for whoever needs the other notation: it must not change until then.
      lots: [...lots.values()].map((lot) => ({ ...lot })),
    });
    this.#states = { generation, position, frames };
    return frames;
  }
}

/** One message as a frame of each notation, encoded when the first socket needs it. */
class Frames {
  readonly #message: ServerMessage;
  readonly #encoded = new Map<Notation, Uint8Array | string>();

  constructor(message: ServerMessage) {
    this.#message = message;
  }

  in(notation: Notation): Uint8Array | string {
    const known = this.#encoded.get(notation);
    if (known !== undefined) return known;
    const frame = encode(this.#message, notation);
    this.#encoded.set(notation, frame);
    return frame;
  }
}

interface Known {
  readonly view: ShowView;
  readonly generation: number;
  position: number;
  at: number;
  /** The last position at which something visible changed. */
  changedPosition: number;
}

function nothingTouched(): Touched {
  return { sale: false, isNewLot: false, lots: new Set() };
}

function isAnything({ sale, isNewLot, lots }: Touched): boolean {
  return sale || isNewLot || lots.size > 0;
}
