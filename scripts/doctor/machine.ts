import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import type { Config } from '../../src/config.ts';
import { loadUws } from '../../src/transport/uws.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import { projectRoot } from './project-root.ts';
import { codeOf, PATIENCE_MS } from './unreachable.ts';

/** Descriptors of a node that are not sockets of buyers: files, the database, Redis, NATS. */
const DESCRIPTORS_RESERVED = 200;

/** What a node needs of the machine itself. */
export async function machine(config: Config): Promise<readonly Finding[]> {
  return [
    await nodeVersion(),
    uws(),
    await dataDirectory(config),
    openFiles(config),
    await listening(config),
    ...(await simulatorPort(config)),
  ];
}

async function nodeVersion(): Promise<Finding> {
  const manifest = JSON.parse(await readFile(path.join(projectRoot(), 'package.json'), 'utf8'));
  const range = String(manifest.engines.node);
  const { node } = process.versions;
  if (isWithin(node, range)) return ok('Node', node);
  return fail('Node', `${node} is not supported`, `install Node ${range}`);
}

/** Of the form that our manifest has: `>=20.19 <26`. */
export function isWithin(version: string, range: string): boolean {
  const [, least = '', below = ''] = /^>=([\d.]+) <([\d.]+)$/.exec(range) ?? [];
  return order(version, least) >= 0 && order(version, below) < 0;
}

function order(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split('.').map(Number));
  for (const place of [0, 1, 2]) {
    const difference = (left?.[place] ?? 0) - (right?.[place] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function uws(): Finding {
  const name = 'uWebSockets.js';
  const glibc = glibcVersion();
  const system = glibc === undefined ? process.platform : `glibc ${glibc}`;
  try {
    return ok(name, `${loadUws().build} build on ${system}`);
  } catch (cause) {
    const seen = `does not load on Node ${process.versions.node} with ${system}: ${String(cause)}`;
    return fail(name, seen, 'use Node 20, or a system with glibc 2.38 or later (Debian 13)');
  }
}

/** Undefined where the C library is another one. */
function glibcVersion(): string | undefined {
  return headerOf(process.report.getReport()).glibcVersionRuntime;
}

/** Node describes its own report as a mere object. */
function headerOf(report: object): { readonly glibcVersionRuntime?: string } {
  return (report as { header: { glibcVersionRuntime?: string } }).header;
}

async function dataDirectory({ dataDirectory: directory }: Config): Promise<Finding> {
  const name = 'data directory';
  try {
    const existing = await nearest(directory);
    // With a slash behind it, it must be a directory.
    await access(`${existing}/`, constants.W_OK);
    return ok(name, directory);
  } catch (cause) {
    const seen = `${directory} cannot be written: ${codeOf(cause)}`;
    return fail(name, seen, 'give it to this user, or set DATA_DIRECTORY');
  }
}

/** A node makes what is missing, so the first directory that exists must let it. */
async function nearest(directory: string): Promise<string> {
  try {
    await access(directory, constants.F_OK);
    return directory;
  } catch {
    return nearest(path.dirname(directory));
  }
}

function openFiles({ socketsMax }: Config): Finding {
  const name = 'open files';
  const limit = limitOf(process.report.getReport());
  const needed = socketsMax + DESCRIPTORS_RESERVED;
  if (limit >= needed) return ok(name, `up to ${limit}`);
  const seen = `up to ${limit}, but SOCKETS_MAX=${socketsMax} needs ${needed}`;
  return warn(name, seen, `ulimit -n ${needed} (LimitNOFILE= in systemd), or lower SOCKETS_MAX`);
}

/** Node itself has raised the soft limit as far as it may. */
function limitOf(report: object): number {
  const { userLimits } = report as { userLimits?: { open_files?: { soft: unknown } } };
  const limit = Number(userLimits?.open_files?.soft);
  return Number.isNaN(limit) ? Number.POSITIVE_INFINITY : limit;
}

async function listening(config: Config): Promise<Finding> {
  const { host, port } = config;
  const name = 'port';
  const failure = await listenOnce(host, port);
  if (failure === undefined) return ok(name, `${host}:${port} is free`);
  if (failure === 'EADDRINUSE') {
    if (await isOurs(config)) return ok(name, `${host}:${port} is served by a node already`);
    return fail(name, `${host}:${port} is taken`, `ss -ltnp 'sport = :${port}', or set PORT`);
  }
  return fail(name, `${host}:${port} cannot be listened on: ${failure}`, 'set HOST and PORT');
}

/** That of the simulated payments; a node that serves here already has it. */
async function simulatorPort(config: Config): Promise<readonly Finding[]> {
  const { provider, roles } = config;
  if (provider.type !== 'simulator' || provider.port === 0 || !roles.has('workers')) return [];
  if (await isOurs(config)) return [];
  const name = 'port of the simulator';
  const failure = await listenOnce('127.0.0.1', provider.port);
  if (failure === undefined) return [ok(name, `127.0.0.1:${provider.port} is free`)];
  const seen = `127.0.0.1:${provider.port} cannot be listened on: ${failure}`;
  return [fail(name, seen, `ss -ltnp 'sport = :${provider.port}', or set SIMULATOR_PORT`)];
}

/** Why nobody can listen there; undefined when somebody can. */
function listenOnce(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', (cause) => resolve(codeOf(cause)));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

/** Whether a node of this product answers at the port, for instance the one that is examined. */
export async function isOurs({ host, port }: Pick<Config, 'host' | 'port'>): Promise<boolean> {
  const address = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host;
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const answer = await fetch(`http://${address}:${port}/livez`, { signal });
    return (await answer.text()) === 'ok\n';
  } catch {
    // Nobody, or somebody who speaks something else.
    return false;
  }
}
