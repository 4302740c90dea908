import type { Plugin } from 'vite';
import { encodePng } from './png.ts';

/**
 * The icons a phone installs the app with: a ticket, ticked. Drawn here, because three pictures of
 * one drawing would not stay the same for long.
 */
export function icons(): Plugin {
  const wanted = [
    { fileName: 'icons/icon-192.png', size: 192, scale: 0.86 },
    { fileName: 'icons/icon-512.png', size: 512, scale: 0.86 },
    // Launchers cut up to a fifth off each edge of a maskable icon.
    { fileName: 'icons/maskable-512.png', size: 512, scale: 0.62 },
  ];
  return {
    name: 'scanner-icons',
    generateBundle() {
      for (const { fileName, size, scale } of wanted) {
        const source = encodePng(size, (x, y) => smoothed(x / size, y / size, 1 / size, scale));
        this.emitFile({ type: 'asset', fileName, source });
      }
    },
  };
}

type Colour = readonly [red: number, green: number, blue: number];

const ground: Colour = [11, 13, 18];
const paper: Colour = [255, 255, 255];
const tick: Colour = [0, 122, 61];
const samples = [1 / 4, 3 / 4];

/** The mean of four samples: edges without steps. */
function smoothed(x: number, y: number, step: number, scale: number): Colour {
  const colours = samples.flatMap((dx) =>
    samples.map((dy) => colourAt((x + dx * step - 0.5) / scale, (y + dy * step - 0.5) / scale)),
  );
  const mean = (part: 0 | 1 | 2) =>
    Math.round(colours.reduce((sum, colour) => sum + colour[part], 0) / colours.length);
  return [mean(0), mean(1), mean(2)];
}

/** In a square from −0.5 to 0.5. */
function colourAt(x: number, y: number): Colour {
  if (!isTicket(x, y)) return ground;
  const isTick =
    isNear(x, y, [-0.17, 0.01], [-0.04, 0.14]) || isNear(x, y, [-0.04, 0.14], [0.2, -0.13]);
  return isTick ? tick : paper;
}

function isTicket(x: number, y: number): boolean {
  const isInside = Math.abs(x) <= 0.46 && Math.abs(y) <= 0.3;
  const isNotch = Math.hypot(Math.abs(x) - 0.46, y) < 0.08;
  return isInside && !isNotch;
}

type Point = readonly [x: number, y: number];

/** Within half a stroke of the line between two points. */
function isNear(x: number, y: number, [ax, ay]: Point, [bx, by]: Point): boolean {
  const [dx, dy] = [bx - ax, by - ay];
  const along = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy);
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(x - ax - t * dx, y - ay - t * dy) < 0.042;
}
