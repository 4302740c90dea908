import {
  type CommandId,
  decode,
  type EventId,
  type LotId,
  type NodeId,
  pack,
  type ResumePoint,
  type ServerMessage,
  type SubjectId,
  serverFrameBounds,
} from '@ingressou/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { silentTelemetry } from '../../test/setup/silent-telemetry.ts';
import { SteppedClock } from '../../test/setup/stepped-clock.ts';
import type { Fact } from '../domain/facts.ts';
import type { ShowView } from '../domain/view.ts';
import type { Commands, Refused } from '../ports/commands.ts';
import { Fanout } from './fanout.ts';
import { SessionRegistry } from './session-registry.ts';
import type { Watcher } from './watcher.ts';

// A show that lives elsewhere: its owner is told what to answer, and its rows come by hand.

const event = 'a-show' as EventId;
const lot = 'a-lot' as LotId;
const subject = 'somebody' as SubjectId;
const busy: Refused = { accepted: false, rejection: { reason: 'busy', retryAfterMs: 250 } };

let clock: SteppedClock;
let owner: ToldOwner;
let registry: SessionRegistry;
let fanout: Fanout;
let log: string[];
let broken: EventId[];

beforeEach(() => {
  clock = new SteppedClock(Date.UTC(2026, 10, 23));
  registry = new SessionRegistry(5);
  log = [];
  broken = [];
  owner = new ToldOwner();
  const telemetry = { ...silentTelemetry, feedBroken: (each: EventId) => void broken.push(each) };
  const feeds = {
    follow: (followed: EventId) => void log.push(`follow ${followed}`),
    unfollow: (followed: EventId) => void log.push(`unfollow ${followed}`),
  };
  fanout = new Fanout({ commands: owner, feeds, registry, clock, telemetry });
});

describe('a show of another node', () => {
  it('is followed before its view is asked for, until the last watcher is gone', async () => {
    const [one, two] = [await watching(), await watching()];
    expect(log).toEqual(['follow a-show', 'view']);
    fanout.leave(one.watcher);
    expect(log).not.toContain('unfollow a-show');
    fanout.leave(two.watcher);
    expect(log.at(-1)).toBe('unfollow a-show');
  });

  it('is not followed on when its view cannot be had', async () => {
    owner.refusal = busy;
    const { refusals } = await watching();
    expect(refusals).toEqual(['busy']);
    expect(log).toEqual(['follow a-show', 'view', 'unfollow a-show']);
  });

  it('is kept by the rows that come, in order', async () => {
    const wire = await watching();
    row(10, 3);
    row(11, 2);
    await clock.advance(200);
    expect(wire.seen()).toEqual(['state 10: 100', 'delta 10-12: 95']);
    expect([broken, owner.asked]).toEqual([[], 1]);
  });

  it('ignores rows that it knows, and late ones of an earlier owner', async () => {
    const wire = await watching();
    row(10, 3);
    row(10, 3);
    row(4, 1);
    row(11, 1);
    await clock.advance(200);
    expect(wire.seen().at(-1)).toBe('delta 10-12: 96');
    expect([broken, owner.asked]).toEqual([[], 1]);
  });

  it('takes in the rows that come while its view is asked for', async () => {
    const answer = owner.holdAnswers();
    const wire = await watching();
    row(9, 1);
    row(10, 3);
    row(11, 2);
    answer();
    await clock.advance(200);
    expect(wire.seen()).toEqual(['state 12: 95']);
    row(12, 1);
    await clock.advance(200);
    expect(wire.seen().at(-1)).toBe('delta 12-13: 94');
    expect(owner.asked).toBe(1);
  });

  it('is asked for again when somebody answered who is behind', async () => {
    const answer = owner.holdAnswers();
    const wire = await watching();
    row(11, 2);
    owner.stands(12, 95);
    answer();
    await clock.advance(200);
    expect(wire.seen()).toEqual(['state 12: 95']);
    expect(owner.asked).toBe(2);
  });

  it('is asked for again though the last that was heard is old', async () => {
    const answer = owner.holdAnswers();
    const wire = await watching();
    row(11, 2);
    row(4, 1);
    owner.stands(12, 95);
    answer();
    await clock.advance(200);
    expect(wire.seen()).toEqual(['state 12: 95']);
  });

  it('is asked for once when rows are missing, and everybody gets the state', async () => {
    const [one, two] = [await watching(), await watching()];
    owner.stands(50, 60);
    const answer = owner.holdAnswers();
    for (let from = 15; from < 50; from += 1) row(from, 1);
    const late = await watching();
    expect(late.seen()).toEqual(['state 10: 100']);
    answer();
    await clock.advance(200);
    for (const wire of [one, two, late]) expect(wire.seen().at(-1)).toBe('state 50: 60');
    expect([broken, owner.asked]).toEqual([[event], 2]);
  });

  it('is asked for about once a second while nobody answers, whatever is heard', async () => {
    const wire = await watching();
    owner.refusal = busy;
    for (let second = 0; second < 10; second += 1) {
      row(20 + second, 1);
      fanout.missed(event);
      fanout.reached({ event, generation: 1, position: 40 + second });
      await clock.advance(1_000);
    }
    expect(owner.asked).toBeLessThan(45);
    owner.refusal = undefined;
    owner.stands(60, 40);
    await clock.advance(1_000);
    expect(wire.seen().at(-1)).toBe('state 60: 40');
  });

  it('is asked for again when it has come further than was heard', async () => {
    const wire = await watching();
    fanout.reached({ event, generation: 1, position: 10 });
    fanout.reached({ event, generation: 0, position: 99 });
    await clock.advance(200);
    expect(owner.asked).toBe(1);
    owner.stands(13, 90);
    fanout.reached({ event, generation: 1, position: 13 });
    await clock.advance(200);
    expect(wire.seen()).toEqual(['state 10: 100', 'state 13: 90']);
  });

  it('is shown as far as somebody knew it, though more of it had been heard of', async () => {
    const wire = await watching();
    owner.stands(15, 90);
    fanout.reached({ event, generation: 1, position: 16 });
    await clock.advance(200);
    expect(wire.seen()).toEqual(['state 10: 100', 'state 15: 90']);
    // What is missing is the next owner's first row, which changes nothing that is shown.
    owned(15);
    owner.stands(16, 90);
    await clock.advance(2_000);
    row(16, 1);
    await clock.advance(200);
    expect(wire.seen().at(-1)).toBe('delta 15-17: 89');
  });

  it('is asked for again when whoever came while it was asked for was shown less', async () => {
    const first = owner.holdAnswers();
    const one = await watching();
    row(11, 2);
    const second = owner.holdAnswers();
    first();
    await clock.settle();
    const two = await watching();
    expect(two.seen()).toEqual(['state 10: 100']);
    owner.refusal = busy;
    second();
    await clock.settle();
    expect([one.refusals, two.refusals]).toEqual([['busy'], []]);
    owner.refusal = undefined;
    owner.stands(12, 95);
    await clock.advance(1_200);
    expect(two.seen().at(-1)).toBe('state 12: 95');
  });

  it('is looked at when something may have been missed, and nothing is sent if not', async () => {
    const wire = await watching();
    fanout.missed(event);
    row(10, 3);
    await clock.advance(200);
    expect(wire.seen()).toEqual(['state 10: 100', 'delta 10-11: 97']);
    owner.stands(20, 80);
    fanout.missed(event);
    await clock.advance(200);
    expect(wire.seen().at(-1)).toBe('state 20: 80');
  });

  it('is looked at when a client has seen more of it than we have', async () => {
    await watching();
    owner.stands(20, 80);
    const wire = await watching({ event, generation: 1, position: 20 });
    await clock.advance(200);
    expect(wire.seen()).toEqual(['state 10: 100', 'state 20: 80']);
  });

  it('of a new generation is not shown as it was before', async () => {
    const wire = await watching();
    const answer = owner.holdAnswers();
    row(3, 1, 2);
    const late = await watching();
    expect(late.seen()).toEqual([]);
    owner.stands(4, 99, 2);
    answer();
    await clock.advance(200);
    for (const each of [wire, late]) expect(each.seen().at(-1)).toBe('state 4: 99');
    row(11, 1, 1);
    await clock.advance(200);
    expect(wire.seen().at(-1)).toBe('state 4: 99');
  });

  it('tells the other windows of a buyer what became of a hold', async () => {
    const wire = await watching(undefined, subject);
    row(10, 3);
    expect(wire.holds).toEqual([expect.objectContaining({ status: 'held', canExtend: true })]);
  });
});

/** A row of one fact that takes so many of the lot. */
function row(from: number, quantity: number, generation = 1): void {
  const id = `hold-${from}` as CommandId;
  const reserved = { type: 'reserved' as const, id, wish: 1, subject, expiresAt: 1 };
  const facts: Fact[] = [{ ...reserved, items: [{ lot, quantity }] }];
  const packed = pack(facts);
  fanout.follow({ event, generation, from, to: from + 1, at: clock.now(), facts, packed });
}

/** A row in which somebody else becomes the owner. */
function owned(from: number): void {
  const facts: Fact[] = [{ type: 'owned', owner: 'a-node' as NodeId, epoch: 2, generation: 1 }];
  const packed = pack(facts);
  fanout.follow({ event, generation: 1, from, to: from + 1, at: clock.now(), facts, packed });
}

async function watching(since?: ResumePoint, by?: SubjectId): Promise<Wire> {
  const wire = new Wire(by);
  registry.add(wire.watcher);
  registry.identify(wire.watcher);
  fanout.watch(wire.watcher, event, since);
  await clock.settle();
  return wire;
}

/** The owner of the show, wherever it is. */
class ToldOwner implements Commands {
  asked = 0;
  refusal: Refused | undefined;
  #stand = { generation: 1, position: 10, available: 100 };
  #gate: Promise<void> | undefined;

  stands(position: number, available: number, generation = 1): void {
    this.#stand = { generation, position, available };
  }

  /** Questions get their answer, as it was when they came, when the returned function is called. */
  holdAnswers(): () => void {
    let open = (): void => {};
    this.#gate = new Promise((resolve) => {
      open = resolve;
    });
    return open;
  }

  submit(): never {
    throw new Error('nobody submits here');
  }

  async ask(_event: EventId, { type }: { readonly type: string }): Promise<never> {
    log.push(type);
    if (type === 'view') this.asked += 1;
    const { generation, position, available } = this.#stand;
    await this.#gate;
    if (this.refusal !== undefined) return this.refusal as never;
    const prices = { priceCents: 1, feeCents: 0, isHalf: false };
    const named = { id: lot, sector: 'Pista', name: 'Lote', ...prices, quantity: 100 };
    const view: ShowView = {
      sale: { status: 'open' },
      limit: 6,
      feeBasisPoints: 0,
      isRotating: false,
      lots: new Map([[lot, { ...named, available }]]),
    };
    const value = type === 'view' ? view : [];
    return { accepted: true, generation, position, at: 0, value } as never;
  }
}

/** One window of somebody: what it was shown. */
class Wire {
  readonly refusals: string[] = [];
  readonly holds: unknown[] = [];
  readonly watcher: Watcher;
  readonly #frames: ServerMessage[] = [];

  constructor(by: SubjectId | undefined) {
    const take = (frame: Uint8Array | string) => {
      const bytes = Buffer.from(frame);
      this.#frames.push(decode(bytes, 'msgpack', serverFrameBounds) as ServerMessage);
    };
    this.watcher = {
      notation: 'msgpack',
      identity: by && {
        subject: by,
        role: 'CLIENTE',
        shows: [],
        expiresAt: Number.POSITIVE_INFINITY,
      },
      isOpen: true,
      watched: new Set(),
      isAwaiting: () => false,
      send: (message) => void (message.type === 'hold' && this.holds.push(message.hold)),
      sendFrame: take,
      offer: take,
      refuse: (_re, rejection) => void this.refusals.push(rejection.reason),
      end() {},
      sweep() {},
    };
  }

  /** What was shown, in words: the positions and how many of the lot are free. */
  seen(): string[] {
    return this.#frames.map((frame) => {
      if (frame.type === 'state') return `state ${frame.position}: ${frame.lots[0]?.available}`;
      if (frame.type !== 'delta') return frame.type;
      return `delta ${frame.from}-${frame.to}: ${frame.lots[0]?.available}`;
    });
  }
}
