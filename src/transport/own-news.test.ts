import {
  type EventId,
  type HoldId,
  type HoldView,
  type NodeId,
  type OrderId,
  type OrderView,
  pack,
  type ServerMessage,
  type SubjectId,
} from '@ingressou/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { silentTelemetry as telemetry } from '../../test/setup/silent-telemetry.ts';
import { SteppedClock } from '../../test/setup/stepped-clock.ts';
import type { Fact } from '../domain/facts.ts';
import type { ShowView } from '../domain/view.ts';
import type { Commands, Refused } from '../ports/commands.ts';
import { Fanout } from './fanout.ts';
import { SessionRegistry } from './session-registry.ts';
import type { Watcher } from './watcher.ts';

// A show that lives elsewhere and what one buyer has there: rows come by hand or are lost.

const event = 'a-show' as EventId;
const buyer = 'somebody' as SubjectId;
const order = 'an-order' as OrderId;
const busy: Refused = { accepted: false, rejection: { reason: 'busy', retryAfterMs: 250 } };

let clock: SteppedClock;
let owner: ToldOwner;
let registry: SessionRegistry;
let fanout: Fanout;

beforeEach(() => {
  clock = new SteppedClock(Date.UTC(2026, 10, 23));
  registry = new SessionRegistry(5);
  owner = new ToldOwner();
  fanout = new Fanout({ commands: owner, registry, clock, telemetry });
});

describe('who missed what happened to them', () => {
  it('is told once the next row shows the gap', async () => {
    const heard = await watching(buyer);
    owner.pays();
    row(11, { type: 'owned', owner: 'a-node' as NodeId, epoch: 2, generation: 1 });
    await clock.advance(100);
    expect(heard.splice(0)).toEqual(['hold paid', 'order paid at 12']);
  });

  it.each([
    ['the show turns out to be further on', () => reached(12)],
    ['something may have been missed', () => fanout.missed(event)],
  ])('is told when %s', async (_, hint) => {
    const heard = await watching(buyer);
    owner.pays();
    hint();
    await clock.advance(100);
    expect(heard.splice(0)).toEqual(['hold paid', 'order paid at 12']);
  });

  it('is not told again when nothing was missed', async () => {
    const heard = await watching(buyer);
    fanout.missed(event);
    await clock.advance(5_000);
    expect(heard).toEqual([]);
  });

  it('is told how an order ended that is not theirs any more, once', async () => {
    const heard = await watching(buyer);
    owner.isExpired = true;
    owner.pays();
    reached(12);
    await clock.advance(100);
    expect(heard.splice(0)).toEqual(['hold expired', 'order expired at 12']);
    owner.asked = [];
    fanout.watch([...registry.all()][0]!, event);
    await clock.advance(5_000);
    expect(owner.asked).toEqual(['holds', 'orders']);
  });

  it('is told in all windows by one question, and who only looks asks for nothing', async () => {
    const windows = [await watching(buyer), await watching(buyer), await watching(undefined)];
    owner.pays();
    owner.asked = [];
    reached(12);
    await clock.advance(100);
    expect(windows.map(({ length }) => length)).toEqual([2, 2, 0]);
    expect(owner.asked).toEqual(['view', 'holds', 'orders']);
  });

  it('is told late when the show cannot be asked at first', async () => {
    const heard = await watching(buyer);
    owner.pays();
    owner.refused.add('orders');
    reached(12);
    await clock.advance(3_000);
    expect(heard).toEqual([]);
    owner.refused.clear();
    await clock.advance(1_000);
    expect(heard.splice(0)).toEqual(['hold paid', 'order paid at 12']);
  });

  it('is told anew when somebody answered who is behind', async () => {
    const heard = await watching(buyer);
    owner.isBehind = true;
    owner.pays();
    reached(12);
    await clock.advance(100);
    expect(heard.splice(0)).toEqual(['hold held', 'order pending at 10']);
    owner.isBehind = false;
    await clock.advance(1_000);
    expect(heard.splice(0)).toEqual(['hold paid', 'order paid at 12']);
  });

  it('is told once, though the show goes on while it is asked', async () => {
    const heard = await watching(buyer);
    const answer = owner.holdAnswers();
    owner.pays();
    reached(12);
    await clock.settle();
    row(12, { type: 'owned', owner: 'a-node' as NodeId, epoch: 2, generation: 1 });
    answer();
    await clock.advance(5_000);
    expect(heard).toEqual(['hold paid', 'order paid at 12']);
  });

  it('is asked about with others, a few at a time', async () => {
    for (let index = 0; index < 200; index += 1) await watching(`buyer-${index}` as SubjectId);
    const answer = owner.holdAnswers();
    owner.asked = [];
    owner.pays();
    reached(12);
    await clock.settle();
    answer();
    await clock.settle();
    expect(owner.asked.filter((type) => type === 'holds')).toHaveLength(200);
    expect(owner.atOnce).toBeLessThanOrEqual(128);
  });
});

describe('what a fact did to an order', () => {
  it('is asked for until the show can say it', async () => {
    const heard = await watching(buyer);
    owner.refused.add('order');
    owner.pays();
    row(10, { type: 'tickets_signed', id: 'x', wish: 1, order, hold: 'a-hold', subject: buyer });
    await clock.advance(3_000);
    expect(heard).toEqual([]);
    owner.refused.clear();
    await clock.advance(1_000);
    expect(heard.splice(0)).toEqual(['hold paid', 'order paid at 12']);
  });

  it('is asked for again when somebody answered who does not know of the fact yet', async () => {
    const heard = await watching(buyer);
    owner.isBehind = true;
    owner.pays();
    row(10, { type: 'paid', id: 'x', order, hold: 'a-hold', subject: buyer });
    await clock.advance(100);
    expect(heard.splice(0)).toEqual(['hold held', 'order pending at 10']);
    owner.isBehind = false;
    await clock.advance(1_000);
    expect(heard.splice(0)).toEqual(['hold paid', 'order paid at 12']);
  });

  it('is not asked for any more when nobody is left to be told', async () => {
    await watching(buyer);
    owner.refused.add('order');
    row(10, { type: 'tickets_signed', id: 'x', wish: 1, order, hold: 'a-hold', subject: buyer });
    await clock.advance(1_000);
    for (const session of registry.all()) {
      fanout.leave(session);
      registry.delete(session);
    }
    owner.asked = [];
    await clock.advance(60_000);
    expect(owner.asked).toEqual([]);
  });
});

describe('what somebody has in a show', () => {
  it('is told late to who begins to watch when it cannot be asked at first', async () => {
    owner.refused.add('holds');
    const heard = await watching(buyer);
    expect(heard).toEqual([]);
    owner.refused.clear();
    await clock.advance(1_000);
    expect(heard).toEqual(['hold held', 'order pending at 10']);
  });

  it('is unanswered, and not nothing, when it cannot be asked', async () => {
    const [session] = [windowOf(buyer, [])];
    owner.refused.add('orders');
    const found = await fanout.belongingsOf(session, [event]);
    expect(found).toEqual({ holds: [], orders: [], unanswered: [event] });
    owner.refused.clear();
    expect(await fanout.belongingsOf(session, [event])).toMatchObject({
      holds: [{ event }],
      orders: [{ event, point: { generation: 1, position: 10 } }],
      unanswered: [],
    });
  });
});

/** What is told to one window of theirs alone, after it has begun to watch. */
async function watching(by: SubjectId | undefined): Promise<string[]> {
  const heard: string[] = [];
  const session = windowOf(by, heard);
  registry.add(session);
  registry.identify(session);
  fanout.watch(session, event);
  await clock.settle();
  if (owner.refused.size === 0) heard.length = 0;
  return heard;
}

function windowOf(by: SubjectId | undefined, heard: string[]): Watcher {
  const expiresAt = Number.POSITIVE_INFINITY;
  return {
    notation: 'msgpack',
    identity: by && { subject: by, role: 'CLIENTE', shows: [], expiresAt },
    isOpen: true,
    watched: new Set(),
    isAwaiting: () => false,
    send: (message) => void heard.push(inWords(message)),
    sendFrame() {},
    offer() {},
    refuse() {},
    end() {},
    sweep() {},
  };
}

function inWords(message: ServerMessage): string {
  if (message.type === 'hold') return `hold ${message.hold.status}`;
  if (message.type !== 'order') return message.type;
  return `order ${message.order.status} at ${message.position}`;
}

function row(from: number, fact: object): void {
  const facts = [fact as Fact];
  const packed = pack(facts);
  fanout.follow({ event, generation: 1, from, to: from + 1, at: 0, facts, packed });
}

function reached(position: number): void {
  fanout.reached({ event, generation: 1, position });
}

/** The owner of the show, wherever it is. The buyer has a hold of it, and an order. */
class ToldOwner implements Commands {
  asked: string[] = [];
  /** Questions that are not answered now. */
  readonly refused = new Set<string>();
  /** What is private is answered by somebody who knows only how it was. */
  isBehind = false;
  /** What happens to the order is not that it is paid. */
  isExpired = false;
  /** Questions that waited at a time, at most. */
  atOnce = 0;
  #waiting = 0;
  #isPaid = false;
  #gate: Promise<void> | undefined;

  /** Two facts that nobody hears of. */
  pays(): void {
    this.#isPaid = true;
  }

  /** Private questions get their answer when the returned function is called. */
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
    this.asked.push(type);
    if (this.refused.has(type)) return busy as never;
    if (type === 'view') return this.#reply(this.#isPaid, showView) as never;
    this.#waiting += 1;
    this.atOnce = Math.max(this.atOnce, this.#waiting);
    await this.#gate;
    this.#waiting -= 1;
    const isPaid = this.#isPaid && !this.isBehind;
    const outcome = this.isExpired ? 'expired' : 'paid';
    const [hold, bought] = [holdView(isPaid && outcome), orderView(isPaid && outcome)];
    if (type === 'order') return this.#reply(isPaid, { hold, order: bought }) as never;
    // What came to nothing is in no list.
    const listed = type === 'holds' ? hold : bought;
    return this.#reply(isPaid, listed.status === 'expired' ? [] : [listed]) as never;
  }

  #reply(isPaid: boolean, value: unknown) {
    return { accepted: true, generation: 1, position: isPaid ? 12 : 10, at: 0, value };
  }
}

const showView: ShowView = {
  sale: { status: 'open' },
  limit: 6,
  feeBasisPoints: 0,
  isRotating: false,
  lots: new Map(),
};

function holdView(outcome: 'paid' | 'expired' | false): HoldView {
  const status = outcome || 'held';
  return { id: 'a-hold' as HoldId, status, items: [], expiresAt: 1, canExtend: false };
}

function orderView(outcome: 'paid' | 'expired' | false): OrderView {
  return {
    id: order,
    hold: 'a-hold' as HoldId,
    status: outcome || 'pending',
    method: 'pix',
    lines: [],
    ticketsCents: 1,
    feeCents: 0,
    payBy: 1,
    isPayable: true,
    tickets: [],
    hasCodes: false,
    refundDueCents: 0,
    refundedCents: 0,
  };
}
