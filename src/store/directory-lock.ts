import { createHash } from 'node:crypto';
import { mkdir, realpath, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface DirectoryLock {
  release(): Promise<void>;
}

/** Another process works in this directory; two at once would destroy its files. */
export class DirectoryInUseError extends Error {
  override readonly name = 'DirectoryInUseError';
  constructor(directory: string, options?: ErrorOptions) {
    super(
      `The embedded database in ${directory} is open in another process: stop that one first, or set DATABASE_URL to share a PostgreSQL server.`,
      options,
    );
  }
}

/**
 * Keeps other processes out of `directory` as long as this one lives. The lock is a listening
 * socket beside the directory: the kernel closes it with the process, however that ends, where a
 * file with a process id would outlive it and the id would be given to somebody else.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const address = await addressOf(directory);
  if (await answers(address)) throw new DirectoryInUseError(directory);
  // Nobody answers: the socket file is what a killed process left.
  await rm(address, { force: true });
  const server = net.createServer((socket) => socket.destroy());
  await listen(server, address).catch((cause: unknown) => {
    throw new DirectoryInUseError(directory, { cause });
  });
  server.unref();
  return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** Unix sockets have short names: longer ones are cut silently. */
const ADDRESS_BYTES_MAX = 100;

async function addressOf(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  const real = await realpath(directory);
  const digest = createHash('sha256').update(real).digest('hex').slice(0, 16);
  if (process.platform === 'win32') return `\\\\.\\pipe\\ingressou-${digest}`;
  const beside = `${real}.lock`;
  if (Buffer.byteLength(beside) <= ADDRESS_BYTES_MAX) return beside;
  return path.join(tmpdir(), `ingressou-${digest}.lock`);
}

function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(address);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function listen(server: net.Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, resolve);
  });
}
