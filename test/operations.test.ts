import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeVariables } from '../src/config.ts';
import { openTelemetry } from '../src/telemetry.ts';

// A runbook is read at night, by somebody who cannot ask: what it names must be there.

const root = path.join(import.meta.dirname, '..');
const directory = path.join(root, 'docs/operations');
const pages = readdirSync(directory).map((name) => {
  return [name, readFileSync(path.join(directory, name), 'utf8')] as const;
});
/** What a newcomer reads first. */
const entrances = ['README.md', 'ARCHITECTURE.md', 'CHANGELOG.md', 'client-sdk/README.md'].map(
  (name) => [name, readFileSync(path.join(root, name), 'utf8')] as const,
);
const rooms = ['', 'cluster', 'actors', 'store', 'workers/audit', 'workers/jobs'];
const sources = rooms.flatMap((room) => {
  const folder = path.join(root, 'src', room);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(path.join(folder, name), 'utf8'));
});

describe('Every runbook', () => {
  const metrics = openTelemetry('silent').metrics();

  test.each(pages)('%s names metrics that exist', async (_name, text) => {
    const known = new Set([...(await metrics).matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name));
    for (const [name] of text.matchAll(/\bingressou_[a-z_]+/g)) expect(known).toContain(name);
  });

  test.each([...pages, ...entrances])('%s names commands that exist', (_name, text) => {
    const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    for (const [, name] of text.matchAll(/npm run (?:-s )?([a-z:]+)/g)) {
      expect(Object.keys(scripts)).toContain(name);
    }
  });

  test.each(pages)('%s quotes lines that are logged', (_name, text) => {
    for (const [, line = ''] of text.matchAll(/`"(?:could not )?([^"…]+)…?"`/g)) {
      expect(sources.filter((source) => source.includes(line)).length, line).toBeGreaterThan(0);
    }
  });

  test.each(pages)('%s names variables that are read', (_name, text) => {
    const compose = readFileSync(path.join(root, 'docker-compose.yml'), 'utf8');
    for (const [, name] of text.matchAll(/\b([A-Z]+(?:_[A-Z]+)+)(?==|`)/g)) {
      const isKnown = describeVariables().includes(`  ${name} `) || compose.includes(`\${${name}:`);
      if (!name?.startsWith('NAME_')) expect(isKnown, name).toBe(true);
    }
  });

  test.each(pages)('%s leads only to pages that exist', (_name, text) => {
    for (const [, target = ''] of text.matchAll(/\]\(([^)]+)\)/g)) {
      expect(() => readFileSync(path.join(directory, target)), target).not.toThrow();
    }
  });

  test.each(pages.filter(([name]) => !['README.md', 'deployment.md'].includes(name)))(
    '%s says what is seen, what people notice, what to do and when it is over',
    (name, text) => {
      expect([...text.matchAll(/^## (.+)$/gm)].map(([, title]) => title)).toEqual([
        'What is seen',
        'What people notice',
        'What to do',
        'It is over when',
      ]);
      expect(pages.find(([page]) => page === 'README.md')?.[1]).toContain(`(${name})`);
    },
  );
});
