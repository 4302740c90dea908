import { assert } from '../../domain/assert.ts';
import { ObjectKeyError } from '../../ports/objects.ts';

const KEY_PATTERN = /^[a-z0-9][a-z0-9_.-]*(?:\/[a-z0-9][a-z0-9_.-]*)*$/;
const keyLengthMax = 200;

/**
 * A key as it came. What passes has no empty, hidden, `.` or `..` name in it, so that it can be part
 * of a path or of an address as it is.
 *
 * @throws {ObjectKeyError}
 */
export function checkedKey(key: string): string {
  if (key.length <= keyLengthMax && KEY_PATTERN.test(key)) return key;
  throw new ObjectKeyError();
}

const TYPE_PATTERN = /^[a-z]+\/[a-z0-9.+-]+(?:; charset=[a-z0-9-]+)?$/;
const typeLengthMax = 100;

/** A media type as it came: one short line, whatever keeps it. */
export function checkedType(type: string): string {
  assert(type.length <= typeLengthMax && TYPE_PATTERN.test(type), 'an object has a media type');
  return type;
}
