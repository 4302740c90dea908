import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server that this process started for itself, and whose data is its own. */
export interface PrivateServer {
  readonly url: string;
  readonly port: number;
  /** Where its data is. */
  readonly directory: string;
  /** Of the process that runs now. */
  readonly pid: number;
  /** Ends it in good order. The data stays for `start`. */
  stop(): Promise<void>;
  /** Ends it with SIGKILL and waits until nothing of it is left. */
  kill(): Promise<void>;
  /** Starts it again on the same port and the same data. */
  start(): Promise<void>;
  /** Stops it and deletes what it made. */
  remove(): Promise<void>;
}

/** A service cannot be started here; the message says why. */
export class NoServiceError extends Error {
  override readonly name = 'NoServiceError';
}

export interface ServerProgram {
  readonly program: string;
  readonly arguments: readonly string[];
  /** A line of its output that says that it answers. */
  readonly ready: RegExp;
  /** What it takes as a wish to end soon and in good order. */
  readonly stopSignal: NodeJS.Signals;
  /** What it gets when this process ends: nobody needs its data any more. */
  readonly dropSignal: NodeJS.Signals;
  /** Who it runs as; undefined is whoever runs us. */
  readonly user?: User | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly onLog?: ((line: string) => void) | undefined;
}

export interface User {
  readonly uid: number;
  readonly gid: number;
}

const READY_WITHIN_MS = 60_000;
const CHILDREN_WITHIN_MS = 10_000;

const started = new Set<ServerProcess>();
process.once('exit', () => {
  for (const server of started) server.drop();
});

/** One server as a child of this process: it ends when this process ends, however that happens. */
export class ServerProcess {
  readonly #server: ServerProgram;
  #child: ChildProcess | undefined;

  constructor(server: ServerProgram) {
    this.#server = server;
  }

  /** Of the process that runs now, or ran last. */
  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** How the last process ended; null while it runs, and when a signal ended it. */
  get exitCode(): number | null {
    return this.#child?.exitCode ?? null;
  }

  /** @throws {NoServiceError} it ended, or was not ready within a minute */
  async start(): Promise<void> {
    if (isRunning(this.#child)) throw new NoServiceError(`${this.#server.program} is running`);
    const { program, user, environment, dropSignal } = this.#server;
    const [command, ...before] = [...launcherOf(dropSignal), program];
    const child = spawn(command!, [...before, ...this.#server.arguments], {
      ...user,
      cwd: '/',
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    started.add(this);
    try {
      await this.#ready(child);
    } catch (failure) {
      await this.kill();
      throw failure;
    }
  }

  async stop(): Promise<void> {
    await this.#end(this.#server.stopSignal);
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** For the end of this process, when nothing can be waited for. */
  drop(): void {
    if (isRunning(this.#child)) this.signal(this.#server.dropSignal);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined || !isRunning(child)) return;
    // Before anything is awaited: it may be ending already.
    const ended = once(child, 'exit');
    const children = await childrenOf(child.pid!);
    child.kill(signal);
    // A stopped process takes no other signal before it runs again.
    child.kill('SIGCONT');
    await ended;
    // A server's own children may still hold its port, its files and its shared memory.
    await allGone(children);
    started.delete(this);
  }

  #ready(child: ChildProcess): Promise<void> {
    const { program, ready, onLog } = this.#server;
    return new Promise((resolve, reject) => {
      let last = 'it said nothing';
      const fail = (why: string) => reject(new NoServiceError(`${program} did not start: ${why}`));
      const patience = setTimeout(() => fail(`not ready after a minute: ${last}`), READY_WITHIN_MS);
      const hear = (line: string) => {
        last = line;
        onLog?.(line);
        if (!ready.test(line)) return;
        clearTimeout(patience);
        resolve();
      };
      for (const output of [child.stdout, child.stderr]) listen(output!, hear);
      child.once('error', (cause) => fail(cause.message));
      // `close` comes after the last line, so the reason is known.
      child.once('close', () => {
        clearTimeout(patience);
        fail(last);
      });
    });
  }
}

function listen(output: Readable, hear: (line: string) => void): void {
  createInterface({ input: output }).on('line', hear);
}

function isRunning(child: ChildProcess | undefined): boolean {
  return child?.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

/** Linux can send the signal itself when the parent is gone, even after a kill -9 of the parent. */
function launcherOf(signal: NodeJS.Signals): readonly string[] {
  const launcher = '/usr/bin/setpriv';
  try {
    accessSync(launcher, constants.X_OK);
    return [launcher, `--pdeathsig=${signal.slice('SIG'.length)}`, '--'];
  } catch {
    // Another system: what ends by a signal leaves its servers running.
    return [];
  }
}

async function childrenOf(pid: number): Promise<readonly number[]> {
  const list = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return list.split(' ').filter(Boolean).map(Number);
}

async function allGone(pids: readonly number[]): Promise<void> {
  const deadline = performance.now() + CHILDREN_WITHIN_MS;
  while (pids.some(isAlive)) {
    if (performance.now() > deadline) for (const pid of pids.filter(isAlive)) killOf(pid);
    await sleep(10);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function killOf(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}
