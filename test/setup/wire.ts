import {
  type ClientMessage,
  clientFrameBounds,
  decode,
  encode,
  type ServerMessage,
} from '@ingressou/protocol';

/** A `WebSocket` whose every call is a wire, the newest last. */
export function wiresInto(wires: Wire[]): new (url: string, protocols: string[]) => WebSocket {
  class Called extends Wire {
    constructor() {
      super();
      wires.push(this);
    }
  }
  return Called as unknown as new (
    url: string,
    protocols: string[],
  ) => WebSocket;
}

/** One end of a WebSocket, with the hands of a test at the other. */
export class Wire extends EventTarget {
  binaryType = '';
  isClosed = false;
  /** Whoever answers at the other end. */
  hear: (message: ClientMessage) => void = () => {};
  readonly sent: ClientMessage[] = [];

  send(bytes: Uint8Array): void {
    const message = decode(bytes, 'msgpack', clientFrameBounds) as ClientMessage;
    this.sent.push(message);
    this.hear(message);
  }

  close(): void {
    this.isClosed = true;
  }

  open(): void {
    this.dispatchEvent(new Event('open'));
  }

  say(message: ServerMessage): void {
    this.sayBytes(Uint8Array.from(encode(message, 'msgpack') as Uint8Array));
  }

  sayBytes(bytes: Uint8Array): void {
    this.dispatchEvent(Object.assign(new Event('message'), { data: bytes.slice().buffer }));
  }

  hangUp(code: number): void {
    this.dispatchEvent(Object.assign(new Event('close'), { code }));
  }
}
