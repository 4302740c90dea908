import type { Flaw, OrderDetailsRequest } from '@ingressou/protocol/requests';
import { cpf as cpfRules } from 'cpf-cnpj-validator';
import type { OrderDetails } from '../ports/order-details.ts';
import type { CardPayment } from '../ports/payments.ts';

// What people type into forms, tidied up so that the same person writes the same way, or refused
// with the field that is wrong. Never with what was in it.

/** Payment and mail providers cut off what is longer. */
const nameLettersMax = 64;
const emailLettersMax = 64;

export type TidyDetails =
  | { readonly isGood: true; readonly details: OrderDetails }
  | { readonly isGood: false; readonly flaws: readonly Flaw[] };

/** The details of an order as they are kept; or every field that cannot be. */
export function tidied({ buyer, holders, card }: OrderDetailsRequest): TidyDetails {
  const flaws: Flaw[] = [];
  const field = (pointer: string, value: string | undefined, detail: string): string => {
    if (value === undefined) flaws.push({ pointer, detail });
    return value ?? '';
  };
  const details: OrderDetails = {
    buyer: {
      name: field('#/buyer/name', nameOf(buyer.name), 'is not a name'),
      email: field('#/buyer/email', emailOf(buyer.email), 'is not an e-mail address'),
      cpf: field('#/buyer/cpf', cpfOf(buyer.cpf), 'is not a CPF'),
      phone: field('#/buyer/phone', phoneOf(buyer.phone), 'is not a phone number'),
    },
    holders: holders.map(({ name }, index) => ({
      name: field(`#/holders/${index}/name`, nameOf(name), 'is not a name'),
    })),
    ...(card && { card: cardOf(card, field) }),
  };
  return flaws.length === 0 ? { isGood: true, details } : { isGood: false, flaws };
}

type Field = (pointer: string, value: string | undefined, detail: string) => string;

function cardOf({ billing, ...card }: CardPayment, field: Field): CardPayment {
  const line1 = field('#/card/billing/line1', lineOf(billing.line1), 'is not an address');
  const city = field('#/card/billing/city', lineOf(billing.city), 'is not a city');
  const zipCode = billing.zipCode.replace('-', '');
  return { ...card, billing: { ...billing, line1, city, zipCode } };
}

/** At least two letters of any script in 64; nothing that is not seen, and no line breaks. */
export function nameOf(text: string): string | undefined {
  const name = lineOf(text);
  if (name === undefined || name.length > nameLettersMax) return undefined;
  return (name.match(/\p{L}/gu)?.length ?? 0) >= 2 ? name : undefined;
}

/** One part before the sign and a domain with a dot behind it, in ASCII as mail servers take it. */
export function emailOf(text: string): string | undefined {
  const email = text.trim();
  if (email.length > emailLettersMax) return undefined;
  const parts = /^([\w.!#$%&'*+/=?^`{|}~-]+)@((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,})$/i;
  const [, local = '', domain = ''] = parts.exec(email) ?? [];
  if (local === '' || /^\.|\.\.|\.$/.test(local)) return undefined;
  return `${local}@${domain.toLowerCase()}`;
}

/** Eleven digits whose last two check the others (Receita Federal). */
export function cpfOf(text: string): string | undefined {
  if (!/^[\d.\s-]+$/.test(text)) return undefined;
  const digits = text.replace(/\D/g, '');
  return digits.length === 11 && cpfRules.isValid(digits) ? digits : undefined;
}

/** With country and area code, digits only (E.164). Without a country it is Brazilian. */
export function phoneOf(text: string): string | undefined {
  const phone = text.trim();
  if (!/^\+?[\d\s().-]+$/.test(phone)) return undefined;
  const digits = phone.replace(/\D/g, '');
  if (phone.startsWith('+') && !digits.startsWith('55')) {
    return /^[1-9]\d{7,14}$/.test(digits) ? digits : undefined;
  }
  const national = digits.replace(/^0/, '').replace(/^55(?=\d{10,11}$)/, '');
  // Anatel: area codes have no zero, mobile numbers nine digits with a 9, others eight.
  return /^[1-9][1-9](?:9\d{8}|[2-5]\d{7})$/.test(national) ? `55${national}` : undefined;
}

/** One line: composed letters (NFC), single spaces, nothing that is not seen. */
function lineOf(text: string): string | undefined {
  const line = text
    .normalize('NFC')
    .replace(/[ \t\u00a0]+/g, ' ')
    .trim();
  return line === '' || /[\p{C}\p{Zl}\p{Zp}]/u.test(line) ? undefined : line;
}
