/**
 * What ends or begins a line anywhere, what no eye sees, and what turns the order of letters
 * around: none of it belongs into a value that somebody else typed.
 */
const UNFIT = /[\p{Cc}\p{Zl}\p{Zp}\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/gu;

/**
 * A text from outside as one short line, for headers, lists and lines of mails. Half a surrogate
 * pair becomes the sign for what cannot be read.
 */
export function oneLine(text: string, lengthMax = 150): string {
  const line = wellFormed(text).replace(UNFIT, ' ').replace(/\s+/g, ' ').trim();
  if (line.length <= lengthMax) return line;
  return `${wellFormed(line.slice(0, lengthMax - 1)).replace(/\ufffd$/, '')}…`;
}

/**
 * A person's name without what mail programs turn into links: whoever buys chooses the name and the
 * address, and must not be able to have us send advertising.
 */
export function personName(text: string): string {
  return oneLine(
    oneLine(text, 500)
      .replace(/[/:@\\<>]+/g, ' ')
      .replace(/\.(?=\S)/g, '. '),
    80,
  );
}

/** The first word of a name to greet with; empty when it is none. */
export function firstName(name: string): string {
  const [first = ''] = personName(name).split(' ');
  return /^[\p{L}\p{M}'’-]{1,40}$/u.test(first) ? first : '';
}

function wellFormed(text: string): string {
  return text.toWellFormed();
}
