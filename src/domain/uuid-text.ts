/** Words of 32 bits that a UUID has. */
export const uuidWords = 4;

/** An id in words. */
export interface IdWords {
  readonly words: Uint32Array;
  /** Or the fingerprint of another text. */
  readonly isUuid: boolean;
}

/**
 * The words of an id. A UUID in its only spelling, which is lower case, is read; any other text
 * becomes a UUID of version 8, its fingerprint. Nobody who could gain by it chooses such texts
 * (they name the provider's charges), and by chance two of a billion of them are taken for one
 * once in a billion billion times. What is given is overwritten two ids later.
 */
export function wordsOf(text: string): IdWords {
  if (newest.text === text) return newest;
  const older = second;
  second = newest;
  newest = older;
  if (newest.text !== text) read(newest, text);
  return newest;
}

/** The UUID of the four words at `at`. */
export function writeUuid<Id extends string>(words: Uint32Array, at: number): Id {
  for (let digit = 0; digit < digitPlaces.length; digit += 1) {
    const word = words[at + (digit >> 3)]!;
    codes[digitPlaces[digit]!] = digitCodes[(word >>> (28 - 4 * (digit & 7))) & 0xf]!;
  }
  return String.fromCharCode(...codes) as Id;
}

const uuidLength = 36;
const hyphen = 0x2d;
const hyphenPlaces = [8, 13, 18, 23];
const digitPlaces = Array.from({ length: uuidLength }, (_, place) => place).filter(
  (place) => !hyphenPlaces.includes(place),
);

/** The text that is being written: its hyphens stay. */
const codes = new Array<number>(uuidLength).fill(hyphen);
const digitCodes = Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

/** What a UTF-16 unit is worth as a digit. One entry for each, so that none is out of bounds. */
const digitValues = new Uint8Array(0x1_0000);
const noDigit = 0x10;
digitValues.fill(noDigit);
for (const [value, code] of digitCodes.entries()) digitValues[code] = value;

/**
 * The ids that were asked for last: rules and facts ask for the same hold and the same buyer
 * several times in a row.
 */
let newest = nothingRead();
let second = nothingRead();

interface ReadId extends IdWords {
  text: string | undefined;
  isUuid: boolean;
}

function nothingRead(): ReadId {
  return { text: undefined, words: new Uint32Array(uuidWords), isUuid: false };
}

function read(id: ReadId, text: string): void {
  id.text = text;
  id.isUuid = readUuid(text, id.words);
  if (!id.isUuid) writeFingerprint(text, id.words);
}

function readUuid(text: string, words: Uint32Array): boolean {
  if (text.length !== uuidLength || !hasHyphens(text)) return false;
  strangeness = 0;
  words[0] = (fourDigits(text, 0) << 16) | fourDigits(text, 4);
  words[1] = (fourDigits(text, 9) << 16) | fourDigits(text, 14);
  words[2] = (fourDigits(text, 19) << 16) | fourDigits(text, 24);
  words[3] = (fourDigits(text, 28) << 16) | fourDigits(text, 32);
  return strangeness < noDigit;
}

/** All digits that were read, joined by "or". */
let strangeness = 0;

function fourDigits(text: string, at: number): number {
  const a = digitValues[text.charCodeAt(at)]!;
  const b = digitValues[text.charCodeAt(at + 1)]!;
  const c = digitValues[text.charCodeAt(at + 2)]!;
  const d = digitValues[text.charCodeAt(at + 3)]!;
  strangeness |= a | b | c | d;
  return (a << 12) | (b << 8) | (c << 4) | d;
}

function hasHyphens(text: string): boolean {
  return (
    text.charCodeAt(8) === hyphen &&
    text.charCodeAt(13) === hyphen &&
    text.charCodeAt(18) === hyphen &&
    text.charCodeAt(23) === hyphen
  );
}

/** Four lanes of multiply-xor, each with a multiplier of its own, and the version in its place. */
function writeFingerprint(text: string, words: Uint32Array): void {
  let [a, b, c, d] = [0x9368e53c, 0x586dcd20, 0x1ce4e5b9, 0x2127599b];
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    a = Math.imul(a ^ unit ^ (b >>> 15), 0x85ebca6b);
    b = Math.imul(b ^ unit ^ (c >>> 13), 0xc2b2ae35);
    c = Math.imul(c ^ unit ^ (d >>> 16), 0x9e3779b1);
    d = Math.imul(d ^ unit ^ (a >>> 14), 0x27d4eb2f);
  }
  words[0] = a ^ (d >>> 15);
  words[1] = ((b ^ (a >>> 13)) & 0xffff_0fff) | 0x8000;
  words[2] = c ^ (b >>> 16);
  words[3] = d ^ (c >>> 14);
}
