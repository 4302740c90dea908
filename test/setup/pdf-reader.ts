import { inflateSync } from 'node:zlib';

/** A filled rectangle of a page, in the page's own units. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What a page draws, as its operators: enough of PDF to read our own. */
export function contentOf(pdf: Uint8Array): string[] {
  const text = Buffer.from(pdf).toString('latin1');
  return [...text.matchAll(/\/Filter \/FlateDecode\n>>\nstream\n/g)].map((match) => {
    return inflateSync(pdf.subarray((match.index ?? 0) + match[0].length)).toString('latin1');
  });
}

export function rectanglesIn(content: string): Rectangle[] {
  return [...content.matchAll(/^(\S+) (\S+) (\S+) (\S+) re$/gm)].map(([, ...numbers]) => {
    const [x = 0, y = 0, width = 0, height = 0] = numbers.map(Number);
    return { x, y, width, height };
  });
}

/** Every text that is shown, whatever the distances between its pieces. */
export function textsIn(content: string): string[] {
  return [...content.matchAll(/^\[(.*)\] TJ$/gm)].map(([, pieces = '']) => {
    return [...pieces.matchAll(/<([0-9a-f]*)>/g)]
      .map(([, hex = '']) => Buffer.from(hex, 'hex').toString('latin1'))
      .join('');
  });
}

/** A string of a dictionary, whichever of the two ways it is written in. */
export function pdfStrings(pdf: Uint8Array, name: string): string[] {
  const text = Buffer.from(pdf).toString('latin1');
  const pattern = new RegExp(`/${name} \\(((?:[^()\\\\]|\\\\[\\s\\S])*)\\)`, 'g');
  return [...text.matchAll(pattern)].map(([, raw = '']) => {
    const bytes = Buffer.from(unescaped(raw), 'latin1');
    if (bytes[0] !== 0xfe || bytes[1] !== 0xff) return bytes.toString('latin1');
    return bytes.subarray(2).swap16().toString('utf16le');
  });
}

function unescaped(raw: string): string {
  const letters: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };
  return raw.replace(/\\([\s\S])/g, (_, letter: string) => letters[letter] ?? letter);
}
