import type { Clock } from '../ports/clock.ts';
import type { AccessTokens, Identity } from './access-tokens.ts';

export interface VerifiedTokensOptions {
  readonly tokens: AccessTokens;
  /** The machine's own time, which tokens go by. */
  readonly wallClock: Pick<Clock, 'now'>;
  readonly tokensMax?: number;
}

/** Tokens remembered at once: a buyer follows an order with dozens of requests under one token. */
const tokensDefaultMax = 10_000;

/**
 * Access tokens that were good a moment ago: verifying a signature costs a tenth of a millisecond,
 * and a page sends the same token with every request. Remembers at most `tokensMax`, and none
 * longer than it is valid; the one that was not used for longest makes place.
 */
export class VerifiedTokens {
  readonly #options: VerifiedTokensOptions;
  /** In the order of their last use. */
  readonly #known = new Map<string, Identity>();

  constructor(options: VerifiedTokensOptions) {
    this.#options = options;
  }

  /** @throws {TokenError} */
  async verify(token: string): Promise<Identity> {
    const { tokens, wallClock, tokensMax = tokensDefaultMax } = this.#options;
    const now = wallClock.now();
    const known = this.#known.get(token);
    this.#known.delete(token);
    const identity =
      known !== undefined && known.expiresAt > now ? known : await tokens.verify(token, now);
    this.#known.set(token, identity);
    if (this.#known.size > tokensMax) this.#known.delete(this.#known.keys().next().value ?? '');
    return identity;
  }

  get size(): number {
    return this.#known.size;
  }
}
