import { hash } from 'node:crypto';
import type { Knows, PublicKey, Verify } from '@ingressou/protocol/ticket';

/** Far more than the tickets of the largest show; each takes about 100 bytes. */
const knownMax = 1_000_000;

/**
 * Signatures that were found right. Whether one is right never changes, and looking takes an engine
 * 0.1 ms, so whoever comes again need not wait for it. What else decides about a code (whether its key
 * is revoked, its revision, the moment) is not remembered.
 */
export class KnownSignatures {
  readonly #engine: Verify;
  readonly #max: number;
  /** The one that was looked at first makes place. */
  readonly #known = new Set<string>();

  constructor(engine: Verify, max = knownMax) {
    this.#engine = engine;
    this.#max = max;
  }

  readonly knows: Knows = (signature, message, signer) =>
    this.#known.has(nameOf(signature, message, signer));

  readonly verify: Verify = async (signature, message, signer) => {
    const name = nameOf(signature, message, signer);
    if (this.#known.has(name)) return true;
    const isRight = await this.#engine(signature, message, signer);
    if (isRight) this.#remember(name);
    return isRight;
  };

  #remember(name: string): void {
    this.#known.add(name);
    if (this.#known.size > this.#max) this.#known.delete(this.#known.values().next().value ?? '');
  }
}

/**
 * A SHA-256 of all that was asked. In one call: a `Hash` is an object outside of the heap, and the
 * garbage collector takes 2 ms to end three thousand of them.
 */
function nameOf(signature: Uint8Array, message: Uint8Array, { bytes: key }: PublicKey): string {
  const asked = new Uint8Array(key.length + signature.length + message.length);
  asked.set(key);
  asked.set(signature, key.length);
  asked.set(message, key.length + signature.length);
  return hash('sha256', asked, 'binary');
}
