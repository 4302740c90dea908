import {
  type ClientMessage,
  closeCodes,
  decode,
  encode,
  type Notation,
  ProtocolError,
  type ServerMessage,
  SUBPROTOCOLS,
  serverFrameBounds,
} from '@ingressou/protocol';
import { MisuseError } from './errors.ts';
import { parseServerMessage } from './server-messages.ts';

/** What is used of a WebSocket: the browser's, undici's and ws's all fit. */
export interface WebSocketLike {
  binaryType: string;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number): void;
  addEventListener(type: 'open' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { readonly code: number }) => void): void;
}

export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;

export interface SocketOptions {
  readonly webSocket: WebSocketConstructor;
  readonly url: string;
  readonly notation: Notation;
  readonly onOpen: () => void;
  readonly onMessage: (message: ServerMessage) => void;
  /** The server sent what is not our protocol; the socket is already cut. */
  readonly onMalformed: () => void;
  /** The other end closed, or the network broke. Not called after `cut`. */
  readonly onClose: (code: number) => void;
}

/** One WebSocket that speaks messages instead of bytes. */
export class Socket {
  readonly #options: SocketOptions;
  readonly #socket: WebSocketLike;
  #isCut = false;

  constructor(options: SocketOptions) {
    const { webSocket, url, notation, onOpen, onClose } = options;
    this.#options = options;
    this.#socket = new webSocket(url, [SUBPROTOCOLS[notation]]);
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.addEventListener('open', () => this.#unlessCut(onOpen));
    this.#socket.addEventListener('message', ({ data }) => this.#unlessCut(() => this.#hear(data)));
    this.#socket.addEventListener('close', ({ code }) => this.#unlessCut(() => onClose(code)));
    // Every error is followed by a close; without a listener ws would throw it.
    this.#socket.addEventListener('error', () => {});
  }

  send(message: ClientMessage): void {
    const frame = encode(message, this.#options.notation);
    // A copy: the encoder's buffer is shared, and a WebSocket may mask it in place or send it later.
    this.#socket.send(typeof frame === 'string' ? frame : new Uint8Array(frame));
  }

  /** Ends it at once, without waiting for the other end to agree: it may be dead. */
  cut(code = 1000): void {
    this.#isCut = true;
    this.#socket.close(code);
  }

  #unlessCut(task: () => void): void {
    if (!this.#isCut) task();
  }

  #hear(data: unknown): void {
    const message = this.#parse(data);
    if (message === 'malformed') {
      this.cut(closeCodes.protocol.code);
      this.#options.onMalformed();
    } else if (message !== undefined) {
      this.#options.onMessage(message);
    }
  }

  #parse(data: unknown): ServerMessage | undefined | 'malformed' {
    const { notation } = this.#options;
    try {
      return parseServerMessage(decode(bytesOf(data, notation), notation, serverFrameBounds));
    } catch (error) {
      if (error instanceof ProtocolError) return 'malformed';
      throw error;
    }
  }
}

/** Msgpack travels in binary frames, JSON in text frames. */
function bytesOf(data: unknown, notation: Notation): Uint8Array {
  if (notation === 'json' && typeof data === 'string') return new TextEncoder().encode(data);
  if (notation === 'msgpack' && data instanceof ArrayBuffer) return new Uint8Array(data);
  throw new ProtocolError('wrong_frame_kind');
}

/**
 * The WebSocket to use when the caller passed none.
 *
 * @throws {MisuseError} `web_socket_missing` in a runtime that has none, such as Node 20
 */
export function defaultWebSocket(): WebSocketConstructor {
  if (typeof WebSocket === 'function') return WebSocket;
  throw new MisuseError(
    'web_socket_missing',
    "This runtime has no WebSocket. Pass one, such as undici's: connect({ webSocket: WebSocket })",
  );
}
