import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const text = readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8');

interface Locked {
  readonly version?: string;
  readonly link?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
const packages: Readonly<Record<string, Locked>> = JSON.parse(text).packages;

it('the lockfile names every optional package, or "npm ci" refuses it: node scripts/lockfile.mjs', () => {
  const missing = Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) =>
        !(`node_modules/${name}` in packages || `${place}/node_modules/${name}` in packages),
    ),
  );
  expect(missing).toEqual([]);
});

it('the lockfile pins every package and names no registry', () => {
  expect(text).not.toMatch(/"resolved": "https?:/);
  for (const [place, { version, link }] of Object.entries(packages)) {
    if (place.startsWith('node_modules/') && !link) expect(version, place).toMatch(/^\d/);
  }
});
