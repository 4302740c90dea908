import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientFrameBounds, decode, encode, type Notation, ProtocolError } from './index.ts';
import { parseClientMessage } from './schema.ts';

const notation = fc.constantFrom<Notation>('msgpack', 'json');

/** Plain data within the bounds, with keys that are allowed. */
const key = fc.string({ maxLength: 12 }).filter((text) => /^(?!__)[^"\\]*$/.test(text));
const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(key, tie('value'), { maxKeys: 5, noNullPrototype: true }),
  ),
})).value;

const frames: Buffer[] = JSON.parse(
  readFileSync(new URL('../vectors/client-messages.json', import.meta.url), 'utf8'),
).map(({ msgpack }: { msgpack: string }) => Buffer.from(msgpack, 'hex'));

describe('the codec', () => {
  it('gives back what it was given', () => {
    fc.assert(
      fc.property(plain, notation, (value, how) => {
        const frame = Buffer.from(encode(value as never, how));
        const expected = how === 'json' ? JSON.parse(JSON.stringify(value)) : value;
        expect(decode(frame, how, clientFrameBounds)).toEqual(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it('answers random bytes with a message or a ProtocolError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), notation, (bytes, how) =>
        survives(bytes, how),
      ),
      { numRuns: 20_000 },
    );
  });

  it('answers mutated frames with a message or a ProtocolError', () => {
    const mutation = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 1, 2));
    fc.assert(
      fc.property(
        fc.constantFrom(...frames),
        fc.array(mutation, { maxLength: 4 }),
        (frame, steps) => survives(mutate(frame, steps), 'msgpack'),
      ),
      { numRuns: 20_000 },
    );
  });

  it('refuses every valid frame that was cut anywhere', () => {
    for (const frame of frames) {
      for (let length = 0; length < frame.length; length += 1) {
        expect(() => decode(frame.subarray(0, length), 'msgpack', clientFrameBounds)).toThrow(
          ProtocolError,
        );
      }
    }
  });
});

function survives(bytes: Uint8Array, how: Notation): void {
  try {
    parseClientMessage(decode(bytes, how, clientFrameBounds));
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
  }
}

/** Overwrites, inserts or removes a byte. */
function mutate(frame: Buffer, steps: readonly (readonly [number, number, number])[]): Buffer {
  let bytes = [...frame];
  for (const [where, byte, kind] of steps) {
    const at = where % (bytes.length + 1);
    const removed = kind === 2 ? 1 : kind;
    bytes = [...bytes.slice(0, at), ...(kind === 2 ? [] : [byte]), ...bytes.slice(at + removed)];
  }
  return Buffer.from(bytes);
}
