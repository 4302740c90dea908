import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
} from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  type DeviceId,
  type EventId,
  parseId,
  type Role,
  type SubjectId,
} from '@ingressou/protocol';
import { type JWTPayload, jwtVerify, SignJWT } from 'jose';

/** Who a socket or a request speaks for, and until when. */
export interface Identity {
  readonly subject: SubjectId;
  readonly role: Role;
  /** The shows that a PRODUTOR or CHECKIN may ask about: none unless the token names some. */
  readonly shows: readonly EventId[];
  /** The scanner that a CHECKIN is, if it was enrolled; it has one show. */
  readonly gate?: GateIdentity;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

export interface GateIdentity {
  readonly id: DeviceId;
  readonly gate: number;
}

/** The token is missing something, false, expired or not ours. The reason stays inside. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
}

const issuer = 'ingressou';
const audience = 'ingressou';
/** RFC 9068: an access token says so, and nothing else passes for one. */
const typ = 'at+jwt';
const roles: ReadonlySet<unknown> = new Set([
  'ADMIN',
  'PRODUTOR',
  'CLIENTE',
  'CHECKIN',
] satisfies Role[]);
/** RFC 7519 leaves leeway to us: clocks of our own nodes differ by less. */
const leewaySeconds = 5;

/** Signs and verifies access tokens: JWT (RFC 7519) under one Ed25519 key with a key id. */
export class AccessTokens {
  readonly #key: SigningKey;

  constructor(key: SigningKey) {
    this.#key = key;
  }

  /** @throws {TokenError} */
  async verify(token: string, now: number): Promise<Identity> {
    try {
      const { payload } = await jwtVerify(token, this.#key.publicKey, {
        algorithms: ['EdDSA'],
        issuer,
        audience,
        typ,
        clockTolerance: leewaySeconds,
        currentDate: new Date(now),
        requiredClaims: ['sub', 'exp', 'iat', 'role'],
      });
      if (!roles.has(payload.role)) throw new TokenError('The token names no role of ours.');
      return {
        subject: parseId<SubjectId>(payload.sub),
        role: payload.role as Role,
        shows: showsIn(payload.shows),
        ...gateIn(payload),
        expiresAt: (payload.exp ?? 0) * 1000,
      };
    } catch (cause) {
      throw new TokenError('The access token is refused.', { cause });
    }
  }

  /** A token for a scanner, which is its own subject. */
  signGate(event: EventId, { id, gate }: GateIdentity, now: number, lifeMs: number) {
    const claims = { role: 'CHECKIN' satisfies Role, shows: [event], device: id, gate };
    return this.#signed(id, claims, now, lifeMs);
  }

  /** A token for `subject` that lives `lifeMs` from `now`, for `shows` alone if there are any. */
  sign(
    subject: SubjectId,
    role: Role,
    now: number,
    lifeMs: number,
    shows: readonly EventId[] = [],
  ): Promise<string> {
    return this.#signed(subject, { role, ...(shows.length > 0 && { shows }) }, now, lifeMs);
  }

  #signed(subject: string, claims: JWTPayload, now: number, lifeMs: number): Promise<string> {
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', typ, kid: this.#key.id })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(subject)
      .setIssuedAt(Math.floor(now / 1000))
      .setExpirationTime(Math.floor((now + lifeMs) / 1000))
      .sign(this.#key.privateKey);
  }
}

/** More would not fit into a frame of the live socket. */
const showsMax = 50;

function showsIn(claim: unknown): readonly EventId[] {
  if (claim === undefined) return [];
  if (Array.isArray(claim) && claim.length <= showsMax) return claim.map(parseId<EventId>);
  throw new TokenError('The shows in the token are no list of ours.');
}

function gateIn({ role, device, gate }: JWTPayload): { readonly gate?: GateIdentity } {
  if (role !== 'CHECKIN' || device === undefined) return {};
  if (!Number.isInteger(gate)) throw new TokenError('The token names no gate.');
  return { gate: { id: parseId<DeviceId>(device), gate: Number(gate) } };
}

export interface SigningKey {
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** The key file is there and is no key. */
export class SigningKeyError extends Error {
  override readonly name = 'SigningKeyError';
  constructor(file: string, options?: ErrorOptions) {
    super(
      `${file} is no Ed25519 key in PEM: restore it, or move it away and have a new one made.`,
      options,
    );
  }
}

/**
 * Reads the key of access tokens from a PEM file, which it makes on the first start.
 *
 * @throws {SigningKeyError}
 */
export async function openSigningKey(file: string): Promise<SigningKey> {
  await makeKey(file);
  const privateKey = readKey(file, await readFile(file, 'utf8'));
  const publicKey = createPublicKey(privateKey);
  const id = String(publicKey.export({ format: 'jwk' }).x).slice(0, 16);
  return { id, privateKey, publicKey };
}

function readKey(file: string, pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (cause) {
    throw new SigningKeyError(file, { cause });
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new SigningKeyError(file);
  return key;
}

/** Exclusive creation: of two first starts one writes and both read the same key. */
async function makeKey(file: string): Promise<void> {
  const { privateKey } = generateKeyPairSync('ed25519');
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  try {
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    await writeFile(file, pem, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    // There is one already, and that one stays.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** A subject nobody else has. */
export function newSubject(): SubjectId {
  return parseId<SubjectId>(randomUUID());
}
