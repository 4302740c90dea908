import type { BillingAddress } from '@ingressou/client-sdk';
import type { CardFlawName, FlawName } from './buyer-form.ts';
import { digitsOf } from './cpf.ts';

export const emptyBilling: BillingAddress = { line1: '', zipCode: '', city: '', uf: '' };

/** "70000-000" from as much of it as was typed. */
export function zipCodeAsTyped(text: string): string {
  const digits = digitsOf(text, 8);
  return digits.length > 5 ? `${digits.slice(0, 5)}-${digits.slice(5)}` : digits;
}

export function ufAsTyped(text: string): string {
  return text
    .replace(/[^a-z]/gi, '')
    .slice(0, 2)
    .toUpperCase();
}

const checks: Readonly<Record<keyof BillingAddress, readonly [RegExp, CardFlawName]>> = {
  zipCode: [/^\d{5}-?\d{3}$/, 'zipCode'],
  line1: [/\S.*\S/, 'address'],
  city: [/\S.*\S/, 'city'],
  uf: [/^[A-Z]{2}$/, 'uf'],
};

export function billingFlaws(billing: BillingAddress): (readonly [string, FlawName])[] {
  return Object.entries(checks).flatMap(([field, [pattern, flaw]]) => {
    const isGood = pattern.test(billing[field as keyof BillingAddress]);
    return isGood ? [] : [[`/card/billing/${field}`, flaw] as const];
  });
}
