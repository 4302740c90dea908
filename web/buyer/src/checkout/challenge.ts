import type { BillingAddress, Buyer } from '@ingressou/client-sdk';
import { loadScript, ScriptMissingError } from './provider-script.ts';

/**
 * 3-D Secure in the buyer's browser: the provider's script asks the bank, which is content with
 * what it knows of the buyer or shows a page of its own inside ours.
 */

export type ChallengeOutcome =
  /** The bank knows who it is. */
  | { readonly status: 'authenticated'; readonly transaction: string }
  /** It does not, or the buyer left. */
  | { readonly status: 'refused' }
  /** It cannot be asked; the payment may be tried without. */
  | { readonly status: 'unavailable' };

export interface ChallengeStage {
  readonly scriptUrl: string;
  /** Where the bank looks at the browser, unseen. */
  readonly method: HTMLElement;
  /** Where the bank's page is shown. */
  readonly challenge: HTMLElement;
  /** The buyer wants to leave the bank's page. */
  readonly canceled: AbortSignal;
}

/** What is paid, for the bank. */
export interface ChallengeOrder {
  readonly buyer: Buyer;
  readonly billing: BillingAddress;
  readonly amountCents: number;
  readonly description: string;
}

interface Tds {
  init(options: object, order: object): Promise<unknown>;
}

/** `token` lives for 20 seconds. Never rejects. */
export async function authenticate(
  stage: ChallengeStage,
  token: string,
  card: HTMLFormElement,
  order: ChallengeOrder,
): Promise<ChallengeOutcome> {
  try {
    const script = await tdsAt(stage.scriptUrl);
    const options = {
      token,
      tds_method_container_element: stage.method,
      challenge_container_element: stage.challenge,
      use_default_challenge_iframe_style: false,
      challenge_window_size: '05',
    };
    const answer = script.init(options, orderFor(card, order));
    return outcomeOf(await Promise.race([answer, leaving(stage.canceled)]));
  } catch {
    // The script, its server or the bank's broke: whether the payment stands, the bank decides.
    return { status: 'unavailable' };
  }
}

async function tdsAt(url: string): Promise<Tds> {
  await loadScript(url);
  const { TDS: script } = window as { TDS?: Tds };
  if (script === undefined) throw new ScriptMissingError('The script brought nothing.');
  return script;
}

function leaving(signal: AbortSignal): Promise<{ readonly challenge_canceled: true }> {
  return new Promise((resolve) => {
    const leave = () => resolve({ challenge_canceled: true });
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
  });
}

/** `Y`: it is them. `A`: the bank was asked, and does not do this. EMV 3-D Secure 2.2. */
export function outcomeOf(answer: unknown): ChallengeOutcome {
  const first: unknown = Array.isArray(answer) ? answer[0] : answer;
  if (typeof first !== 'object' || first === null) return { status: 'unavailable' };
  const { trans_status, tds_server_trans_id, challenge_canceled } = first as Partial<
    Record<string, unknown>
  >;
  if (challenge_canceled === true) return { status: 'refused' };
  if (trans_status === 'N' || trans_status === 'R' || trans_status === 'C') {
    return { status: 'refused' };
  }
  const isAuthenticated = trans_status === 'Y' || trans_status === 'A';
  if (!isAuthenticated || typeof tds_server_trans_id !== 'string') return { status: 'unavailable' };
  return { status: 'authenticated', transaction: tds_server_trans_id };
}

/**
 * The order as the script wants it. The card's number goes from its field into the script's own
 * argument, and is nowhere else.
 */
function orderFor(card: HTMLFormElement, order: ChallengeOrder): object {
  const { buyer, billing, amountCents, description } = order;
  const address = {
    country: 'BR',
    state: billing.uf,
    city: billing.city,
    zip_code: billing.zipCode.replace(/\D/g, ''),
    line_1: billing.line1,
  };
  const cardOfBuyer = {
    number: markedIn(card, 'number').replace(/\D/g, ''),
    holder_name: markedIn(card, 'holder_name'),
    exp_month: Number(markedIn(card, 'exp_month')),
    exp_year: Number(`20${markedIn(card, 'exp_year').slice(-2)}`),
    billing_address: address,
  };
  const { country_code, area_code, number } = phoneParts(buyer.phone);
  return {
    payments: [
      {
        payment_method: 'credit_card',
        credit_card: { card: cardOfBuyer },
        amount: amountCents,
      },
    ],
    customer: {
      name: buyer.name,
      email: buyer.email,
      document: buyer.cpf.replace(/\D/g, ''),
      phones: { mobile_phone: { country_code, area_code, number } },
    },
    items: [{ description, code: '1' }],
    shipping: { recipient_name: buyer.name, address },
    requestor_url: location.origin,
  };
}

function markedIn(card: HTMLFormElement, name: string): string {
  const field = card.querySelector<HTMLInputElement>(`[data-pagarmecheckout-element="${name}"]`);
  return field?.value.trim() ?? '';
}

function phoneParts(phone: string) {
  const digits = phone.replace(/\D/g, '').replace(/^55(?=\d{10,11}$)/, '');
  return { country_code: '55', area_code: digits.slice(0, 2), number: digits.slice(2) };
}
