import { isRecord } from '../json-fields.ts';
import { newId, type RandomBytes } from './chance.ts';
import { invalid } from './refusal.ts';
import { timeText } from './wire.ts';

/** How the bank of a card will answer. */
export type Verdict = 'approved' | 'refused' | 'slow' | 'slow_refused' | 'undone' | 'disputed';

/** A card as it is kept: its number and code are forgotten when the token is made. */
export interface CardToken {
  readonly id: string;
  readonly expiresAt: number;
  readonly verdict: Verdict;
  readonly card: {
    readonly first_six_digits: string;
    readonly last_four_digits: string;
    readonly holder_name: string;
    readonly exp_month: number;
    readonly exp_year: number;
    readonly brand: string;
  };
}

/** Tokens are used once, and soon. */
export const tokenMs = 60_000;

/** Numbers that the provider documents for tests of its gateway. */
const verdicts: Readonly<Record<string, Verdict>> = {
  '4000000000000010': 'approved',
  '4000000000000028': 'refused',
  '4000000000000036': 'slow',
  '4000000000000044': 'slow_refused',
  '4000000000000077': 'undone',
  '4000000000000093': 'disputed',
};

/**
 * Makes a token of `{type: 'card', card: {…}}`.
 *
 * @throws {ApiRefusal}
 */
export function tokenOf(body: unknown, now: number, random: RandomBytes): CardToken {
  const card = isRecord(body) && isRecord(body.card) ? body.card : {};
  const number = digitsIn(card.number);
  const code = digitsIn(card.cvv);
  const [month, year] = [Number(card.exp_month), fullYear(Number(card.exp_year))];
  const holder = typeof card.holder_name === 'string' ? card.holder_name.trim() : '';
  const errors = {
    ...wrong('number', hasLuhnDigit(number), 'The number field is not a valid card number'),
    ...wrong('holder_name', holder !== '', 'The holder_name field is required.'),
    ...wrong('exp_month', isMonth(month), 'The exp_month field must be from 1 to 12.'),
    ...wrong('exp_year', isAhead(month, year, now), 'Card expired.'),
    ...wrong('cvv', /^\d{3,4}$/.test(code), 'The cvv field must have 3 or 4 digits.'),
  };
  if (Object.keys(errors).length > 0) throw invalid(errors, {});
  return {
    id: newId('token', random),
    expiresAt: now + tokenMs,
    verdict: verdictOf(number, code),
    card: {
      first_six_digits: number.slice(0, 6),
      last_four_digits: number.slice(-4),
      holder_name: holder,
      exp_month: month,
      exp_year: year,
      brand: brandOf(number),
    },
  };
}

/** The answer to who made it. */
export function tokenAnswer({ id, expiresAt, card }: CardToken) {
  const created_at = timeText(expiresAt - tokenMs);
  return { id, type: 'card', created_at, expires_at: timeText(expiresAt), card };
}

/** Approved with 123 or any other code, refused with one that begins with 6. */
function verdictOf(number: string, code: string): Verdict {
  if (code.startsWith('6')) return 'refused';
  return verdicts[number] ?? 'approved';
}

function hasLuhnDigit(number: string): boolean {
  if (!/^\d{13,19}$/.test(number)) return false;
  const sum = [...number].reverse().reduce((total, digit, index) => {
    const doubled = Number(digit) * (index % 2 === 1 ? 2 : 1);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0;
}

function isMonth(month: number): boolean {
  return Number.isInteger(month) && month >= 1 && month <= 12;
}

/** A card is good until the end of its month. */
function isAhead(month: number, year: number, now: number): boolean {
  return isMonth(month) && Number.isInteger(year) && Date.UTC(year, month) > now;
}

function fullYear(year: number): number {
  return year < 100 ? 2000 + year : year;
}

function brandOf(number: string): string {
  if (number.startsWith('4')) return 'Visa';
  if (/^(5[1-5]|2[2-7])/.test(number)) return 'Mastercard';
  if (/^3[47]/.test(number)) return 'Amex';
  return 'Elo';
}

function digitsIn(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number'
    ? String(value).replace(/[\s-]/g, '')
    : '';
}

function wrong(field: string, isRight: boolean, message: string) {
  return isRight ? {} : { [`request.card.${field}`]: [message] };
}
