import { oneLine } from './one-line.ts';

/** HTML that is safe to send: made by `html` alone. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Piece = Html | string | number | readonly Html[];

/** A template whose every value is made one line and escaped, unless it is HTML itself. */
export function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  const rest = pieces.map((piece, index) => `${markup(piece)}${strings[index + 1] ?? ''}`);
  return new Html(`${strings[0] ?? ''}${rest.join('')}`);
}

/** A text of several lines, one under the other. */
export function lines(text: string): Html {
  const all = text.split(/\r\n|\r|\n/).map((line) => escaped(oneLine(line, 2_000)));
  return new Html(all.join('<br>'));
}

function markup(piece: Piece): string {
  if (piece instanceof Html) return piece.text;
  if (typeof piece === 'object') return piece.map(({ text }) => text).join('');
  return escaped(oneLine(String(piece), 2_000));
}

/** For texts and for attributes in either kind of quotation marks. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
