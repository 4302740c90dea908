import { createHash } from 'node:crypto';
import type {
  DeviceId,
  EventId,
  GateClientMessage,
  GateCommand,
  Rejection,
  SeeIncidents,
} from '@ingressou/protocol';
import {
  chained,
  emptyLog,
  type LogBatch,
  type LogOwner,
  logBatch,
} from '@ingressou/protocol/admission';
import {
  recogniseTicket,
  type Verified,
  type Verify,
  verifyTicket,
} from '@ingressou/protocol/ticket';
import type { Clock } from '../ports/clock.ts';
import type { Answer, Commands, Committed } from '../ports/commands.ts';
import type { Feeds, Standing } from '../ports/feeds.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { TicketCodes } from '../ports/ticket-codes.ts';
import type { GateIdentity, Identity } from './access-tokens.ts';
import { GateRoom } from './gate-room.ts';
import type { KeyRings } from './key-rings.ts';
import { KnownSignatures } from './known-signatures.ts';
import { LookAhead } from './look-ahead.ts';
import type { Watcher } from './watcher.ts';

export interface GateDeskOptions {
  readonly commands: Commands;
  readonly feeds?: Feeds;
  readonly rings: KeyRings;
  /** The engine that looks at signatures. */
  readonly verify: Verify;
  /** Where codes are kept, to be looked at before they come. */
  readonly codes: Pick<TicketCodes, 'after'>;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** What a device says of itself is passed on at most so often. */
const reportEveryMs = 5_000;
/** Codes that are looked at at the same time; whoever comes then hears `busy` at once. */
const looksMax = 2_000;
const busy: Rejection = { reason: 'busy', retryAfterMs: 250 };

interface Report {
  at: number;
  mode: string;
}

type ScanMessage = Extract<GateCommand, { readonly type: 'scan' }>;
type BatchMessage = Extract<GateCommand, { readonly type: 'scan_batch' }>;
type StatusMessage = Extract<GateClientMessage, { readonly type: 'gate_status' }>;

/**
 * The gates as they are reached over sockets: looks at codes before anything is decided, and tells
 * everybody at the gates what happens at the others.
 */
export class GateDesk {
  readonly #options: GateDeskOptions;
  readonly #signatures: KnownSignatures;
  readonly #ahead: LookAhead;
  readonly #rooms = new Map<EventId, GateRoom>();
  /** What each device said of itself last, and when that was passed on. */
  readonly #reports = new Map<string, Report>();
  #looks = 0;

  constructor(options: GateDeskOptions) {
    this.#options = options;
    this.#signatures = new KnownSignatures(options.verify);
    const { verify } = this.#signatures;
    this.#ahead = new LookAhead({
      ...options,
      verify,
      isWanted: (event) => (this.#rooms.get(event)?.scanners.size ?? 0) > 0,
      isBusy: () => this.#looks > 0,
    });
  }

  /** What becomes of a wish of a device. Never rejects. */
  submit(message: GateCommand, { id: device }: GateIdentity): Promise<Answer> {
    switch (message.type) {
      case 'scan': {
        const verified = this.#recognised(message);
        if (verified === undefined) return this.#lookAndScan(message, device);
        return this.#scan(message, device, verified);
      }
      case 'scan_batch':
        return this.#merge(message, device);
      case 'top_up': {
        const { event, id, serial, method } = message;
        return this.#options.commands.submit(event, { type: 'top_up', id, device, serial, method });
      }
    }
  }

  /** Somebody who looks after a show has looked at what happened. Never rejects. */
  async see({ event, id, incidents }: SeeIncidents, identity: Identity): Promise<Answer> {
    if (!mayLookAfter(identity, event)) {
      return { accepted: false, rejection: { reason: 'forbidden' } };
    }
    return await this.#options.commands.submit(event, { type: 'see_incidents', id, incidents });
  }

  /** A device says how it is; the show hears of it when that is news. */
  report({ event, unsent, mode }: StatusMessage, { id: device }: GateIdentity): void {
    const { commands, clock } = this.#options;
    const now = clock.monotonic();
    this.#ahead.begin(event);
    const last = this.#reports.get(device);
    const isSoon = last !== undefined && now < last.at + reportEveryMs && last.mode === mode;
    if (isSoon) return;
    this.#reports.set(device, { at: now, mode });
    // Whether it was noted matters to nobody: the next one follows in a second.
    void commands.submit(event, { type: 'report_device', device, unsent, mode });
  }

  /** A scanner is there: from now on it hears of incidents at its show. */
  join(session: Watcher): void {
    const event = session.identity?.gate && session.identity.shows[0];
    if (event === undefined) return;
    this.#enter(event).join(session);
    this.#ahead.begin(event);
  }

  watch(session: Watcher, event: EventId): void {
    if (!mayWatch(session.identity, event)) return session.refuse(event, { reason: 'forbidden' });
    this.#enter(event).watch(session);
  }

  unwatch(session: Watcher, event: EventId): void {
    const room = this.#rooms.get(event);
    room?.watchers.delete(session);
    this.#closeEmpty(event);
  }

  leave(session: Watcher): void {
    const device = session.identity?.gate?.id;
    if (device !== undefined) this.#reports.delete(device);
    for (const [event, room] of this.#rooms) {
      room.leave(session);
      this.#closeEmpty(event);
    }
  }

  /** Hears of committed rows of every show that lives here or is followed. */
  follow(committed: Committed): void {
    this.#rooms.get(committed.event)?.follow(committed);
  }

  /** A show has come this far: whoever is behind that has missed something. */
  reached(standing: Standing): void {
    this.#rooms.get(standing.event)?.reached(standing);
  }

  /** Facts of this show may have been missed. */
  missed(event: EventId): void {
    this.#rooms.get(event)?.missed();
  }

  /** What a code is that no engine must look at. Nearly every one: it makes nobody wait. */
  #recognised({ event, code }: ScanMessage): Verified | undefined {
    const { rings, clock } = this.#options;
    const ring = rings.atHand(event);
    if (ring === undefined) return undefined;
    const verified = recogniseTicket(code, ring, this.#signatures.knows, clock.now());
    return verified === undefined || isOfUnknownKey(verified) ? undefined : verified;
  }

  async #lookAndScan(message: ScanMessage, device: DeviceId): Promise<Answer> {
    const verified = await this.#verified(message.event, message.code);
    if (verified === undefined) return { accepted: false, rejection: busy };
    return await this.#scan(message, device, verified);
  }

  #scan(message: ScanMessage, device: DeviceId, verified: Verified): Promise<Answer> {
    const { event, id, seq, checkpoint, direction, hasProof = false, override } = message;
    return this.#options.commands.submit(event, {
      type: 'scan',
      id,
      device,
      seq,
      checkpoint,
      direction,
      verified,
      hasProof,
      override,
    });
  }

  async #merge({ event, id, log: sent, at }: BatchMessage, device: DeviceId): Promise<Answer> {
    const { commands, clock } = this.#options;
    const log = logBatch(sent);
    if (log === undefined) return { accepted: false, rejection: { reason: 'invalid_parameter' } };
    const chain = chainOf({ event, device }, log);
    // With the time that it was on its way in it: see `uplinkToleranceMs`.
    const offset = clock.now() - at;
    return await commands.submit(event, { type: 'merge_scans', id, device, log, chain, offset });
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
    const { rings, clock } = this.#options;
    const { verify } = this.#signatures;
    const ring = rings.atHand(event) ?? (await rings.ring(event));
    const verified = await verifyTicket(code, ring, verify, clock.now());
    if (!isOfUnknownKey(verified)) return verified;
    return await verifyTicket(code, await rings.newerRing(event), verify, clock.now());
  }

  #enter(event: EventId): GateRoom {
    const known = this.#rooms.get(event);
    if (known !== undefined) return known;
    const room = new GateRoom(event, this.#options);
    this.#rooms.set(event, room);
    // Before anything is asked: what is committed behind it must be heard.
    this.#options.feeds?.follow(event);
    return room;
  }

  #closeEmpty(event: EventId): void {
    const room = this.#rooms.get(event);
    if (room?.isEmpty !== true) return;
    room.close();
    this.#rooms.delete(event);
    this.#options.feeds?.unfollow(event);
  }
}

/** Its key may be younger than those at hand. */
function isOfUnknownKey(verified: Verified): boolean {
  return !verified.isGenuine && verified.reason === 'unknown_key';
}

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

function mayLookAfter({ role, shows }: Identity, event: EventId): boolean {
  return role === 'ADMIN' || (role === 'PRODUTOR' && shows.includes(event));
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
