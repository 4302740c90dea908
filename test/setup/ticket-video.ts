import { qrFigure } from '../../src/workers/documents/qr-figure.ts';

const side = 480;
const marginShare = 0.12;
const dark = 16;
const light = 235;
/** Grey: all of it is in the brightness. */
const noColour = 128;

/**
 * What a camera sees that a ticket is held up to, as a YUV4MPEG2 film: the only thing Chromium's fake
 * camera plays. It begins again at its end.
 */
export function ticketVideo(code: string, frames = 2): Buffer {
  const frame = Buffer.concat([
    Buffer.from('FRAME\n', 'latin1'),
    brightnessOf(code),
    Buffer.alloc((side * side) / 2, noColour),
  ]);
  const header = `YUV4MPEG2 W${side} H${side} F10:1 Ip A1:1 C420jpeg\n`;
  return Buffer.concat([Buffer.from(header, 'latin1'), ...Array(frames).fill(frame)]);
}

/** Paper with a code in the middle of it, whole pixels to a module. */
function brightnessOf(code: string): Buffer {
  const { size, runs } = qrFigure(code);
  const scale = Math.floor((side * (1 - 2 * marginShare)) / size);
  const from = Math.floor((side - size * scale) / 2);
  const pixels = Buffer.alloc(side * side, light);
  for (const { x, y, length } of runs) {
    for (let row = 0; row < scale; row += 1) {
      const start = (from + y * scale + row) * side + from + x * scale;
      pixels.fill(dark, start, start + length * scale);
    }
  }
  return pixels;
}
