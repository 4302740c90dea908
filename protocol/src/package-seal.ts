import { BitsError } from './bits.ts';
import { ByteReader, BytesError, ByteWriter } from './byte-stream.ts';
import { joined } from './bytes.ts';
import { isSoundSignature, type Sign, signatureBytes, type Verify } from './ed25519.ts';
import type { KeyRing } from './key-ring.ts';
import type { OfflinePackage, PackageDelta, PackageHead } from './offline-package.ts';
import {
  checkRules,
  readDelta,
  readHead,
  readPackage,
  writeDelta,
  writeHead,
  writePackage,
} from './package-bytes.ts';

/**
 *     0 version u8 · 1 kind u8 (0 package, 1 delta) · 2 key id u16 · 4 head · body · signature 64
 *
 * Signed by the show's own key, for this purpose only. A device knows the keys from when it was
 * enrolled; a package may bring newer ones, because an older one vouches for it. When no key that it
 * knows has signed, it asks the server for them, over a line that vouches itself.
 */
const version = 1;
const kinds = { package: 0, delta: 1 } as const;

/** 4 million tickets, half used, with room to spare: nothing larger is looked at. */
export const packageBytesMax = 2 * 1024 * 1024;

/** Why bytes are not taken for a package or a delta; a closed list. */
export type PackageFault =
  | 'truncated'
  | 'too_large'
  | 'unknown_version'
  | 'wrong_kind'
  | 'wrong_event'
  | 'wrong_checkpoint'
  | 'unknown_key'
  | 'revoked_key'
  | 'bad_signature'
  | 'expired'
  /** Older than what the device has: somebody sends yesterday's again. */
  | 'outdated'
  | 'malformed';

/** What a device expects of a package. */
export interface Expected {
  readonly ring: KeyRing;
  readonly checkpoint: number;
  readonly now: number;
  /** What it has already, if anything. */
  readonly held?: Pick<PackageHead, 'generation' | 'position'>;
  /** Any engine. */
  readonly verify: Verify;
}

/** @throws {RangeError} a number does not fit */
export function sealPackage(whole: OfflinePackage, keyId: number, sign: Sign): Uint8Array {
  return sealed('package', whole, keyId, sign, (writer) => writePackage(writer, whole));
}

/** @throws {RangeError} a number does not fit */
export function sealDelta(delta: PackageDelta, keyId: number, sign: Sign): Uint8Array {
  return sealed('delta', delta.head, keyId, sign, (writer) => writeDelta(writer, delta));
}

export function openPackage(
  bytes: Uint8Array,
  expected: Expected,
): Promise<OfflinePackage | PackageFault> {
  return opened('package', bytes, expected, (reader, head) => {
    const whole = readPackage(reader, head);
    checkRules(whole.rules);
    return whole;
  });
}

export function openDelta(
  bytes: Uint8Array,
  expected: Expected,
): Promise<PackageDelta | PackageFault> {
  return opened('delta', bytes, expected, readDelta);
}

function sealed(
  kind: keyof typeof kinds,
  head: PackageHead,
  keyId: number,
  sign: Sign,
  body: (writer: ByteWriter) => void,
): Uint8Array {
  const writer = new ByteWriter();
  writer.number(version, 1);
  writer.number(kinds[kind], 1);
  writer.number(keyId, 2);
  writeHead(writer, head);
  body(writer);
  const bytes = writer.whole();
  return joined(bytes, sign(joined(domain, bytes)));
}

/** Cheap questions first; the body is read when everything says that we wrote it. */
async function opened<T>(
  kind: keyof typeof kinds,
  bytes: Uint8Array,
  expected: Expected,
  body: (reader: ByteReader, head: PackageHead) => T,
): Promise<T | PackageFault> {
  if (bytes.length > packageBytesMax) return 'too_large';
  try {
    const signed = bytes.subarray(0, Math.max(0, bytes.length - signatureBytes));
    const reader = new ByteReader(signed);
    if (reader.number(1) !== version) return 'unknown_version';
    if (reader.number(1) !== kinds[kind]) return 'wrong_kind';
    const keyId = reader.number(2);
    const head = readHead(reader);
    const fault =
      faultOfHead(head, expected) ?? (await faultOfSeal(bytes, signed, keyId, expected));
    if (fault !== undefined) return fault;
    if (expected.now >= head.validUntil) return 'expired';
    return bodyOf(reader, head, body);
  } catch (error) {
    // Bytes that end within the head: they were cut off on the way.
    if (error instanceof BytesError) return 'truncated';
    throw error;
  }
}

function faultOfHead(head: PackageHead, { ring, checkpoint, held }: Expected) {
  if (head.event !== ring.event) return 'wrong_event';
  if (head.checkpoint !== checkpoint) return 'wrong_checkpoint';
  if (held === undefined || head.generation > held.generation) return undefined;
  const isOlder = head.generation < held.generation || head.position < held.position;
  return isOlder ? 'outdated' : undefined;
}

async function faultOfSeal(
  bytes: Uint8Array,
  signed: Uint8Array,
  keyId: number,
  { ring, verify }: Expected,
): Promise<PackageFault | undefined> {
  const known = ring.keys.get(keyId);
  if (known === undefined) return 'unknown_key';
  if (known.isRevoked) return 'revoked_key';
  const signature = bytes.subarray(signed.length);
  if (!isSoundSignature(signature)) return 'bad_signature';
  const isRight = await verify(signature, joined(domain, signed), known.key);
  return isRight ? undefined : 'bad_signature';
}

function bodyOf<T>(
  reader: ByteReader,
  head: PackageHead,
  body: (reader: ByteReader, head: PackageHead) => T,
): T | PackageFault {
  try {
    const read = body(reader, head);
    reader.end();
    return read;
  } catch (error) {
    // Rightly signed and not as we write it: by a version that differs from this one.
    if (error instanceof BytesError || error instanceof BitsError) return 'malformed';
    throw error;
  }
}

const domain = new TextEncoder().encode('ingressou/package/v1\0');
