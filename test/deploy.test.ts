import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { describeVariables } from '../src/config.ts';
import { stopMsMax } from '../src/node-stop.ts';

// What an operator relies on, read from the files of the deployment themselves.

const root = path.join(import.meta.dirname, '..');
const read = (name: string) => readFileSync(path.join(root, name), 'utf8');

/** A version down to its last number: the same image today and in a year. */
const PINNED = /^[a-z/]+:\d+\.\d+(\.\d+)?(-[a-z]+)*$/;

describe('The Dockerfile', () => {
  const lines = instructionsOf(read('Dockerfile'));
  const all = (name: string) => lines.filter(([first]) => first === name).map(([, rest]) => rest);

  it('builds on pinned images with a Node that is supported and a glibc that is new enough', () => {
    const images = all('FROM').map((rest) => rest.split(' ')[0] ?? '');
    expect(images.length).toBeGreaterThan(1);
    for (const image of images) {
      expect(image).toMatch(PINNED);
      expect(image).toMatch(/^node:22\.\d+\.\d+-trixie-slim$/);
    }
  });

  it('installs what the lockfile names, without scripts', () => {
    expect(all('RUN')).toContainEqual('npm ci --ignore-scripts');
  });

  it('runs as somebody without rights, and takes a signal as a wish to leave', () => {
    expect(all('USER')).toEqual(['node']);
    expect(all('STOPSIGNAL')).toEqual(['SIGTERM']);
    expect(lines.findIndex(([name]) => name === 'USER')).toBeLessThan(
      lines.findIndex(([name]) => name === 'CMD'),
    );
  });

  it('starts what "npm start" starts', () => {
    const { scripts } = JSON.parse(read('package.json'));
    expect(JSON.parse(all('CMD')[0] ?? '').join(' ')).toBe(scripts.start);
  });

  it('is healthy when a node is ready', () => {
    expect(all('HEALTHCHECK').join()).toContain('/readyz');
  });

  it('holds no secret', () => {
    expect([...all('ENV'), ...all('ARG')].join()).not.toMatch(/password|secret|token|_URL/i);
    const ignored = read('.dockerignore').split('\n');
    for (const name of ['.git', 'var', 'deploy/secrets', '.env*']) expect(ignored).toContain(name);
  });

  it('copies the manifest of every package before it installs', () => {
    const copied = all('COPY').map((rest) => rest.split(' ')[0]);
    for (const name of ['protocol', 'client-sdk', 'bench', 'web/buyer', 'web/scanner']) {
      expect(copied).toContain(`${name}/package.json`);
    }
  });
});

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly user?: string;
  readonly ports?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: unknown;
  readonly restart?: string;
  readonly stop_grace_period?: string;
  readonly secrets?: readonly (string | { readonly source: string })[];
  readonly volumes?: readonly string[];
  readonly networks?: readonly string[] | Readonly<Record<string, { ipv4_address?: string }>>;
  readonly security_opt?: readonly string[];
  readonly logging?: { readonly options?: Readonly<Record<string, string>> };
  readonly deploy?: { readonly resources: { readonly limits: Readonly<Record<string, string>> } };
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

describe('docker-compose.yml', () => {
  const compose = parse(read('docker-compose.yml'), { merge: true }) as Compose;
  const services = Object.entries(compose.services);
  const nodes = services.filter(([, { build }]) => build !== undefined);

  it('brings every service, two gateways and what is in front of them', () => {
    expect(Object.keys(compose.services).sort()).toEqual([
      'gateway-1',
      'gateway-2',
      'nats',
      'nginx',
      'postgres',
      'postgres-replica',
      'provider',
      'rabbitmq',
      'redis',
    ]);
  });

  test.each(services)('%s is pinned, watched, limited and started again', (_name, service) => {
    const { image = '', build, healthcheck, restart, deploy, security_opt, logging } = service;
    expect(image).toMatch(PINNED);
    // An image of ours brings its own check.
    expect(healthcheck !== undefined || build !== undefined).toBe(true);
    expect(restart).toBe('unless-stopped');
    expect(Object.keys(deploy?.resources.limits ?? {}).sort()).toEqual(['cpus', 'memory']);
    expect(security_opt).toContain('no-new-privileges:true');
    expect(logging?.options).toHaveProperty('max-size');
  });

  test.each(nodes)('%s is given the time that a node may take to leave', (_name, service) => {
    const [, seconds] = /^(\d+)s$/.exec(service.stop_grace_period ?? '') ?? [];
    // And a little for the signal to arrive and the process to end.
    expect(Number(seconds) * 1_000).toBeGreaterThanOrEqual(stopMsMax + 2_000);
  });

  it('opens one port, and unless it is told otherwise to this machine alone', () => {
    const open = services.filter(([, { ports }]) => ports !== undefined);
    expect(open.map(([name]) => name)).toEqual(['nginx']);
    for (const port of open[0]?.[1].ports ?? []) expect(port).toMatch(/^\$\{\w+:-127\.0\.0\.1\}:/);
  });

  it('keeps everything on a network without a way out, and only nginx and the nodes on another', () => {
    expect(compose.networks.private?.internal).toBe(true);
    for (const [name, { networks }] of services) {
      const joined = Array.isArray(networks) ? networks : Object.keys(networks ?? {});
      const others = nodes.some(([node]) => node === name) ? ['private', 'outside'] : ['private'];
      expect(joined, name).toEqual(name === 'nginx' ? ['edge', 'private'] : others);
    }
  });

  test.each(nodes)('%s is told only what a node reads', (_name, { environment }) => {
    const known = describeVariables();
    for (const name of Object.keys(environment ?? {})) {
      const isRead = known.includes(`  ${name} `);
      const variable = isRead ? name : name.replace(/_FILE$/, '');
      expect(known).toContain(`  ${variable} `);
    }
  });

  test.each(services)('%s has its secrets in files', (_name, { environment, secrets }) => {
    for (const [name, value] of Object.entries(environment ?? {})) {
      // An address without a password in it may be seen.
      if (/^(PUBLIC|PAGARME_CHALLENGE|PAGARME)_URL$/.test(name)) expect(value).not.toContain('@');
      else if (/PASSWORD|SECRET|URL|KEY/.test(name)) expect(value).toMatch(/^\/run\/secrets\/\w+$/);
    }
    const given = (secrets ?? []).map((each) => (typeof each === 'string' ? each : each.source));
    expect(Object.keys(compose.secrets)).toEqual(expect.arrayContaining(given));
    for (const value of Object.values(environment ?? {})) {
      const [, secret] = /^\/run\/secrets\/(\w+)$/.exec(String(value)) ?? [];
      if (secret !== undefined) expect(given).toContain(secret);
    }
  });

  it('mounts what there is', () => {
    for (const [name, { volumes }] of services) {
      for (const [source = ''] of (volumes ?? []).map((volume) => volume.split(':'))) {
        if (source.startsWith('./')) expect(read(source), name).not.toBe('');
        else expect(Object.keys(compose.volumes), name).toContain(source);
      }
    }
  });

  it('names each node, and nginx knows all of them', () => {
    const names = nodes.map(([, { environment }]) => environment?.NODE_NAME);
    expect(names).toEqual(nodes.map(([name]) => name));
    const known = [...read('deploy/nginx/nginx.conf').matchAll(/^\s*server (\S+):8080/gm)];
    expect(known.map(([, name]) => name)).toEqual(names);
    for (const [, { networks }] of nodes) {
      expect(networks).toHaveProperty('private.ipv4_address');
    }
  });
});

/** `[name, rest]` of each instruction; a line that ends with a backslash goes on in the next. */
function instructionsOf(text: string): (readonly [string, string])[] {
  return text
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [name = ''] = line.split(' ', 1);
      return [name, line.slice(name.length + 1)] as const;
    });
}
