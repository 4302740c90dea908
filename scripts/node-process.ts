import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { UsageError } from './command.ts';

/** A node in a process of its own, as `npm start` starts it. */
export class NodeProcess {
  readonly #child: ChildProcess;
  readonly #url: string;

  constructor(environment: Readonly<Record<string, string>>) {
    this.#url = `http://127.0.0.1:${environment.PORT}`;
    const program = fileURLToPath(new URL('../server/main.js', import.meta.url));
    this.#child = spawn(process.execPath, [program], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    // A run that is cut short must not leave a node behind.
    process.once('exit', () => this.#child.kill('SIGKILL'));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Resolves when it serves. @throws {UsageError} it ended instead, or took too long */
  async ready(): Promise<void> {
    const giveUpAt = performance.now() + readyMs;
    while (performance.now() < giveUpAt) {
      if (this.#child.exitCode !== null) break;
      if (await isReady(this.#url)) return;
      await pause(readyPauseMs);
    }
    throw new UsageError('The node does not start here: "npm start" tells why.');
  }

  /** What no program can prepare for. */
  async kill(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  /** Asks it to stop in order. */
  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await ended;
  }
}

const readyMs = 30_000;
const readyPauseMs = 50;

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`)).ok;
  } catch {
    // Nobody listens yet.
    return false;
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
