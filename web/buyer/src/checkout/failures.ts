import { RequestError } from '@ingressou/client-sdk';
import { refusalTexts } from '../checkout-texts.ts';
import type { Explanation } from '../explanations.ts';
import type { FlawName, Flaws } from './buyer-form.ts';
import { ChallengeRefusedError } from './card-desk.ts';
import { CardDataError } from './card-tokenizer.ts';
import { ScriptMissingError } from './provider-script.ts';

const held = 'Seus ingressos continuam reservados.';

/** What went wrong on the way to an order, and what the buyer can do. Nothing was charged. */
export function failureTexts(error: unknown): Explanation {
  if (error instanceof ChallengeRefusedError) return refusalTexts.challenge_failed;
  if (error instanceof CardDataError) {
    return {
      what: 'O meio de pagamento não aceitou os dados do cartão.',
      advice: 'Confira os campos do cartão e tente de novo, ou pague com PIX.',
    };
  }
  if (error instanceof ScriptMissingError) {
    return {
      what: 'Não conseguimos falar com o meio de pagamento.',
      advice: `Nada foi cobrado. Confira a sua conexão, desligue bloqueadores nesta página ou pague com PIX. ${held}`,
    };
  }
  if (error instanceof RequestError) return requestTexts(error);
  return { what: 'Algo deu errado do nosso lado.', advice: `${held} Tente de novo em instantes.` };
}

function requestTexts({ status, code }: RequestError): Explanation {
  if (status === 0) {
    return {
      what: 'Não conseguimos falar com o servidor.',
      advice: `Confira a sua conexão e tente de novo. ${held}`,
    };
  }
  if (status === 401) {
    return {
      what: 'A sua sessão terminou.',
      advice: `Recarregue a página e entre de novo. ${held}`,
    };
  }
  if (status === 429) {
    return { what: 'Foram tentativas demais em pouco tempo.', advice: `Espere um minuto. ${held}` };
  }
  if (code === 'card_data_refused') {
    return {
      what: 'Há um número de cartão num campo que não é do cartão.',
      advice: 'Apague-o: números de cartão só entram nos campos do cartão.',
    };
  }
  return { what: 'Algo deu errado do nosso lado.', advice: `${held} Tente de novo em instantes.` };
}

const flawNames: readonly (readonly [RegExp, FlawName])[] = [
  [/^\/buyer\/name$/, 'name'],
  [/^\/buyer\/email$/, 'email'],
  [/^\/buyer\/cpf$/, 'cpf'],
  [/^\/buyer\/phone$/, 'phone'],
  [/^\/holders\/\d+\/name$/, 'name'],
  [/^\/card\/billing\/line1$/, 'address'],
  [/^\/card\/billing\/zipCode$/, 'zipCode'],
  [/^\/card\/billing\/city$/, 'city'],
  [/^\/card\/billing\/uf$/, 'uf'],
];

/** The fields that the server or the provider does not accept, as far as the page has them. */
export function flawsIn(error: unknown): Flaws {
  if (error instanceof CardDataError) {
    return new Map(error.fields.map((field) => [`/card/${field}`, field]));
  }
  const flaws = new Map<string, FlawName>();
  for (const { pointer } of error instanceof RequestError ? error.errors : []) {
    const named = flawNames.find(([pattern]) => pattern.test(pointer));
    if (named !== undefined) flaws.set(pointer, named[1]);
  }
  return flaws;
}
