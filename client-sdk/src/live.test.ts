import { decode, type ServerMessage, type SubjectId, serverFrameBounds } from '@ingressou/protocol';
import { WebSocket } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId, type OpenShow, openNode, type TestNode } from '../../test/setup/node.ts';
import { TcpProxy } from '../../test/setup/tcp-proxy.ts';
import { untilShow, untilState } from '../test/until.ts';
import { type Connection, type ConnectOptions, connect } from './connection.ts';
import type { ShowView } from './show.ts';
import type { WebSocketConstructor } from './socket.ts';

// A real node, real sockets, and a line between them that breaks when told to.

let node: TestNode;
let proxy: TcpProxy;
let proxyUrl: string;
let show: OpenShow;
let connections: Connection[];

beforeAll(async () => {
  node = await openNode();
});
afterAll(() => node.stop());

beforeEach(async () => {
  connections = [];
  proxy = new TcpProxy(node.url);
  proxyUrl = await proxy.open();
  show = await node.createShow({ lots: [{ quantity: 10 }, { quantity: 3 }], limit: 6 });
});
afterEach(async () => {
  for (const connection of connections) connection.close();
  await proxy.close();
});

describe('a buyer', () => {
  it('reserves of two lots, extends and releases, and sees it', async () => {
    const handle = (await buyer()).event(show.event);
    handle.watch(() => {});
    const [first, second] = lots();
    const reserved = await handle.reserve([
      { lot: first, quantity: 2 },
      { lot: second, quantity: 1 },
    ]);
    if (!reserved.accepted) throw new Error(reserved.reason);
    const seen = await untilShow(handle, ({ lots }) => lots[0]?.available === 8);
    expect(seen.holds).toEqual([reserved.hold]);
    expect(seen.lots.map(({ available }) => available)).toEqual([8, 2]);

    const extended = await handle.extend(reserved.hold.id);
    expect(extended).toEqual({ accepted: true, expiresAt: reserved.hold.expiresAt + 300_000 });
    expect(await handle.release(reserved.hold.id)).toEqual({ accepted: true });
    const after = await untilShow(handle, ({ lots }) => lots[0]?.available === 10);
    expect(after.lots.map(({ available }) => available)).toEqual([10, 3]);
  });

  it('is told no with the reason and its data', async () => {
    const handle = (await buyer()).event(show.event);
    const [first, second] = lots();
    const answers = await Promise.all([
      handle.reserve([{ lot: second, quantity: 4 }]),
      handle.reserve([{ lot: first, quantity: 7 }]),
      handle.reserve([]),
      handle.extend(newId()),
    ]);
    expect(answers).toMatchObject([
      { accepted: false, reason: 'sold_out', lot: second, available: 3 },
      { accepted: false, reason: 'purchase_limit', limit: 6, taken: 0 },
      { accepted: false, reason: 'invalid_items' },
      { accepted: false, reason: 'hold_not_found' },
    ]);
  });

  it('is told when a sale that has not opened will', async () => {
    const opensAt = Date.now() + 3_600_000;
    show = await node.createShow({ lots: [{ quantity: 1 }], opensAt });
    const handle = (await buyer()).event(show.event);
    const answer = await handle.reserve([{ lot: lots()[0], quantity: 1 }]);
    expect(answer).toMatchObject({ accepted: false, reason: 'sale_not_open', opensAt });
  });

  it('who has not signed in may only watch', async () => {
    const handle = open({}).event(show.event);
    await untilShow(handle, ({ lots }) => lots.length === 2);
    const answer = await handle.reserve([{ lot: lots()[0], quantity: 1 }]);
    expect(answer).toMatchObject({ accepted: false, reason: 'sign_in_required' });
  });

  it('sees in one window what happens in another, in either notation', async () => {
    const subject = newId<SubjectId>();
    const here = (await buyer({ subject })).event(show.event);
    const there = (await buyer({ subject, notation: 'json' })).event(show.event);
    for (const handle of [here, there]) handle.watch(() => {});
    await untilShow(there, () => true);
    const answer = await here.reserve([{ lot: lots()[0], quantity: 1 }]);
    if (!answer.accepted) throw new Error(answer.reason);
    const seen = await untilShow(there, ({ holds }) => holds.length > 0);
    expect(seen.holds).toEqual([answer.hold]);
    await there.release(answer.hold.id);
    await untilShow(here, ({ holds }) => holds[0]?.status === 'released');
  });
});

describe('a command whose line breaks', () => {
  it.each(['cut_request', 'cut_reply'] as const)('by %s is done once', async (fault) => {
    const handle = (await buyer({ url: proxyUrl })).event(show.event);
    handle.watch(() => {});
    await untilShow(handle, () => true);
    proxy.fault = fault;
    const answer = await handle.reserve([{ lot: lots()[0], quantity: 2 }]);
    expect(answer).toMatchObject({ accepted: true });
    const seen = await untilShow(handle, ({ lots, isStale }) => !isStale && isSettled(lots));
    expect(seen.holds).toHaveLength(1);
    expect(seen.lots[0]?.available).toBe(8);
  });
});

describe('a lost connection', () => {
  it('resumes at its position without the state when nothing has happened', async () => {
    const frames: string[] = [];
    const connection = await buyer({ url: proxyUrl, webSocket: recording(frames) });
    const handle = connection.event(show.event);
    const views: ShowView[] = [];
    handle.watch((view) => views.push(view));
    const before = await untilShow(handle, () => true);
    proxy.cut();
    await untilState(connection, 'resuming');
    await untilState(connection, 'live');
    expect(views.at(-1)).toMatchObject({ isStale: false, position: before.position });
    await handle.reserve([{ lot: lots()[0], quantity: 1 }]);
    expect(frames.filter((type) => type === 'state')).toHaveLength(1);
  });

  it('is brought up to date with what happened meanwhile', async () => {
    const connection = await buyer({ url: proxyUrl });
    const handle = connection.event(show.event);
    handle.watch(() => {});
    await untilShow(handle, () => true);
    proxy.cut();
    await untilState(connection, 'resuming');
    const other = (await buyer()).event(show.event);
    await other.reserve([{ lot: lots()[1], quantity: 3 }]);
    const seen = await untilShow(
      handle,
      ({ lots, isStale }) => !isStale && lots[1]?.available === 0,
    );
    expect(seen.lots.map(({ available }) => available)).toEqual([10, 0]);
  });

  it('comes back to a node that was restarted, and the hold is still there', async () => {
    const connection = await buyer();
    const handle = connection.event(show.event);
    handle.watch(() => {});
    const answer = await handle.reserve([{ lot: lots()[0], quantity: 2 }]);
    if (!answer.accepted) throw new Error(answer.reason);
    const lost = untilState(connection, 'resuming');
    node = await node.restart();
    await lost;
    await untilState(connection, 'live');
    const seen = await untilShow(handle, ({ isStale }) => !isStale);
    expect(seen.holds).toEqual([answer.hold]);
    expect(seen.lots[0]?.available).toBe(8);
  });

  it('asks for a new token when the old one has run out', async () => {
    const subject = newId<SubjectId>();
    let asked = 0;
    const connection = open({
      token: () => {
        asked += 1;
        return node.mintToken({ role: 'CLIENTE', subject, lifeMs: asked === 1 ? 1_500 : 60_000 });
      },
    });
    await untilState(connection, 'live');
    await untilState(connection, 'resuming');
    await untilState(connection, 'live');
    expect(asked).toBe(2);
    expect(connection.subject).toBe(subject);
  });

  it('fails when the server finds that this program does not speak its protocol', async () => {
    const sockets: WebSocket[] = [];
    const connection = open({ webSocket: collecting(sockets) });
    await untilState(connection, 'live');
    const reasons: string[] = [];
    connection.onState((_now, _before, reason) => reasons.push(reason));
    sockets[0]?.send(Uint8Array.of(0xc1));
    await untilState(connection, 'failed');
    expect(reasons).toEqual(['protocol']);
  });
});

function open(options: Partial<ConnectOptions>): Connection {
  const connection = connect({ url: node.url, webSocket: WebSocket, ...options });
  connections.push(connection);
  return connection;
}

/** A signed-in buyer's connection. */
async function buyer({
  subject,
  ...options
}: Partial<ConnectOptions> & { subject?: SubjectId } = {}): Promise<Connection> {
  const token = await node.mintToken({
    role: 'CLIENTE',
    ...(subject !== undefined && { subject }),
  });
  return open({ token, ...options });
}

function lots(): [string, string] {
  const [first = '', second = ''] = show.lots;
  return [first, second];
}

/** A delta may still be on its way when the answer is here. */
function isSettled(lots: readonly { readonly available: number }[]): boolean {
  return lots[0]?.available !== 10;
}

function collecting(sockets: WebSocket[]): WebSocketConstructor {
  return class extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      sockets.push(this);
    }
  };
}

/** Notes the type of every frame that comes in. */
function recording(types: string[]): WebSocketConstructor {
  return class extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      this.addEventListener('message', ({ data }) => {
        const frame = decode(new Uint8Array(data as ArrayBuffer), 'msgpack', serverFrameBounds);
        types.push((frame as ServerMessage).type);
      });
    }
  };
}
