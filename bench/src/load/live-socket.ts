import net from 'node:net';
import { LIVE_PATH, SUBPROTOCOLS } from '@ingressou/protocol';
import {
  clientFrame,
  type FrameListener,
  FrameReader,
  opcodes,
  upgradeRequest,
} from './websocket.ts';

/** Hears the messages of one socket: the payload is `bytes` from `begin` to `end`. */
export type MessageListener = (bytes: Buffer, begin: number, end: number) => void;

/** The server did not open a socket, or closed one that was still needed. */
export class SocketError extends Error {
  override readonly name = 'SocketError';
}

const host = '127.0.0.1';
const openMs = 10_000;
/** All sockets read into the same memory, one after the other: nothing is allocated per read. */
const readBuffer = Buffer.alloc(64 * 1024);

/** One WebSocket of the generator, to this machine. */
export class LiveSocket {
  /** What it introduced itself with, for requests over HTTP; undefined if it did not. */
  token: string | undefined;
  /** Set by whoever uses the socket; until then messages are dropped. */
  onMessage: MessageListener = () => {};
  /** Set likewise: the socket broke, or the server closed it. */
  onLost: (why: string) => void = () => {};
  readonly #socket: net.Socket;
  readonly #reader = new FrameReader((...frame) => this.#hear(...frame));
  #opening: { readonly opened: () => void; readonly failed: (error: Error) => void } | undefined;
  #isClosed = false;

  private constructor(port: number) {
    const callback = (length: number) => this.#read(length);
    const onread = { buffer: readBuffer, callback };
    this.#socket = net.connect({ host, port, noDelay: true, onread });
    this.#socket.on('error', ({ message }) => this.#lose(message));
    this.#socket.on('close', () => this.#lose('the server closed it'));
    this.#socket.setTimeout(openMs, () => this.#lose(`no answer in ${openMs} ms`));
    this.#socket.write(upgradeRequest(`${host}:${port}`, LIVE_PATH, SUBPROTOCOLS.msgpack));
  }

  /** @throws {SocketError} */
  static async open(port: number): Promise<LiveSocket> {
    const socket = new LiveSocket(port);
    await new Promise<void>((opened, failed) => {
      socket.#opening = { opened, failed };
    });
    return socket;
  }

  write(frame: Buffer): void {
    this.#socket.write(frame);
  }

  close(): void {
    this.#isClosed = true;
    this.#socket.destroy();
  }

  /** True: go on reading. */
  #read(length: number): true {
    if (this.#opening === undefined) this.#reader.read(readBuffer, length);
    else this.#hearResponse(readBuffer.toString('latin1', 0, length));
    return true;
  }

  /** It is short enough for one read, and nothing follows it: the server waits for `hello`. */
  #hearResponse(response: string): void {
    const [status = ''] = response.split('\r\n', 1);
    if (!status.startsWith('HTTP/1.1 101 ')) return this.#lose(`the server answered ${status}`);
    this.#socket.setTimeout(0);
    this.#opening?.opened();
    this.#opening = undefined;
  }

  #hear(...[opcode, bytes, begin, end]: Parameters<FrameListener>): void {
    if (opcode === opcodes.binary) return this.onMessage(bytes, begin, end);
    if (opcode === opcodes.ping) {
      return this.write(clientFrame(bytes.subarray(begin, end), opcodes.pong));
    }
    if (opcode === opcodes.close) this.#lose(`closed: ${bytes.toString('utf8', begin + 2, end)}`);
  }

  #lose(why: string): void {
    if (this.#isClosed) return;
    this.close();
    if (this.#opening === undefined) this.onLost(why);
    else this.#opening.failed(new SocketError(`A socket could not be opened: ${why}.`));
  }
}
