import { randomBytes } from 'node:crypto';
import { type ClientMessage, type CommandId, encode, type Item, uuid7 } from '@ingressou/protocol';
import { clientFrame } from './websocket.ts';

/** A message as a frame, made anew. */
export function frameOf(message: ClientMessage): Buffer {
  const payload = encode(message, 'msgpack');
  return clientFrame(typeof payload === 'string' ? Buffer.from(payload) : payload);
}

/** The part of a UUID that counts up: its last twelve digits. */
const counterDigits = 12;

/**
 * A `reserve` that is made once: from one wish to the next only digits of its id change, in
 * place. The time in the id stays that of the beginning, which is within a day for any bench.
 */
export class ReserveFrame {
  readonly #frame: Buffer;
  readonly #lastDigit: number;

  constructor(event: Extract<ClientMessage, { type: 'reserve' }>['event'], items: readonly Item[]) {
    const id = uuid7<CommandId>(Date.now(), randomBytes(16));
    this.#frame = frameOf({ type: 'reserve', id, event, items });
    this.#lastDigit = this.#frame.indexOf(id) + id.length - 1;
  }

  /** The frame with the next id; the memory is the same every time. */
  next(): Buffer {
    countUp(this.#frame, this.#lastDigit);
    return this.#frame;
  }
}

/** Adds one to a hexadecimal number in text; after the last it begins again. */
function countUp(text: Buffer, lastDigit: number): void {
  for (let at = lastDigit; at > lastDigit - counterDigits; at -= 1) {
    const digit = text[at]!;
    if (digit !== 0x66 /* f */) {
      text[at] = digit === 0x39 /* 9 */ ? 0x61 /* a */ : digit + 1;
      return;
    }
    text[at] = 0x30; /* 0 */
  }
}

/** Types of server messages by the first two bytes of their name in msgpack: length and letter. */
const typesByName: ReadonlyMap<number, string> = new Map(
  ['accepted', 'rejected', 'delta', 'state', 'hold', 'order', 'welcome', 'pong', 'bye'].map(
    (type) => [((0xa0 | type.length) << 8) | type.charCodeAt(0), type],
  ),
);

/** Bytes of the key `type`, which every message begins with. */
const typeKeyBytes = 5;
/** A map with a 16-bit size; a small one has its size in the head itself. */
const map16 = 0xde;

/** The type of a server message, told without decoding it; `undefined` for what is none of ours. */
export function typeOfAnswer(bytes: Buffer, begin: number): string | undefined {
  const at = begin + (bytes[begin] === map16 ? 3 : 1) + typeKeyBytes;
  return typesByName.get((bytes[at]! << 8) | bytes[at + 1]!);
}
