import { once } from 'node:events';
import net from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listenLow } from '../setup/listen-low.ts';
import { Random } from '../simulation/random.ts';
import { ChaosProxy } from './chaos-proxy.ts';

/** A server that says back what it hears, and remembers it. */
class Echo {
  heard = '';
  readonly sockets: net.Socket[] = [];
  readonly #server = net.createServer((socket) => {
    this.sockets.push(socket);
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => {
      this.heard += bytes.toString();
      socket.write(bytes);
    });
  });
  port = 0;

  async open(): Promise<this> {
    this.port = await listenLow(this.#server);
    return this;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** A client that remembers what it hears and how it ended. */
class Caller {
  heard = '';
  isEnded = false;
  isClosed = false;
  readonly socket: net.Socket;

  constructor(port: number) {
    this.socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.on('data', (bytes) => {
      this.heard += bytes.toString();
    });
    this.socket.on('error', () => this.socket.destroy());
    this.socket.on('end', () => {
      this.isEnded = true;
    });
    this.socket.on('close', () => {
      this.isClosed = true;
    });
  }
}

let echo: Echo;
let proxy: ChaosProxy;
const callers: Caller[] = [];

beforeEach(async () => {
  echo = await new Echo().open();
  proxy = proxyTo(echo.port);
  await proxy.open();
});

afterEach(async () => {
  for (const { socket } of callers.splice(0)) socket.destroy();
  await proxy.close();
  await echo.close();
});

function proxyTo(...ports: number[]): ChaosProxy {
  const targets = ports.map((port) => ({ host: '127.0.0.1', port }));
  return new ChaosProxy({ targets, random: new Random(7, 'chaos') });
}

async function call(words?: string): Promise<Caller> {
  const caller = new Caller(proxy.port);
  callers.push(caller);
  await once(caller.socket, 'connect');
  if (words === undefined) return caller;
  caller.socket.write(words);
  await until(() => caller.heard === words);
  return caller;
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** Long enough for bytes that pass at once to be there. */
const passingMs = 50;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a chaos proxy in fair weather', () => {
  it('passes bytes and ends in both directions and counts them', async () => {
    const caller = await call('hello');
    caller.socket.end();
    await until(() => caller.isClosed);
    expect(proxy.counts).toMatchObject({ connections: 1, upBytes: 5, downBytes: 5, cuts: 0 });
  });

  it('passes more than any buffer holds, in order', async () => {
    const text = Array.from({ length: 400_000 }, (_, index) => `${index} `).join('');
    const caller = await call(text);
    expect(caller.heard).toBe(text);
  });

  it('leads to the first target that takes the connection', async () => {
    const gone = await new Echo().open();
    await gone.close();
    await proxy.close();
    proxy = proxyTo(gone.port, echo.port);
    await proxy.open();
    await call('hello');
    expect(echo.heard).toBe('hello');
  });

  it('resets a connection that no target takes', async () => {
    await echo.close();
    const caller = await call();
    await until(() => caller.isClosed);
    expect(proxy.counts).toMatchObject({ connections: 0, refused: 1 });
  });

  it('leads what comes later elsewhere, and leaves what is there', async () => {
    const other = await new Echo().open();
    const before = await call('a');
    proxy.retarget([{ host: '127.0.0.1', port: other.port }]);
    await call('b');
    before.socket.write('c');
    await until(() => before.heard === 'ac');
    expect([echo.heard, other.heard]).toEqual(['ac', 'b']);
    // What is open would keep the other server from closing.
    proxy.reset();
    await other.close();
  });
});

describe('a chaos proxy in bad weather', () => {
  it('delivers late bytes in their order, however the delay varies', async () => {
    const caller = await call('.');
    proxy.delay('up', 5, 20);
    for (let index = 0; index < 50; index += 1) caller.socket.write(`${index};`);
    caller.socket.end();
    await until(() => caller.isClosed);
    expect(caller.heard).toBe(`.${Array.from({ length: 50 }, (_, index) => `${index};`).join('')}`);
  });

  it('holds everything during a partition and delivers it after', async () => {
    const caller = await call('a');
    proxy.partition();
    caller.socket.write('b');
    const late = await call();
    late.socket.write('c');
    await pause(passingMs);
    expect([echo.heard, caller.heard]).toEqual(['a', 'a']);
    proxy.heal();
    await until(() => caller.heard === 'ab' && late.heard === 'c');
  });

  it('tells nobody of an end during a partition', async () => {
    const caller = await call('a');
    proxy.partition();
    echo.sockets[0]?.destroy();
    await pause(passingMs);
    expect(caller.isEnded).toBe(false);
    proxy.heal();
    await until(() => caller.isClosed);
  });

  it('can part one direction alone', async () => {
    const caller = await call('a');
    proxy.partition(['down']);
    caller.socket.write('b');
    await until(() => echo.heard === 'ab');
    await pause(passingMs);
    expect(caller.heard).toBe('a');
    proxy.heal();
    await until(() => caller.heard === 'ab');
  });

  it('swallows bytes, and breaks what has lost some when the weather clears', async () => {
    const harmed = await call('a');
    const spared = await call('b');
    proxy.blackHole(['down']);
    harmed.socket.write('c');
    await until(() => echo.heard === 'abc');
    proxy.heal();
    await until(() => harmed.isClosed);
    spared.socket.write('d');
    await until(() => spared.heard === 'bd');
    expect(harmed.heard).toBe('a');
    expect(proxy.counts.lostBytes).toBe(1);
  });

  it('lets one side of a connection live on when the other has gone', async () => {
    const caller = await call('a');
    proxy.halfOpen();
    echo.sockets[0]?.destroy();
    await until(() => proxy.counts.unheardEnds > 0);
    await pause(passingMs);
    expect([caller.isEnded, caller.isClosed]).toEqual([false, false]);
  });
});

describe('a cut', () => {
  it('comes after so many bytes, in the middle of what is said', async () => {
    const caller = await call('ab');
    proxy.cutAfter('up', 3);
    caller.socket.write('cdefgh');
    await until(() => caller.isClosed);
    expect(echo.heard.startsWith('ab')).toBe(true);
    expect('abcde'.startsWith(echo.heard)).toBe(true);
    expect(proxy.counts).toMatchObject({ cuts: 1, lostBytes: 3 });
    await call('again');
  });

  it('loses the request it looks for, and no other', async () => {
    const caller = await call('select 1');
    const other = await call('select 2');
    proxy.cutRequestWith('append');
    other.socket.write('select 3');
    await until(() => other.heard.endsWith('3'));
    caller.socket.write('append');
    await until(() => caller.isClosed);
    expect(echo.heard).toBe('select 1select 2select 3');
    expect(other.isClosed).toBe(false);
  });

  it('loses the reply to what it looks for, and tells first when the server has worked', async () => {
    const caller = await call('select 1');
    const other = await call('select 2');
    let heardWhenStruck = '';
    proxy.cutReplyTo('append', () => {
      heardWhenStruck = caller.heard;
    });
    caller.socket.write('append');
    other.socket.write('select 3');
    await until(() => caller.isClosed);
    expect(echo.heard).toContain('append');
    expect([caller.heard, heardWhenStruck]).toEqual(['select 1', 'select 1']);
    await until(() => other.heard.endsWith('3'));
  });

  it('resets every connection that is open, and none that comes', async () => {
    const caller = await call('a');
    proxy.reset();
    await until(() => caller.isClosed);
    await call('b');
    expect(proxy.counts.cuts).toBe(1);
  });
});
