import { ProtocolError } from './errors.ts';

declare const brand: unique symbol;
type Id<Name extends string> = string & { readonly [brand]: Name };

/** A show. */
export type EventId = Id<'EventId'>;
export type LotId = Id<'LotId'>;
/** A person, or a browser that has not said who it is: random, never derived from personal data. */
export type SubjectId = Id<'SubjectId'>;
/** What an incident is called: its kind, the device, and the scan if it is about one. */
export const INCIDENT_PATTERN = /^[a-z_]{1,32}:[0-9a-f-]{36}(?::\d{1,10})?$/;

/**
 * Names a wish. A UUIDv7 that the client made and kept before its first attempt, so that a retry
 * is recognised as the same wish.
 */
export type CommandId = Id<'CommandId'>;
/** The id of the `reserve` that made the hold: the hold *is* that command. */
export type HoldId = CommandId;
/** The id of the `checkout` that made the order: the order *is* that command. */
export type OrderId = CommandId;
/** A scanner: given when an operator allows it in. */
export type DeviceId = Id<'DeviceId'>;
/** One start of one process; never used twice. */
export type NodeId = Id<'NodeId'>;

/** RFC 9562 text form in lower case, so that one id has one spelling. */
export const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** The same with version 7 and the RFC's variant. */
export const UUID7_PATTERN =
  /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * The only door for ids from outside.
 *
 * @throws {ProtocolError} `malformed_id`
 */
export function parseId<T extends Id<string>>(value: unknown): T {
  if (typeof value === 'string' && UUID_PATTERN.test(value)) return value as T;
  throw new ProtocolError('malformed_id');
}

/** Milliseconds since 1970 that a UUIDv7 carries in its first 48 bits (RFC 9562 §5.7). */
export function timeOfId(id: CommandId): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/**
 * Makes a UUIDv7. Time and randomness are arguments: `now` in milliseconds since 1970, `random` at
 * least ten bytes.
 */
export function uuid7<T extends Id<string>>(now: number, random: Uint8Array): T {
  const time = Math.trunc(now).toString(16).padStart(12, '0');
  const [a = 0, b = 0, c = 0, ...rest] = random;
  const version = hex(0x70 | (a & 0x0f)) + hex(b);
  const variant = hex(0x80 | (c & 0x3f)) + hex(rest[0] ?? 0);
  const tail = rest.slice(1, 7).map(hex).join('');
  return `${time.slice(0, 8)}-${time.slice(8)}-${version}-${variant}-${tail}` as T;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
