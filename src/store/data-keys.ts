import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
/** Begins everything that is sealed, so that another way of sealing can be told from this one. */
const version = 1;
const algorithm = 'aes-256-gcm';

/** What was sealed is not what the key, or the place it was sealed for, opens. */
export class UnsealError extends Error {
  override readonly name = 'UnsealError';
  constructor(options?: ErrorOptions) {
    super('Sealed bytes cannot be opened: is this the right DATA_KEY_FILE?', options);
  }
}

/** The key file is there and is no key. */
export class DataKeyError extends Error {
  override readonly name = 'DataKeyError';
  constructor(file: string) {
    super(
      `${file} is not a key of ${keyBytes} bytes: restore it. What it sealed is lost without it.`,
    );
  }
}

/**
 * A key that makes bytes unreadable and unchangeable: AES-256-GCM with a random nonce. `place`, the
 * row they are for, is sealed in, so that a row's bytes cannot be moved to another row.
 */
export class DataKey {
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** A new random one. */
  static random(): DataKey {
    return new DataKey(randomBytes(keyBytes));
  }

  seal(bytes: Uint8Array, place: string): Uint8Array {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv(algorithm, this.#key, nonce).setAAD(Buffer.from(place));
    const sealed = Buffer.concat([cipher.update(bytes), cipher.final()]);
    return Buffer.concat([Buffer.of(version), nonce, sealed, cipher.getAuthTag()]);
  }

  /** @throws {UnsealError} */
  open(sealed: Uint8Array, place: string): Uint8Array {
    const nonceEnd = 1 + nonceBytes;
    const tagAt = sealed.length - tagBytes;
    if (sealed[0] !== version || tagAt < nonceEnd) throw new UnsealError();
    const options = { authTagLength: tagBytes };
    const nonce = sealed.subarray(1, nonceEnd);
    const decipher = createDecipheriv(algorithm, this.#key, nonce, options);
    decipher.setAAD(Buffer.from(place)).setAuthTag(sealed.subarray(tagAt));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(nonceEnd, tagAt)), decipher.final()]);
    } catch (cause) {
      throw new UnsealError({ cause });
    }
  }

  /** The same for the same bytes and place; it tells nobody else anything. */
  digest(bytes: Uint8Array, place: string): Uint8Array {
    const key = Buffer.from(hkdfSync('sha256', this.#key, '', 'digest', keyBytes));
    return createHmac('sha256', key).update(`${place}\0`).update(bytes).digest();
  }

  /** This key, sealed with another one. */
  wrap(by: DataKey, place: string): Uint8Array {
    return by.seal(this.#key, place);
  }

  /** @throws {UnsealError} */
  static unwrap(wrapped: Uint8Array, by: DataKey, place: string): DataKey {
    return new DataKey(by.open(wrapped, place));
  }
}

/**
 * Reads the master key, which it makes on the first start.
 *
 * @throws {DataKeyError}
 */
export async function openMasterKey(file: string): Promise<DataKey> {
  const key = await readFile(file).catch(async (failure: NodeJS.ErrnoException) => {
    if (failure.code !== 'ENOENT') throw failure;
    await makeKey(file);
    return await readFile(file);
  });
  if (key.length !== keyBytes) throw new DataKeyError(file);
  return new DataKey(key);
}

/**
 * A link is made whole or not at all, and only where nothing is: of two first starts both read the
 * same key, and a start that is killed leaves no half of one.
 */
async function makeKey(file: string): Promise<void> {
  const draft = `${file}.${randomBytes(8).toString('hex')}`;
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  try {
    await writeFile(draft, randomBytes(keyBytes), { mode: 0o600, flag: 'wx' });
    await link(draft, file);
  } catch (error) {
    // There is one already, and that one stays.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft, { force: true });
  }
}
