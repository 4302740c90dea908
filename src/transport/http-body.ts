import { type Bounds, decode, ProtocolError } from '@ingressou/protocol';
import type { Flaw, Shape } from '@ingressou/protocol/requests';
import { type HttpRequest, type HttpResponse, problem } from './http.ts';
import type * as Uws from './uws.ts';

/**
 * Collects a body. Must be called before anything waits; chunks are copied, because their memory is
 * uWebSockets' again when its handler returns. Undefined when it is larger than `bytesMax`; never
 * settled when the client goes away.
 */
export function collectBody(
  res: Uws.HttpResponse,
  bytesMax: number,
): Promise<Uint8Array | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let isOver = false;
    res.onData((chunk, isLast) => {
      if (isOver) return;
      size += chunk.byteLength;
      isOver = isLast || size > bytesMax;
      if (size > bytesMax) return resolve(undefined);
      chunks.push(Buffer.from(chunk.slice(0)));
      if (isLast) resolve(Buffer.concat(chunks));
    });
  });
}

export type Parsed<T> =
  | { readonly isGood: true; readonly value: T }
  | { readonly isGood: false; readonly refusal: HttpResponse };

/** A request's JSON body, if it has that shape; else the problem that says where it does not. */
export function parseBody<T>({ body }: HttpRequest, shape: Shape<T>): Parsed<T> {
  const value = read(body);
  if (value === undefined) {
    return refuse(problem(400, 'malformed_body', 'The body is not JSON as we take it.'));
  }
  if (shape.check(value)) return { isGood: true, value };
  return refuse(invalidFields(shape.flaws(value)));
}

/** The answer to a body with fields that are wrong. */
export function invalidFields(errors: readonly Flaw[]): HttpResponse {
  return problem(400, 'invalid_fields', 'Some fields are not as they must be.', { errors });
}

function refuse<T>(refusal: HttpResponse): Parsed<T> {
  return { isGood: false, refusal };
}

/** Deep enough for every request of ours; the size is bounded where the body comes in. */
const bounds: Bounds = {
  bytesMax: Number.MAX_SAFE_INTEGER,
  depthMax: 6,
  entriesMax: 64,
  stringBytesMax: 4096,
};

function read(body: Uint8Array): unknown {
  try {
    return decode(body, 'json', bounds);
  } catch (error) {
    // Not JSON, or JSON that only somebody with bad intentions writes.
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
