/**
 * Whether a text holds a payment card's number (ISO/IEC 7812): 13 to 19 digits in one piece or in
 * the groups that cards print, with a brand's beginning and a good check digit. Our own numbers are
 * spared: phones have 13 digits, company ids 14 and times 13, and one in ten passes the check digit.
 */
export function hasCardNumber(text: string): boolean {
  for (const [digits] of text.matchAll(PIECE)) if (isCardNumber(digits)) return true;
  for (const [grouped] of text.matchAll(GROUPS)) {
    if (isCardNumber(grouped.replace(/\D/g, ''))) return true;
  }
  return false;
}

const PIECE = /(?<![\w.])\d{13,19}(?![\w])/g;
/** 4-4-4-4 and longer, 4-6-5 and 4-6-4; never inside a UUID. */
const GROUPS = /(?<![\w-])\d{4}([ .-])(?:\d{4}\1\d{4}\1\d{1,7}|\d{6}\1\d{4,5})(?![\w-])/g;

/** How the numbers of each length begin; from 16 on every brand that is in use. */
const beginnings: Readonly<Record<number, RegExp>> = {
  13: /^4/,
  14: /^3(?:0[0-5]|[689])/,
  15: /^(?:3[47]|2131|1800)/,
};

function isCardNumber(digits: string): boolean {
  return (beginnings[digits.length] ?? /^[2-6]/).test(digits) && hasGoodCheckDigit(digits);
}

/** Luhn: every second digit from the right is doubled, and the digits of all sum up to tens. */
function hasGoodCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const weighed = index % 2 === 0 ? digit : digit * 2;
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return sum % 10 === 0;
}
