import { randomBytes } from 'node:crypto';
import net from 'node:net';
import {
  type ClientMessage,
  decode,
  encode,
  LIVE_PATH,
  type Notation,
  type ServerMessage,
  SUBPROTOCOLS,
  serverFrameBounds,
} from '@ingressou/protocol';

export interface RawOptions {
  readonly notation?: Notation;
  /** Headers of the upgrade, over the usual ones. */
  readonly headers?: Readonly<Record<string, string>>;
}

export type Close = { readonly type: 'close'; readonly code: number; readonly reason: string };
type Answer = Extract<ServerMessage, { readonly re: unknown }>;
type CommandAnswer = Extract<ServerMessage, { readonly type: 'accepted' | 'rejected' }>;
type Opcode = 'text' | 'binary' | 'close' | 'ping';

const opcodes: Readonly<Record<Opcode, number>> = { text: 1, binary: 2, close: 8, ping: 9 };
const waitMs = 8_000;

/**
 * A WebSocket client that also does what no library lets one do: malformed frames, text where
 * binary belongs, never reading. Frames and the close arrive in one queue, in their order.
 */
export class RawSocket {
  readonly notation: Notation;
  /** The HTTP status of the upgrade. */
  readonly status: number;
  readonly #socket: net.Socket;
  readonly #arrived: (ServerMessage | Close)[] = [];
  #waiting: (() => void) | undefined;
  #bytes: Buffer;

  private constructor(socket: net.Socket, notation: Notation, status: number, rest: Buffer) {
    this.#socket = socket;
    this.notation = notation;
    this.status = status;
    this.#bytes = rest;
    socket.on('data', (chunk) => this.#onData(chunk));
    socket.on('error', () => this.#onGone());
    socket.on('close', () => this.#onGone());
    this.#onData(Buffer.alloc(0));
  }

  /** Connects and upgrades; a refused upgrade has a status other than 101. */
  static async open(url: string, { notation = 'msgpack', headers = {} }: RawOptions = {}) {
    const { hostname, port, host } = new URL(url);
    const socket = net.connect(Number(port), hostname);
    const all = {
      host,
      upgrade: 'websocket',
      connection: 'Upgrade',
      'sec-websocket-key': randomBytes(16).toString('base64'),
      'sec-websocket-version': '13',
      'sec-websocket-protocol': SUBPROTOCOLS[notation],
      ...headers,
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`GET ${LIVE_PATH} HTTP/1.1\r\n${lines.join('')}\r\n`);
    const { status, rest } = await readHead(socket);
    return new RawSocket(socket, notation, status, rest);
  }

  /** Opens and says hello; resolves with the welcome behind it. */
  static async live(url: string, token?: string, options: RawOptions = {}): Promise<RawSocket> {
    const socket = await RawSocket.open(url, options);
    socket.send(token === undefined ? { type: 'hello' } : { type: 'hello', token });
    await socket.next('welcome');
    return socket;
  }

  send(message: ClientMessage): void {
    const frame = encode(message, this.notation);
    this.sendFrame(typeof frame === 'string' ? 'text' : 'binary', Buffer.from(frame));
  }

  /** A whole frame, masked with zeros (RFC 6455 §5.3 asks for a key, not for a good one). */
  sendFrame(opcode: Opcode, payload: Uint8Array): void {
    this.#socket.write(Buffer.concat([frameHead(opcodes[opcode], payload.length), payload]));
  }

  /** Any bytes at all. */
  sendBytes(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Stops reading: the server's frames pile up. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** The next message of this type; what comes before it is skipped. */
  async next<T extends ServerMessage['type'] | 'close'>(
    type: T,
  ): Promise<Extract<ServerMessage | Close, { readonly type: T }>> {
    const giveUpAt = Date.now() + waitMs;
    const skipped: string[] = [];
    for (;;) {
      const message = this.#arrived.shift();
      if (message?.type === type) return message as never;
      if (message !== undefined) skipped.push(JSON.stringify(message));
      if (message?.type === 'close') throw new Error(`Closed before ${type}: ${skipped.join(' ')}`);
      if (message === undefined) await this.#more(giveUpAt, `${type} (had ${skipped.join(' ')})`);
    }
  }

  /** The answer to one command; answers to others before it are skipped. */
  async answerTo(id: string): Promise<CommandAnswer> {
    for (;;) {
      const message = await this.nextAnswer();
      if (message.re === id) return message;
    }
  }

  /** What one wish is answered, whatever that is; what comes before it is skipped. */
  async answerOf(id: string): Promise<Answer> {
    const giveUpAt = Date.now() + waitMs;
    for (;;) {
      const message = this.#arrived.shift();
      if (message?.type === 'close') throw new Error(`Closed with ${message.code}, unanswered`);
      if (message !== undefined && 're' in message && message.re === id) return message;
      if (message === undefined) await this.#more(giveUpAt, 'an answer');
    }
  }

  /** The next answer to any command. */
  async nextAnswer(): Promise<CommandAnswer> {
    const giveUpAt = Date.now() + waitMs;
    for (;;) {
      const message = this.#arrived.shift();
      if (message?.type === 'accepted' || message?.type === 'rejected') return message;
      if (message?.type === 'close') throw new Error(`Closed with ${message.code}, unanswered`);
      if (message === undefined) await this.#more(giveUpAt, 'an answer');
    }
  }

  /** Everything that has arrived and was not asked for yet. */
  drain(): (ServerMessage | Close)[] {
    return this.#arrived.splice(0);
  }

  close(): void {
    this.#socket.destroy();
  }

  #more(giveUpAt: number, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`Waited in vain for ${what}.`)),
        giveUpAt - Date.now(),
      );
      this.#waiting = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #onData(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    for (;;) {
      const frame = readFrame(this.#bytes);
      if (frame === undefined) break;
      this.#bytes = this.#bytes.subarray(frame.end);
      this.#onFrame(frame.opcode, frame.payload);
    }
    this.#wake();
  }

  #onFrame(opcode: number, payload: Buffer): void {
    if (opcode === opcodes.close) {
      const code = payload.length >= 2 ? payload.readUInt16BE() : 1005;
      this.#arrived.push({ type: 'close', code, reason: payload.subarray(2).toString() });
    } else if (opcode === opcodes.text || opcode === opcodes.binary) {
      this.#arrived.push(decode(payload, this.notation, serverFrameBounds) as ServerMessage);
    }
  }

  /** Gone without a close frame is 1006, as RFC 6455 §7.1.5 says. */
  #onGone(): void {
    if (!this.#arrived.some(({ type }) => type === 'close')) {
      this.#arrived.push({ type: 'close', code: 1006, reason: '' });
    }
    this.#wake();
  }

  #wake(): void {
    this.#waiting?.();
    this.#waiting = undefined;
  }
}

function readHead(socket: net.Socket): Promise<{ status: number; rest: Buffer }> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0);
    const onData = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk]);
      const end = bytes.indexOf('\r\n\r\n');
      if (end < 0) return;
      socket.off('data', onData).off('error', reject);
      const status = Number(bytes.subarray(9, 12).toString());
      resolve({ status, rest: bytes.subarray(end + 4) });
    };
    socket.on('data', onData).on('error', reject);
  });
}

function frameHead(opcode: number, length: number): Buffer {
  const first = 0x80 | opcode;
  if (length < 126) return Buffer.from([first, 0x80 | length, 0, 0, 0, 0]);
  const head = Buffer.alloc(length < 65_536 ? 8 : 14);
  head[0] = first;
  head[1] = 0x80 | (length < 65_536 ? 126 : 127);
  if (length < 65_536) head.writeUInt16BE(length, 2);
  else head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}

function readFrame(bytes: Buffer): { opcode: number; payload: Buffer; end: number } | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes[1]! & 0x7f;
  const head = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (bytes.length < head) return undefined;
  const end = head + payloadLength(bytes, head, short);
  if (bytes.length < end) return undefined;
  return { opcode: bytes[0]! & 0x0f, payload: bytes.subarray(head, end), end };
}

function payloadLength(bytes: Buffer, head: number, short: number): number {
  if (head === 2) return short;
  return head === 4 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
}
