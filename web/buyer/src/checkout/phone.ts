import { digitsOf } from './cpf.ts';

/** "(11) 98765-4321" from as much of it as was typed; a foreign number stays as it is. */
export function phoneAsTyped(text: string): string {
  if (text.trimStart().startsWith('+')) return text.replace(/[^\d+ ()-]/g, '').slice(0, 24);
  const digits = digitsOf(text, 11);
  if (digits.length <= 2) return digits;
  const [area, number] = [digits.slice(0, 2), digits.slice(2)];
  const dash = number.length > 8 ? 5 : 4;
  const halves = [number.slice(0, dash), number.slice(dash)].filter((half) => half !== '');
  return `(${area}) ${halves.join('-')}`;
}

/** A Brazilian number with its area code, or a foreign one with `+` and its country's. */
export function isPhone(text: string): boolean {
  const digits = text.replace(/\D/g, '');
  if (!text.trim().startsWith('+')) return isBrazilian(digits);
  if (digits.startsWith('55')) return isBrazilian(digits.slice(2));
  return /^[1-9]\d{7,14}$/.test(digits);
}

/** Anatel: area codes have no zero, mobile numbers nine digits with a 9, others eight. */
function isBrazilian(digits: string): boolean {
  return /^[1-9][1-9](?:9\d{8}|[2-5]\d{7})$/.test(digits);
}
