/**
 * Base45 (RFC 9285): text of the 45 characters that a QR code packs most tightly, in its
 * alphanumeric mode. Two bytes are three characters, a byte alone is two.
 */
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';

const noDigit = 255;
const digits = new Uint8Array(128).fill(noDigit);
for (let digit = 0; digit < alphabet.length; digit += 1) digits[alphabet.charCodeAt(digit)] = digit;

/** How many characters so many bytes become. */
export function base45Length(bytes: number): number {
  return Math.floor(bytes / 2) * 3 + (bytes % 2) * 2;
}

export function encodeBase45(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    text += charactersOf(bytes[at]! * 256 + bytes[at + 1]!, 3);
  }
  return bytes.length % 2 === 0 ? text : text + charactersOf(bytes.at(-1)!, 2);
}

/**
 * The bytes that this text, and no other, stands for; undefined when it is not Base45. Nothing is
 * trimmed and no small letter is taken for a large one, so bytes have one spelling.
 */
export function decodeBase45(text: string): Uint8Array | undefined {
  const rest = text.length % 3;
  if (rest === 1) return undefined;
  const bytes = new Uint8Array(Math.floor(text.length / 3) * 2 + (rest === 2 ? 1 : 0));
  let at = 0;
  for (let from = 0; from + 2 < text.length; from += 3) {
    const value = numberAt(text, from, 3);
    if (value > 0xffff) return undefined;
    bytes[at] = value >> 8;
    bytes[at + 1] = value & 0xff;
    at += 2;
  }
  if (rest === 0) return bytes;
  const last = numberAt(text, text.length - 2, 2);
  if (last > 0xff) return undefined;
  bytes[at] = last;
  return bytes;
}

/** The least digit comes first. */
function charactersOf(value: number, length: number): string {
  let text = '';
  for (let left = value; text.length < length; left = Math.floor(left / 45)) {
    text += alphabet[left % 45];
  }
  return text;
}

/** Beyond every value that may stand here when a character is none of the 45. */
function numberAt(text: string, from: number, length: number): number {
  let value = 0;
  for (let at = from + length - 1; at >= from; at -= 1) {
    const digit = digits[text.charCodeAt(at)] ?? noDigit;
    if (digit === noDigit) return Number.POSITIVE_INFINITY;
    value = value * 45 + digit;
  }
  return value;
}
