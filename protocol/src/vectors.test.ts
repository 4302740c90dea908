import { readFileSync } from 'node:fs';
import type { Static } from 'typebox';
import { describe, expect, it } from 'vitest';
import {
  type Bounds,
  type ClientMessage,
  clientFrameBounds,
  decode,
  encode,
  type Notation,
  ProtocolError,
  serverFrameBounds,
} from './index.ts';
import { type clientMessageSchemas, parseClientMessage } from './schema.ts';

/** The same files are run by every program that speaks the protocol, in any language. */
interface Vector {
  readonly name: string;
  readonly message: ClientMessage;
  readonly msgpack: string;
  readonly json: string;
}

interface InvalidVector {
  readonly name: string;
  readonly notation: Notation;
  /** In hexadecimal. */
  readonly bytes: string;
  readonly fault: string;
}

describe.each([
  ['client', clientFrameBounds],
  ['server', serverFrameBounds],
] as const)('%s messages', (side, bounds: Bounds) => {
  const vectors = read<Vector>(`${side}-messages.json`);

  it.each(vectors)('$name: msgpack is the golden one, both ways', ({ message, msgpack }) => {
    expect(hex(encode(message, 'msgpack'))).toBe(msgpack);
    expect(decode(Buffer.from(msgpack, 'hex'), 'msgpack', bounds)).toEqual(message);
  });

  it.each(vectors)('$name: JSON is the golden one, both ways', ({ message, json }) => {
    expect(encode(message, 'json')).toBe(json);
    expect(decode(Buffer.from(json), 'json', bounds)).toEqual(message);
  });
});

describe('a client message', () => {
  it.each(read<Vector>('client-messages.json'))('$name has the shape it should', ({ message }) => {
    expect(parseClientMessage(message)).toBe(message);
  });

  it('is described by its schema and its type alike', () => {
    const isSame: Same<Described, Typed> = true;
    expect(isSame).toBe(true);
  });
});

describe('an invalid frame', () => {
  it.each(read<InvalidVector>('invalid-frames.json'))(
    '$notation, $name: $fault',
    ({ notation, bytes, fault }) => {
      const frame = Buffer.from(bytes, 'hex');
      expect(faultOf(() => parseClientMessage(decode(frame, notation, clientFrameBounds)))).toBe(
        fault,
      );
    },
  );

  it('of any extension type is forbidden, in all eight forms', () => {
    for (let type = 0; type < 256; type += 1) {
      const kind = hex(Uint8Array.of(type));
      for (const head of ['d4', 'd5', 'd6', 'd7', 'd8', 'c701', 'c80001', 'c900000001']) {
        const frame = Buffer.from(head + kind + '00'.repeat(16), 'hex');
        expect(faultOf(() => decode(frame, 'msgpack', clientFrameBounds))).toBe('forbidden_type');
      }
    }
  });

  it('beyond the largest frame is refused unread', () => {
    const frame = new Uint8Array(clientFrameBounds.bytesMax + 1);
    expect(faultOf(() => decode(frame, 'json', clientFrameBounds))).toBe('frame_too_large');
  });

  it('leaves no trace on the prototypes', () => {
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect('admin' in {}).toBe(false);
  });
});

/** Brands are ours alone, and `readonly` is no matter of shape. */
type Plain<T> = T extends string ? string : { -readonly [K in keyof T]: Plain<T[K]> };
type Schemas = typeof clientMessageSchemas;
type Described = { [T in keyof Schemas]: Plain<Static<Schemas[T]>> };
type Typed = { [T in ClientMessage['type']]: Plain<Extract<ClientMessage, { type: T }>> };
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

function read<T>(file: string): T[] {
  return JSON.parse(readFileSync(new URL(`../vectors/${file}`, import.meta.url), 'utf8'));
}

function hex(frame: Uint8Array | string): string {
  return Buffer.from(frame).toString('hex');
}

function faultOf(work: () => unknown): string {
  try {
    work();
    return 'none';
  } catch (error) {
    return error instanceof ProtocolError ? error.code : `not a ProtocolError: ${error}`;
  }
}
