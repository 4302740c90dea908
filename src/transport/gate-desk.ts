import { createHash } from 'node:crypto';
import type {
  EventId,
  GateClientMessage,
  GateCommand,
  GatesView,
  IncidentView,
  Rejection,
  ServerMessage,
} from '@ingressou/protocol';
import { encode } from '@ingressou/protocol';
import {
  chained,
  emptyLog,
  type LogBatch,
  type LogOwner,
  logBatch,
} from '@ingressou/protocol/admission';
import { type Verified, type VerifyLater, verifyTicketLater } from '@ingressou/protocol/ticket';
import type { Fact } from '../domain/facts.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import type { Answer, Commands, Committed } from '../ports/commands.ts';
import type { Feeds } from '../ports/feeds.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { GateIdentity, Identity } from './access-tokens.ts';
import type { KeyRings } from './key-rings.ts';
import type { Watcher } from './watcher.ts';

export interface GateDeskOptions {
  readonly commands: Commands;
  readonly feeds?: Feeds;
  readonly rings: KeyRings;
  /** The engine that looks at signatures. */
  readonly verify: VerifyLater;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** What is told of the gates of a show, at most so often. */
const tellEveryMs = 500;
/** What a device says of itself is passed on at most so often. */
const reportEveryMs = 5_000;
/** Codes that are looked at at the same time; whoever comes then hears `busy` at once. */
const looksMax = 2_000;
const busy: Rejection = { reason: 'busy', retryAfterMs: 250 };

/** Scanners of one show here, and whoever watches over its gates. */
interface Room {
  readonly scanners: Set<Watcher>;
  readonly watchers: Set<Watcher>;
  readonly reports: Map<string, Report>;
  timer: Timer | undefined;
  toldAt: number;
}

interface Report {
  at: number;
  mode: string;
}

type StatusMessage = Extract<GateClientMessage, { readonly type: 'gate_status' }>;

/**
 * The gates as they are reached over sockets: looks at codes before anything is decided, and tells
 * everybody at the gates what happens at the others.
 */
export class GateDesk {
  readonly #options: GateDeskOptions;
  readonly #rooms = new Map<EventId, Room>();
  #looks = 0;

  constructor(options: GateDeskOptions) {
    this.#options = options;
  }

  /** What becomes of a wish of a device. Never rejects. */
  async submit(message: GateCommand, { id: device }: GateIdentity): Promise<Answer> {
    const { commands, clock } = this.#options;
    const { event, id } = message;
    switch (message.type) {
      case 'scan': {
        const verified = await this.#verified(event, message.code);
        if (verified === undefined) return { accepted: false, rejection: busy };
        const { seq, checkpoint, direction, hasProof = false, override } = message;
        const about = { id, device, seq, checkpoint, direction, verified, hasProof };
        const against = override === undefined ? {} : { override };
        return await commands.submit(event, { type: 'scan', ...about, ...against });
      }
      case 'scan_batch': {
        const log = logBatch(message.log);
        if (log === undefined) {
          return { accepted: false, rejection: { reason: 'invalid_parameter' } };
        }
        const offset = clock.now() - message.at;
        const chain = chainOf({ event, device }, log);
        return await commands.submit(event, {
          type: 'merge_scans',
          id,
          device,
          log,
          chain,
          offset,
        });
      }
      case 'top_up': {
        const { serial, method } = message;
        return await commands.submit(event, { type: 'top_up', id, device, serial, method });
      }
    }
  }

  /** A device says how it is; the show hears of it when that is news. */
  report({ event, unsent, mode }: StatusMessage, { id: device }: GateIdentity): void {
    const { commands, clock } = this.#options;
    const room = this.#rooms.get(event);
    const now = clock.monotonic();
    const last = room?.reports.get(device);
    const isSoon = last !== undefined && now < last.at + reportEveryMs && last.mode === mode;
    if (isSoon) return;
    room?.reports.set(device, { at: now, mode });
    // Whether it was noted matters to nobody: the next one follows in a second.
    void commands.submit(event, { type: 'report_device', device, unsent, mode });
  }

  /** A scanner is there: from now on it hears of incidents at its show. */
  join(session: Watcher): void {
    const event = session.identity?.gate && session.identity.shows[0];
    if (event !== undefined) this.#enter(event).scanners.add(session);
  }

  watch(session: Watcher, event: EventId): void {
    if (!mayWatch(session.identity, event)) return session.refuse(event, { reason: 'forbidden' });
    this.#enter(event).watchers.add(session);
    void this.#tell(event, [session]);
  }

  unwatch(session: Watcher, event: EventId): void {
    this.#rooms.get(event)?.watchers.delete(session);
    this.#closeEmpty(event);
  }

  leave(session: Watcher): void {
    for (const [event, room] of this.#rooms) {
      room.scanners.delete(session);
      room.watchers.delete(session);
      this.#closeEmpty(event);
    }
  }

  /** Hears of committed rows of every show that lives here or is followed. */
  follow(committed: Committed): void {
    const room = this.#rooms.get(committed.event);
    if (room === undefined) return;
    for (const fact of committed.facts) {
      if (fact.type === 'device_revoked') shutOut(room, fact.device);
      for (const incident of incidentsIn(fact)) tellIncident(room, committed, incident);
      if (isOfGates(fact)) this.#tellSoon(committed.event, room);
    }
  }

  /** The code as it is, whatever it is; undefined when it cannot be looked at now. */
  async #verified(event: EventId, code: string): Promise<Verified | undefined> {
    if (this.#looks >= looksMax) return undefined;
    this.#looks += 1;
    try {
      return await this.#look(event, code);
    } catch (cause) {
      this.#options.telemetry.failed('look at a ticket', cause);
      return undefined;
    } finally {
      this.#looks -= 1;
    }
  }

  async #look(event: EventId, code: string): Promise<Verified> {
    const { rings, verify, clock } = this.#options;
    const ring = rings.atHand(event) ?? (await rings.ring(event));
    const verified = await verifyTicketLater(code, ring, verify, clock.now());
    const isUnknown = !verified.isGenuine && verified.reason === 'unknown_key';
    if (!isUnknown) return verified;
    return await verifyTicketLater(code, await rings.newerRing(event), verify, clock.now());
  }

  #enter(event: EventId): Room {
    const known = this.#rooms.get(event);
    if (known !== undefined) return known;
    const room: Room = {
      scanners: new Set(),
      watchers: new Set(),
      reports: new Map(),
      timer: undefined,
      toldAt: Number.NEGATIVE_INFINITY,
    };
    this.#rooms.set(event, room);
    this.#options.feeds?.follow(event);
    return room;
  }

  #closeEmpty(event: EventId): void {
    const room = this.#rooms.get(event);
    if (room === undefined || room.scanners.size + room.watchers.size > 0) return;
    room.timer?.cancel();
    this.#rooms.delete(event);
    this.#options.feeds?.unfollow(event);
  }

  /** However much happens, those who watch hear of it twice a second. */
  #tellSoon(event: EventId, room: Room): void {
    if (room.watchers.size === 0 || room.timer !== undefined) return;
    const { clock } = this.#options;
    const wait = Math.max(0, room.toldAt + tellEveryMs - clock.monotonic());
    room.timer = clock.after(wait, () => {
      room.timer = undefined;
      room.toldAt = clock.monotonic();
      void this.#tell(event, [...room.watchers]);
    });
  }

  async #tell(event: EventId, to: readonly Watcher[]): Promise<void> {
    const reply = await this.#options.commands.ask(event, { type: 'gates' });
    if (!reply.accepted) {
      for (const session of to) if (session.isOpen) session.refuse(event, reply.rejection);
      return;
    }
    const { generation, position, at, value } = reply;
    offer(to, { type: 'gates', event, ...value, generation, position, at } satisfies GatesMessage);
  }
}

type GatesMessage = { readonly type: 'gates'; readonly event: EventId } & GatesView;

function mayWatch(identity: Identity | undefined, event: EventId): boolean {
  switch (identity?.role) {
    case 'ADMIN':
      return true;
    case 'PRODUTOR':
    case 'CHECKIN':
      return identity.shows.includes(event);
    case 'CLIENTE':
    case undefined:
      return false;
  }
}

/** One frame for all who speak the same notation. */
function offer(to: Iterable<Watcher>, message: ServerMessage): void {
  const frames = new Map<string, Uint8Array | string>();
  for (const session of to) {
    const frame = frames.get(session.notation) ?? encode(message, session.notation);
    frames.set(session.notation, frame);
    if (session.isOpen) session.offer(frame);
  }
}

function tellIncident(
  room: Room,
  { event, generation, to: position }: Committed,
  incident: IncidentView,
): void {
  const all = new Set([...room.scanners, ...room.watchers]);
  offer(all, { type: 'incident', event, generation, position, incident });
}

function shutOut({ scanners }: Room, device: string): void {
  for (const session of [...scanners]) {
    if (session.identity?.gate?.id === device) session.end('forbidden', 'device_revoked');
  }
}

function incidentsIn(fact: Fact): readonly IncidentView[] {
  return fact.type === 'scanned' || fact.type === 'scans_merged' ? fact.incidents : [];
}

/** Those that change what the gates look like. */
const gateFacts: ReadonlySet<Fact['type']> = new Set<Fact['type']>([
  'checkpoints_set',
  'device_enrolled',
  'device_revoked',
  'device_reported',
  'scanned',
  'scans_merged',
  'scans_quarantined',
  'charged_back',
]);

function isOfGates({ type }: Fact): boolean {
  return gateFacts.has(type);
}

/** The hash behind each scan of a log, so that the show need not know how it is made. */
function chainOf(owner: LogOwner, { before, scans }: LogBatch): Uint8Array {
  const { length } = emptyLog.hash;
  const chain = new Uint8Array(scans.length * length);
  let { hash } = before;
  for (const [at, scan] of scans.entries()) {
    hash = new Uint8Array(
      createHash('sha256')
        .update(chained(owner, hash, scan))
        .digest(),
    );
    chain.set(hash, at * length);
  }
  return chain;
}
