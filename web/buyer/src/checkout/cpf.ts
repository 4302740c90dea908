import { cpf } from 'cpf-cnpj-validator';

/** "529.982.247-25" from as much of it as was typed. */
export function cpfAsTyped(text: string): string {
  const digits = digitsOf(text, 11);
  const parts = [digits.slice(0, 3), digits.slice(3, 6), digits.slice(6, 9)];
  const dotted = parts.filter((part) => part !== '').join('.');
  return digits.length > 9 ? `${dotted}-${digits.slice(9)}` : dotted;
}

/** Whether all eleven digits are there and the last two check the others. */
export function isCpf(text: string): boolean {
  const digits = digitsOf(text, 12);
  return digits.length === 11 && cpf.isValid(digits);
}

/** All digits are there, and they cannot be right: worth a word while still typing. */
export function isWrongCpf(text: string): boolean {
  return digitsOf(text, 12).length >= 11 && !isCpf(text);
}

export function digitsOf(text: string, max: number): string {
  return text.replace(/\D/g, '').slice(0, max);
}
