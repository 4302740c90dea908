import type { CardFlawName } from './buyer-form.ts';
import { loadScript, ScriptMissingError } from './provider-script.ts';

/**
 * Has the provider's script (tokenizecard.js) make a token of a card's form. The script reads the
 * fields that are marked for it when the form is submitted and sends them to the provider itself:
 * no code of ours does. Token and refusal come by the two functions that `init` was given.
 */

/** What the script puts into the page. */
interface PagarmeCheckout {
  init(success: (data: unknown) => boolean, fail: (error: unknown) => boolean): void;
}

/** The provider takes the card's data for wrong. */
export class CardDataError extends Error {
  override readonly name = 'CardDataError';
  /** Empty when it did not say which. */
  readonly fields: readonly CardFlawName[];

  constructor(fields: readonly CardFlawName[]) {
    super('The provider does not accept the data of the card.');
    this.fields = fields;
  }
}

/** The script or its server is silent for so long. */
const tokenMs = 20_000;

interface Awaited {
  readonly resolve: (token: string) => void;
  readonly reject: (error: Error) => void;
}

/** One form, whose fields have the script's marks. */
export class CardTokenizer {
  readonly #form: HTMLFormElement;
  #pending: Awaited | undefined;

  private constructor(form: HTMLFormElement) {
    this.#form = form;
  }

  /**
   * Loads the script and shows it the form.
   *
   * @throws {ScriptMissingError}
   */
  static async open(form: HTMLFormElement, url: string, publicKey: string): Promise<CardTokenizer> {
    const tokenizer = new CardTokenizer(form);
    // Before the script's own listener: it hears of a form only when a token is wanted.
    form.addEventListener('submit', (event) => tokenizer.#guard(event));
    await loadScript(url, { 'data-pagarmecheckout-app-id': publicKey });
    const { PagarmeCheckout: script } = window as { PagarmeCheckout?: PagarmeCheckout };
    if (script === undefined) throw new ScriptMissingError('The script brought nothing.');
    script.init(
      (data) => tokenizer.#succeed(data),
      (error) => tokenizer.#fail(error),
    );
    return tokenizer;
  }

  /**
   * A token of what stands in the form now; it lives for a minute and is used once.
   *
   * @throws {CardDataError}
   * @throws {ScriptMissingError} no answer
   */
  async token(): Promise<string> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      return await new Promise<string>((resolve, reject) => {
        this.#pending = { resolve, reject };
        const silence = new ScriptMissingError('The provider does not answer.');
        timer = setTimeout(() => reject(silence), tokenMs);
        this.#form.requestSubmit();
      });
    } finally {
      clearTimeout(timer);
      this.#pending = undefined;
    }
  }

  /** A key pressed in a field asks for no token, and nothing is ever sent by the browser. */
  #guard(event: SubmitEvent): void {
    event.preventDefault();
    if (this.#pending === undefined) event.stopImmediatePropagation();
  }

  /** False: the form is not sent. */
  #succeed(data: unknown): false {
    const token = tokenIn(data);
    if (token === undefined) this.#pending?.reject(new CardDataError([]));
    else this.#pending?.resolve(token);
    return false;
  }

  #fail(error: unknown): false {
    this.#pending?.reject(new CardDataError(fieldsIn(error)));
    return false;
  }
}

/** Older versions of the script number their tokens. */
function tokenIn(data: unknown): string | undefined {
  if (!isRecord(data)) return undefined;
  const token = data.pagarmetoken ?? data['pagarmetoken-0'];
  return typeof token === 'string' && token !== '' ? token : undefined;
}

const fieldNames: Readonly<Record<string, CardFlawName>> = {
  number: 'cardNumber',
  holder_name: 'cardHolder',
  exp_month: 'cardMonth',
  exp_year: 'cardYear',
  cvv: 'cardCode',
};

/** From `{errors: {"request.card.number": […]}}`. */
function fieldsIn(error: unknown): CardFlawName[] {
  const errors = isRecord(error) && isRecord(error.errors) ? error.errors : {};
  const named = Object.keys(errors).map((path) => fieldNames[path.split('.').at(-1) ?? '']);
  return named.filter((name) => name !== undefined);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
