import { generateKeyPairSync, randomBytes } from 'node:crypto';
import {
  type ClientMessage,
  type CommandId,
  decode,
  type EventId,
  encode,
  type LotId,
  limits,
  type NodeId,
  type ServerMessage,
  type SubjectId,
  serverFrameBounds,
  uuid7,
} from '@ingressou/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { FaultyJournal } from '../../test/setup/faulty-journal.ts';
import { silentTelemetry as telemetry } from '../../test/setup/silent-telemetry.ts';
import { SteppedClock } from '../../test/setup/stepped-clock.ts';
import { ToldTenure } from '../../test/setup/told-tenure.ts';
import { Directory } from '../actors/directory.ts';
import type { Command } from '../domain/commands.ts';
import type { Question } from '../domain/questions.ts';
import type { Refused, Reply } from '../ports/commands.ts';
import { AccessTokens } from './access-tokens.ts';
import { Fanout } from './fanout.ts';
import { GateDesk } from './gate-desk.ts';
import { KeyRings } from './key-rings.ts';
import { Session } from './session.ts';
import type { Socket } from './session-options.ts';
import { SessionRegistry } from './session-registry.ts';

// Sessions, fan-out, directory and domain as they are; the wire is a list that can be full, and
// time moves only when it is told to.

const lots = [newId<LotId>(), newId<LotId>()] as const;
const busy: Refused = { accepted: false, rejection: { reason: 'busy', retryAfterMs: 250 } };
let clock: SteppedClock;
let journal: FaultyJournal;
let directory: Directory;
let registry: SessionRegistry;
let fanout: Fanout;
let tokens: AccessTokens;
let event: EventId;
/** The fan-out misses what is committed, as on a broken bus. */
let isDeaf: boolean;
/** The show answers no question about anybody's own. */
let isMute: boolean;
/** Nor one about this show, for as long as it takes. */
let slow: { readonly show: EventId; readonly until: Promise<void> } | undefined;

beforeEach(async () => {
  clock = new SteppedClock(Date.UTC(2026, 10, 23));
  journal = new FaultyJournal();
  isDeaf = false;
  isMute = false;
  slow = undefined;
  const kept = { save: async () => {}, load: async () => undefined };
  directory = new Directory({
    tenure: new ToldTenure(newId<NodeId>()),
    journal,
    snapshots: kept,
    clock,
    telemetry,
    mailboxLettersMax: 1_000,
    turnLettersMax: 100,
    snapshotFacts: 1_000,
    snapshotMs: 60_000,
    idleMs: 600_000,
    onCommitted: (row) => isDeaf || fanout.follow(row),
  });
  registry = new SessionRegistry(2);
  fanout = new Fanout({ commands: { submit: refuse, ask }, registry, clock, telemetry });
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  tokens = new AccessTokens({ id: 'key', privateKey, publicKey });
  event = await openShow();
});

describe('who comes back', () => {
  it('is told late what is theirs when the show could not be asked, and that it could not', async () => {
    const subject = newId<SubjectId>();
    await submit({ ...reserve(2), subject });
    isMute = true;
    const wire = open();
    const resume = [{ event, generation: 1, position: 6 }];
    wire.receive({ type: 'hello', token: await token(subject), resume });
    const welcome = await wire.until('welcome');
    expect(welcome).toMatchObject({ holds: [], orders: [], unanswered: [event] });
    await clock.advance(3_000);
    expect(wire.take('hold')).toEqual([]);
    isMute = false;
    await clock.advance(1_000);
    expect(wire.take('hold')).toMatchObject([{ event, hold: { status: 'held' } }]);
  });

  it('hears after the welcome of what happened in one show while another was asked', async () => {
    const subject = newId<SubjectId>();
    const held = { ...reserve(2), subject };
    await submit(held);
    let answer = (): void => {};
    const until = new Promise<void>((resolve) => {
      answer = resolve;
    });
    slow = { show: newId<EventId>(), until };
    const wire = open();
    const resume = [event, slow.show].map((show) => ({ event: show, generation: 1, position: 6 }));
    wire.receive({ type: 'hello', token: await token(subject), resume });
    while (registry.of(subject) === undefined) await clock.settle();
    await submit({ type: 'release', id: newId<CommandId>(), hold: held.id, subject });
    expect(wire.take('hold')).toEqual([]);
    answer();
    const welcome = await wire.until('welcome');
    expect(welcome.holds).toMatchObject([{ event, hold: { status: 'held' } }]);
    expect(wire.take('hold')).toMatchObject([{ event, hold: { status: 'released' } }]);
  });
});

describe('a watcher', () => {
  it('gets the state, then deltas whose positions only grow', async () => {
    const wire = await live();
    wire.receive({ type: 'watch', event });
    await clock.settle();
    const [state] = wire.take('state');
    expect(state).toMatchObject({ event, generation: 1 });
    let position = state!.position;
    for (let round = 0; round < 5; round += 1) {
      await submit(reserve(1));
      await submit(reserve(1));
      await clock.advance(200);
      const deltas = wire.take('delta');
      expect(deltas.length).toBeGreaterThan(0);
      for (const delta of deltas) {
        expect(delta.from).toBeLessThanOrEqual(position);
        expect(delta.to).toBeGreaterThan(position);
        position = delta.to;
      }
      expect(deltas.at(-1)?.lots).toEqual([{ id: lots[0], available: 98 - 2 * round }]);
    }
  });

  it('hears of many changes in one delta, with the values of the last', async () => {
    const wire = await watching();
    await submit(reserve(1));
    await clock.advance(1);
    for (let count = 0; count < 9; count += 1) await submit(reserve(1));
    await clock.advance(200);
    const deltas = wire.take('delta');
    expect(deltas.length).toBe(2);
    expect(deltas.at(-1)?.lots).toEqual([{ id: lots[0], available: 90 }]);
  });

  it('gets the whole state when a lot is added, and the sale when it changes', async () => {
    const wire = await watching();
    await submit({ ...lot(newId<LotId>()), name: '2º lote' });
    await clock.advance(200);
    expect(wire.take('state').at(-1)?.lots).toHaveLength(3);
    await submit({ type: 'pause_sale', id: newId<CommandId>() });
    await clock.advance(200);
    expect(wire.take('delta').at(-1)?.sale).toEqual({ status: 'paused' });
  });

  it('gets the state again when facts were missed', async () => {
    const wire = await watching();
    isDeaf = true;
    await submit(reserve(1));
    isDeaf = false;
    await submit(reserve(1));
    await clock.advance(200);
    expect(wire.take('delta')).toEqual([]);
    expect(wire.take('state').at(-1)?.lots[0]?.available).toBe(98);
  });

  it('that reads too slowly misses deltas, and gets the state once it has read', async () => {
    const slow = await watching();
    const other = await watching();
    slow.buffered = 100_000;
    await submit(reserve(1));
    await clock.advance(200);
    await submit(reserve(1));
    await clock.advance(200);
    expect(slow.take('delta')).toEqual([]);
    expect(other.take('delta')).toHaveLength(2);
    slow.buffered = 0;
    slow.session.onDrain();
    expect(slow.take('state').at(-1)?.lots[0]?.available).toBe(98);
    await submit(reserve(1));
    await clock.advance(200);
    expect(slow.take('delta')).toHaveLength(1);
  });

  it('that never reads is closed after a while', async () => {
    const slow = await watching();
    slow.buffered = 100_000;
    await submit(reserve(1));
    await clock.advance(11_000);
    registry.sweep(clock.monotonic());
    expect(slow.closed).toBe(4008);
  });
});

describe('a session', () => {
  it('closes the oldest of too many sockets of one subject', async () => {
    const subject = newId<SubjectId>();
    const [first, second, third] = [await live(subject), await live(subject), await live(subject)];
    expect([first.closed, second.closed, third.closed]).toEqual([4010, undefined, undefined]);
  });

  it('slows one subject over all its sockets together', async () => {
    const subject = newId<SubjectId>();
    const [here, there] = [await live(subject), await live(subject)];
    for (let count = 0; count < 5; count += 1) {
      here.receive(wish());
      there.receive(wish());
    }
    await clock.settle();
    const refused = [...here.take('rejected'), ...there.take('rejected')];
    expect(refused.filter(({ reason }) => reason === 'too_fast')).toHaveLength(4);
  });

  it('says busy when too many of its commands are unanswered', async () => {
    registry = new SessionRegistry(2);
    const wire = await live(newId<SubjectId>(), { perSecond: 1e6, burst: 1e6 });
    const release = journal.holdAppends();
    for (let count = 0; count < 65; count += 1) {
      wire.receive(wish());
    }
    await clock.settle();
    expect(wire.take('rejected').map(({ reason }) => reason)).toEqual(['busy']);
    release();
    await clock.settle();
    expect(wire.take('accepted')).toHaveLength(64);
  });

  it('serves what came while its token was verified, but not without end', async () => {
    const patient = open();
    patient.receive({ type: 'hello', token: await token(newId<SubjectId>()) });
    patient.receive({ type: 'watch', event });
    await patient.until('state');
    const hasty = open();
    hasty.receive({ type: 'hello', token: await token(newId<SubjectId>()) });
    for (let count = 0; count < 17; count += 1) hasty.receive({ type: 'ping' });
    expect(hasty.closed).toBe(4009);
  });

  it('is closed when no hello comes in time, and when its token ends', async () => {
    const silent = open();
    const wire = await live();
    await clock.advance(limits.helloMs + 1);
    registry.sweep(clock.monotonic());
    expect([silent.closed, wire.closed]).toEqual([4001, undefined]);
    clock.jump(60_000);
    registry.sweep(clock.monotonic());
    expect(wire.closed).toBe(4001);
  });

  it('that breaks is thrown away alone', async () => {
    const [broken, other] = [await live(), await live()];
    const { submit: works } = directory;
    directory.submit = () => {
      throw new TypeError('a bug of ours');
    };
    broken.receive(wish());
    directory.submit = works;
    expect(broken.closed).toBe(1001);
    other.receive(wish());
    await other.until('accepted');
  });

  it('that is gone leaves nothing behind', async () => {
    const wire = await watching();
    wire.session.onClosed();
    expect(registry.size).toBe(0);
    await submit(reserve(1));
    await clock.advance(200);
    expect(wire.take('delta')).toEqual([]);
  });
});

/** The other end of a session: what was sent to it, and how much of that it has not read. */
class Wire implements Socket {
  buffered = 0;
  closed: number | undefined;
  readonly session: Session;
  #frames: ServerMessage[] = [];

  constructor(commandRate = { perSecond: 5, burst: 6 }) {
    const frameRate = { perSecond: 1e6, burst: 1e6 };
    const options = { commands: directory, fanout, registry, tokens, clock, telemetry };
    const rings = new KeyRings({ keys: { list: async () => [] }, clock });
    const gates = new GateDesk({
      ...options,
      rings,
      verify: async () => false,
      codes: { after: async () => [] },
    });
    const rates = { commandRate, scanRate: commandRate, frameRate, gates };
    const knows = { hasDetails: async () => true, wallClock: clock };
    this.session = new Session(this, 'msgpack', { ...options, ...rates, ...knows });
  }

  receive(message: ClientMessage): void {
    this.session.receive(Buffer.from(encode(message, 'msgpack')), true);
  }

  /** The messages of one type since the last time; the others stay. */
  take<T extends ServerMessage['type']>(type: T) {
    type Found = Extract<ServerMessage, { readonly type: T }>;
    const found = this.#frames.filter((message): message is Found => message.type === type);
    this.#frames = this.#frames.filter((message) => message.type !== type);
    return found;
  }

  /** Verifying a token takes a thread, so it settles when it settles. */
  async until<T extends ServerMessage['type']>(type: T) {
    for (;;) {
      const [first] = this.take(type);
      if (first !== undefined) return first;
      await clock.settle();
    }
  }

  send(frame: Uint8Array | string): 'sent' | 'queued' {
    this.#frames.push(decode(Buffer.from(frame), 'msgpack', serverFrameBounds) as ServerMessage);
    return this.buffered > 0 ? 'queued' : 'sent';
  }

  bufferedBytes(): number {
    return this.buffered;
  }

  end(code: number): void {
    this.closed = code;
  }
}

function open(): Wire {
  return new Wire();
}

async function live(subject = newId<SubjectId>(), rate?: { perSecond: number; burst: number }) {
  const wire = new Wire(rate);
  wire.receive({ type: 'hello', token: await token(subject) });
  await wire.until('welcome');
  return wire;
}

async function watching(): Promise<Wire> {
  const wire = await live();
  wire.receive({ type: 'watch', event });
  await clock.settle();
  expect(wire.take('state')).toHaveLength(1);
  return wire;
}

const refuse = async () => busy;

async function ask<Q extends Question>(about: EventId, question: Q): Promise<Reply<Q> | Refused> {
  if (slow?.show === about) await slow.until;
  return isMute && 'subject' in question ? busy : await directory.ask(about, question);
}

function token(subject: SubjectId): Promise<string> {
  return tokens.sign(subject, 'CLIENTE', clock.now(), 60_000);
}

async function openShow(): Promise<EventId> {
  event = newId<EventId>();
  journal.create(event);
  const id = newId<CommandId>();
  await submit({ type: 'create_show', id, holdMs: 600_000, extendMs: 0, limit: 100 });
  for (const each of lots) await submit(lot(each));
  await submit({ type: 'open_sale', id: newId<CommandId>() });
  return event;
}

async function submit(command: Command): Promise<void> {
  const answer = await clock.until(directory.submit(event, command));
  expect(answer).toMatchObject({ accepted: true });
}

function lot(id: LotId) {
  return {
    type: 'open_lot' as const,
    id,
    sector: 'Pista',
    name: '1º lote',
    priceCents: 1,
    quantity: 100,
  };
}

function reserve(quantity: number) {
  const [id, subject] = [newId<CommandId>(), newId<SubjectId>()];
  return { type: 'reserve' as const, id, subject, items: [{ lot: lots[0], quantity }] };
}

function wish(): ClientMessage {
  const items = [{ lot: lots[0], quantity: 1 }];
  return { type: 'reserve', id: newId<CommandId>(), event, items };
}

function newId<T extends CommandId | EventId | LotId | NodeId | SubjectId>(): T {
  return uuid7<T>(Date.UTC(2026, 10, 23), randomBytes(16));
}
