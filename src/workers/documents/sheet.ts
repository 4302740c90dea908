import type PDFDocument from 'pdfkit';
import { winAnsi } from './win-ansi.ts';

type Pdf = InstanceType<typeof PDFDocument>;
type Struct = ReturnType<Pdf['struct']>;

/** Where a text stands, in points from the upper left corner, and how it looks. */
export interface Look {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly size: number;
  readonly isBold?: boolean;
  readonly color?: string;
  readonly align?: 'left' | 'center' | 'right';
  /** What does not fit into so many lines ends in an ellipsis. */
  readonly linesMax?: number;
}

const lineHeight = 1.2;

/**
 * A page that is drawn for eyes and told for ears: what carries meaning is a tagged element, in the
 * order it is read, and the rest is decoration.
 */
export class Sheet {
  readonly #pdf: Pdf;
  readonly #section: Struct;

  constructor(pdf: Pdf, parent: Struct) {
    this.#pdf = pdf;
    this.#section = pdf.struct('Sect');
    parent.add(this.#section);
  }

  /** Returns where the next thing below it may begin. */
  text(type: 'H1' | 'H2' | 'P', text: string, look: Look): number {
    const shown = winAnsi(text);
    const { x, y, width, size, isBold = false, color = '#1b1d26', align = 'left' } = look;
    // The last line fits by a hair, and sums of fractions are off by less than one.
    const height = size * lineHeight * (look.linesMax ?? 1) + 0.5;
    const font = isBold ? 'Helvetica-Bold' : 'Helvetica';
    const options = { width, height, align, ellipsis: '…', lineGap: size * (lineHeight - 1.156) };
    const draw = (): void => {
      this.#pdf.font(font).fontSize(size).fillColor(color).text(shown, x, y, options);
    };
    // Ears get the text as it was typed, even when the font cannot show it.
    const struct = this.#pdf.struct(type, shown === text ? {} : { actual: text }, draw);
    this.#section.add(struct);
    return Math.max(this.#pdf.y, y + size * lineHeight);
  }

  /** A picture with the words that stand for it. */
  figure(alt: string, box: readonly [number, number, number, number], draw: (pdf: Pdf) => void) {
    const [left, top, right, bottom] = box;
    const options = { alt, bbox: [left, top, right, bottom] as [number, number, number, number] };
    this.#section.add(this.#pdf.struct('Figure', options, () => draw(this.#pdf)));
  }

  decoration(draw: (pdf: Pdf) => void): void {
    this.#pdf.markContent('Artifact', { type: 'Layout' });
    draw(this.#pdf);
    this.#pdf.endMarkedContent();
  }

  end(): void {
    this.#section.end();
  }
}
