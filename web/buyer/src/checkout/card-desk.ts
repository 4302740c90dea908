import type { Card } from '@ingressou/client-sdk';
import type { CardFlawName, FlawName } from './buyer-form.ts';
import type { CardTokenizer } from './card-tokenizer.ts';
import { authenticate, type ChallengeOrder } from './challenge.ts';

/** The bank did not confirm the buyer, or the buyer left its page. */
export class ChallengeRefusedError extends Error {
  override readonly name = 'ChallengeRefusedError';
}

export interface ChallengeWish {
  readonly scriptUrl: string;
  /** Asked for when the script is about to run: it does not live long. */
  readonly token: () => Promise<string>;
  readonly order: ChallengeOrder;
}

export interface CardDeskOptions {
  readonly form: HTMLFormElement;
  readonly tokenizer: CardTokenizer;
  /** The places for the bank, and how to leave it. */
  readonly method: HTMLElement;
  readonly challenge: HTMLElement;
  readonly canceled: () => AbortSignal;
}

/**
 * Where a card is handed over: between the form that the buyer sees and the provider's scripts. It
 * asks the browser whether fields are well-formed, and never what is in them.
 */
export class CardDesk {
  readonly #options: CardDeskOptions;

  constructor(options: CardDeskOptions) {
    this.#options = options;
  }

  /** The fields that cannot be a card's. */
  flaws(): (readonly [string, FlawName])[] {
    const fields = [...this.#options.form.querySelectorAll<HTMLInputElement>('[data-flaw]')];
    const wrong = fields.filter(({ validity }) => !validity.valid);
    return wrong.map(({ dataset }) => [`/card/${dataset.flaw}`, dataset.flaw as CardFlawName]);
  }

  /**
   * Undefined when the bank cannot be asked: then it decides without.
   *
   * @throws {ChallengeRefusedError}
   */
  async authenticate(wish: ChallengeWish): Promise<Card['challenge']> {
    const { form, method, challenge, canceled } = this.#options;
    const token = await wish.token().catch(() => undefined);
    // The provider is away for challenges; whether it is for payments, the payment will tell.
    if (token === undefined) return undefined;
    const stage = { scriptUrl: wish.scriptUrl, method, challenge, canceled: canceled() };
    const outcome = await authenticate(stage, token, form, wish.order);
    challenge.replaceChildren();
    if (outcome.status === 'refused') throw new ChallengeRefusedError('The bank says no.');
    return outcome.status === 'authenticated' ? { transaction: outcome.transaction } : undefined;
  }

  /** As {@link CardTokenizer.token}. */
  async token(): Promise<string> {
    return await this.#options.tokenizer.token();
  }
}
