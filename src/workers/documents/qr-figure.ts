import { encode } from 'uqr';

/** Light modules around the code; readers want four. */
export const quietModules = 4;

/** A run of dark modules in one row, in modules from the upper left corner of the code. */
export interface Run {
  readonly x: number;
  readonly y: number;
  readonly length: number;
}

export interface QrFigure {
  /** Of the code with the quiet zone on both sides, in modules. */
  readonly size: number;
  readonly runs: readonly Run[];
}

/** A QR code with error correction M: what a phone's screen and a folded page need. */
export function qrFigure(content: string): QrFigure {
  const { data } = encode(content, { ecc: 'M', border: 0 });
  return { size: data.length + 2 * quietModules, runs: data.flatMap(runsIn) };
}

function runsIn(row: readonly boolean[], y: number): Run[] {
  const runs: Run[] = [];
  for (let x = 0; x < row.length; x += 1) {
    if (row[x] !== true) continue;
    const begin = x;
    while (row[x + 1] === true) x += 1;
    runs.push({ x: begin + quietModules, y: y + quietModules, length: x + 1 - begin });
  }
  return runs;
}
