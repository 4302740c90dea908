import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, test } from 'vitest';

// The house rules, in the house's words.

/** Who may enter whom. A room that is not on the right may not be entered from the left. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  'client-sdk': ['protocol'],
  web: ['client-sdk', 'protocol'],
  domain: ['protocol'],
  ports: ['protocol', 'domain'],
  actors: ['protocol', 'domain', 'ports'],
  store: ['protocol', 'domain', 'ports'],
  cluster: ['protocol', 'domain', 'ports'],
  transport: ['protocol', 'domain', 'ports'],
  payments: ['protocol', 'domain', 'ports'],
  workers: ['protocol', 'domain', 'ports'],
};

/** Each of these clients of the outside world has one room, and there one file if it is named. */
const homes: Readonly<Record<string, string>> = {
  pg: 'src/store/',
  '@electric-sql/pglite': 'src/store/pglite.ts',
  nats: 'src/cluster/nats-bus.ts',
  ioredis: 'src/store/redis.ts',
  'uWebSockets.js': 'src/transport/uws.ts',
  'rabbitmq-client': 'src/workers/',
  undici: 'src/',
  cockatiel: 'src/payments/',
  nodemailer: 'src/workers/',
  pdfkit: 'src/workers/',
  aws4fetch: 'src/store/',
  '@noble/ed25519': 'protocol/src/',
  jose: 'src/transport/access-tokens.ts',
  pino: 'src/telemetry.ts',
  'prom-client': 'src/telemetry.ts',
  envalid: 'src/config.ts',
  msgpackr: 'protocol/src/',
  typebox: 'protocol/src/',
  preact: 'web/',
};

/** The core is deterministic: these would let the outside world in. */
const bannedInDomain = [
  /\bDate\b/,
  /\bMath\.random\b/,
  /\bprocess\b/,
  /\basync\b/,
  /\bawait\b/,
  /\bPromise\b/,
  /\bsetTimeout\b/,
  /\bcrypto\b/,
  /from 'node:/,
];

interface Source {
  readonly file: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const root = path.join(import.meta.dirname, '..');
const sources = ['src', 'protocol/src', 'client-sdk/src', 'web', 'bench/src', 'scripts'].flatMap(
  (directory) => sourcesIn(directory),
);
const production = sources.filter(({ file }) => !file.endsWith('.test.ts'));

describe('a source file', () => {
  test.each(production)('$file enters only the rooms it may', ({ file, imports }) => {
    const room = roomOf(file);
    const allowed = room === undefined ? undefined : mayImport[room];
    if (allowed === undefined) return;
    for (const specifier of imports) {
      const target = roomOfImport(file, specifier);
      if (target === undefined || target === room) continue;
      expect(allowed, `${file} imports ${specifier}`).toContain(target);
    }
  });

  // Scripts are the operator's own programs: they may hold the tools they need.
  const rooms = production.filter(({ file }) => !file.startsWith('scripts/'));

  test.each(rooms)('$file leaves infrastructure to its one room', ({ file, imports }) => {
    for (const specifier of imports) {
      const name = packageOf(specifier);
      const home = homes[name];
      if (home !== undefined) expect(file.startsWith(home), `${file} imports ${name}`).toBe(true);
    }
  });

  const serverFiles = production.filter(({ file }) => file.startsWith('src/'));

  test.each(serverFiles)('$file reads no environment, unless it is config.ts', ({ file, text }) => {
    if (file !== 'src/config.ts') expect(text).not.toMatch(/\bprocess\.env\b/);
  });

  test.each(serverFiles)('$file is no barrel', ({ text }) => {
    expect(text).not.toMatch(/^export \* from/m);
  });
});

describe('the domain', () => {
  const domain = production.filter(({ file }) => file.startsWith('src/domain/'));

  test.each(domain)('$file is pure, synchronous and deterministic', ({ text }) => {
    const code = withoutComments(text);
    for (const banned of bannedInDomain) expect(code).not.toMatch(banned);
  });

  test.each(domain)('$file imports nothing but protocol and itself', ({ imports }) => {
    for (const specifier of imports) {
      expect(specifier).toMatch(/^(\.\/|@ingressou\/protocol(\/admission|\/ticket)?$)/);
    }
  });
});

describe('the house', () => {
  it('has no cycle of imports', () => {
    expect(cycles(production)).toEqual([]);
  });

  it('names concrete adapters in node.ts alone', () => {
    const others = production.filter(
      ({ file }) => file.startsWith('src/') && !['src/node.ts', 'src/main.ts'].includes(file),
    );
    for (const { file, imports } of others) {
      expect(
        imports.filter((name) => /\/(node|main)\.ts$/.test(name)),
        file,
      ).toEqual([]);
    }
  });

  it('lists no room that does not exist', () => {
    const rooms = new Set(sources.map(({ file }) => roomOf(file)));
    for (const room of Object.keys(mayImport)) expect(rooms).toContain(room);
  });

  it('would notice: a rule is broken in a made-up file', () => {
    const file = 'src/domain/bad.ts';
    expect(roomOfImport(file, '../store/journal.ts')).toBe('store');
    expect(roomOfImport(file, '@ingressou/client-sdk')).toBe('client-sdk');
    const a = { file: 'src/x/a.ts', text: '', imports: ['./b.ts'] };
    const b = { file: 'src/x/b.ts', text: '', imports: ['./a.ts'] };
    expect(cycles([a, b])).toEqual(['src/x/a.ts → src/x/b.ts → src/x/a.ts']);
  });
});

/** The room a file is in: a folder of `src`, or a package. Files on top of `src` are in none. */
function roomOf(file: string): string | undefined {
  const [top = '', ...rest] = file.split('/');
  if (top !== 'src') return top;
  return rest.length > 1 ? rest[0] : undefined;
}

function roomOfImport(file: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return roomOf(resolved(file, specifier));
  const [, name] = /^@ingressou\/([a-z-]+)/.exec(specifier) ?? [];
  return name;
}

function resolved(file: string, specifier: string): string {
  return path.posix.join(path.posix.dirname(file), specifier);
}

function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
}

/** Types count: a circle of types is a circle of thought. */
function cycles(files: readonly Source[]): string[] {
  const graph = new Map(files.map(({ file, imports }) => [file, relative(file, imports)]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, trail: readonly string[]): void => {
    const seenAt = trail.indexOf(file);
    if (seenAt >= 0) found.push([...trail.slice(seenAt), file].join(' → '));
    if (seenAt >= 0 || done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...trail, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return found;
}

function relative(file: string, imports: readonly string[]): string[] {
  return imports.filter((name) => name.startsWith('.')).map((name) => resolved(file, name));
}

function sourcesIn(directory: string): Source[] {
  return readdirSync(path.join(root, directory), { recursive: true, encoding: 'utf8' })
    .map((name) => path.posix.join(directory, name.split(path.sep).join('/')))
    .filter((file) => /\.tsx?$/.test(file) && !/\/(dist|node_modules)\//.test(file))
    .map((file) => {
      const text = readFileSync(path.join(root, file), 'utf8');
      return { file, text, imports: importsOf(text) };
    });
}

function importsOf(text: string): string[] {
  const matches = withoutComments(text).matchAll(/(?:from|import\(|import|require\()\s*'([^']+)'/g);
  return [...matches].map(([, specifier = '']) => specifier);
}
