import { isRecord } from '../json-fields.ts';
import { BoundedMap } from './bounded-map.ts';
import { lettersOf, newId, type RandomBytes } from './chance.ts';
import { ApiRefusal } from './refusal.ts';

/** What 3-D Secure ends with: authenticated, not, or not yet decided. */
export type ChallengeStatus = 'Y' | 'N' | 'C';

export interface Challenge {
  readonly transaction: string;
  status: ChallengeStatus;
  readonly amountCents: number;
}

/** As the provider gives it. */
export const challengeTokenMs = 20_000;
/** What the buyer's bank would have sent to their phone. */
export const rightCode = '1234';
/** The bank of this card asks for nothing. */
const frictionless = '4000000000000010';
/** Older ones are forgotten. */
const keptMax = 10_000;

/** The provider's 3-D Secure server. */
export class Challenges {
  readonly #random: RandomBytes;
  readonly #tokens = new BoundedMap<string, number>(keptMax);
  readonly #challenges = new BoundedMap<string, Challenge>(keptMax);

  constructor(random: RandomBytes) {
    this.#random = random;
  }

  /** A token for one browser; it looks like the JWT that the real one is. */
  token(now: number): string {
    const claims = { exp: Math.floor((now + challengeTokenMs) / 1000) };
    const parts = [{ alg: 'HS256', typ: 'JWT' }, claims].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    const token = [...parts, lettersOf(43, this.#random)].join('.');
    this.#tokens.set(token, now + challengeTokenMs);
    return token;
  }

  /**
   * Begins with an order as the browser's script sends it.
   *
   * @throws {ApiRefusal} the token is unknown or too old
   */
  begin(token: string, order: unknown, now: number): Challenge {
    const expiresAt = this.#tokens.get(token) ?? 0;
    if (expiresAt <= now) throw new ApiRefusal(401, { message: 'The token is not valid.' });
    const { number, amountCents } = paymentIn(order);
    const transaction = newId('tds', this.#random);
    const status = number === frictionless ? 'Y' : 'C';
    const challenge: Challenge = { transaction, status, amountCents };
    this.#challenges.set(transaction, challenge);
    return challenge;
  }

  find(transaction: string): Challenge | undefined {
    return this.#challenges.get(transaction);
  }

  /** The buyer typed a code, once. */
  answer(transaction: string, code: string): ChallengeStatus {
    const challenge = this.find(transaction);
    if (challenge?.status === 'C') challenge.status = code.trim() === rightCode ? 'Y' : 'N';
    return challenge?.status ?? 'N';
  }
}

function paymentIn(order: unknown): { number: string; amountCents: number } {
  const payments = isRecord(order) && Array.isArray(order.payments) ? order.payments : [];
  const payment = isRecord(payments[0]) ? payments[0] : {};
  const credit = isRecord(payment.credit_card) ? payment.credit_card : {};
  const card = isRecord(credit.card) ? credit.card : {};
  const number = typeof card.number === 'string' ? card.number.replace(/\D/g, '') : '';
  return { number, amountCents: typeof payment.amount === 'number' ? payment.amount : 0 };
}
