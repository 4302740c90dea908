import {
  type ClientMessage,
  clientFrameBounds,
  decode,
  encode,
  type ServerMessage,
} from '@ingressou/protocol';
import { parseClientMessage } from '@ingressou/protocol/schema';
import type { WebSocketConstructor, WebSocketLike } from '../src/socket.ts';

type Listener = (event: { readonly data: unknown } & { readonly code: number }) => void;

/** The server's end of a socket, played by a test: it sees every frame and says what it likes. */
export class ScriptedSocket implements WebSocketLike {
  binaryType = 'blob';
  readonly heard: ClientMessage[] = [];
  closedWith: number | undefined;
  readonly #listeners = new Map<string, Listener[]>();

  send(data: string | Uint8Array): void {
    if (typeof data === 'string') throw new TypeError('Only binary frames are expected.');
    this.heard.push(parseClientMessage(decode(data, 'msgpack', clientFrameBounds)));
  }

  close(code = 1000): void {
    this.closedWith ??= code;
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  /** Accepts the socket. */
  open(): void {
    this.#emit('open', {});
  }

  say(message: ServerMessage): void {
    this.sayBytes(Uint8Array.from(encode(message, 'msgpack') as Uint8Array));
  }

  sayBytes(bytes: Uint8Array): void {
    this.#emit('message', { data: bytes.buffer });
  }

  end(code: number): void {
    this.#emit('close', { code });
  }

  #emit(type: string, event: object): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event as never);
  }
}

/** Where sockets arrive. */
export class ScriptedServer {
  readonly sockets: ScriptedSocket[] = [];
  readonly webSocket: WebSocketConstructor;

  constructor() {
    const { sockets } = this;
    this.webSocket = class extends ScriptedSocket {
      constructor() {
        super();
        sockets.push(this);
      }
    };
  }

  /** The newest socket. */
  get socket(): ScriptedSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error('No socket was opened.');
    return socket;
  }
}
