import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** What travels between two programs of a bench: plain data with a `type`. */
export interface Message {
  readonly type: string;
}

/** A program of the bench said that it cannot go on, or ended before it was asked to. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
}

export interface LaunchOptions {
  /** Its module without the extension, which is the caller's own: sources and build differ. */
  readonly module: URL;
  /** What it is, for error messages. */
  readonly name: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Options of Node itself. */
  readonly flags?: readonly string[];
  /** A file for its CPU profile, written when it ends. */
  readonly cpuProfile?: string | undefined;
}

interface Waiter<Heard> {
  readonly type: string;
  readonly resolve: (message: Heard) => void;
  readonly reject: (error: Error) => void;
}

/** Programs that have not ended. */
const running = new Set<ChildProcess>();

/** Ends all of them, for a run that is cut short: before what they stand on is taken away. */
export async function endPrograms(): Promise<void> {
  const ended = [...running].map((child) => once(child, 'exit'));
  for (const child of running) child.kill('SIGKILL');
  await Promise.all(ended);
}

/** Another process of this run, spoken to in messages. It ends when this process does. */
export class Program<Sent extends Message, Heard extends Message> {
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #listeners = new Map<string, (message: Heard) => void>();
  /** Heard, but not asked for yet. */
  #unread: Heard[] = [];
  #waiter: Waiter<Heard> | undefined;
  #end: string | undefined;

  constructor({ module, name, environment = {}, flags = [], cpuProfile }: LaunchOptions) {
    this.#name = name;
    this.#child = fork(`${fileURLToPath(module)}${path.extname(import.meta.url)}`, {
      env: { ...process.env, ...environment },
      execArgv: [...flags, ...(cpuProfile === undefined ? [] : profileFlags(cpuProfile))],
      // What it logs is no part of our table.
      stdio: ['ignore', process.stderr, 'inherit', 'ipc'],
    });
    this.#child.on('message', (message) => this.#onMessage(message as Heard));
    this.#child.on('error', ({ message }) => this.#onEnd(message));
    this.#child.on('exit', (code, signal) => this.#onEnd(`it ended with ${signal ?? code}`));
    running.add(this.#child);
  }

  send(message: Sent): void {
    this.#child.send(message);
  }

  /** Hands every message of that type to `listener`; `next` will not see them. */
  on<T extends Heard['type']>(
    type: T,
    listener: (message: Extract<Heard, { readonly type: T }>) => void,
  ): void {
    this.#listeners.set(type, listener as (message: Heard) => void);
  }

  /**
   * The next message of that type, heard already or not. One question at a time.
   *
   * @throws {ProgramError} the program ended without saying it
   */
  async next<T extends Heard['type']>(type: T): Promise<Extract<Heard, { readonly type: T }>> {
    const message = await new Promise<Heard>((resolve, reject) => {
      this.#waiter = { type, resolve, reject };
      this.#settle();
    });
    return message as Extract<Heard, { readonly type: T }>;
  }

  /** Ends the program at once, as a crash would, but lets it write its profile. */
  async stop(): Promise<void> {
    if (this.#end !== undefined) return;
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }

  #onMessage(message: Heard): void {
    const listener = this.#listeners.get(message.type);
    if (listener !== undefined) return listener(message);
    this.#unread.push(message);
    this.#settle();
  }

  #onEnd(why: string): void {
    running.delete(this.#child);
    this.#end ??= why;
    this.#settle();
  }

  #settle(): void {
    const waiter = this.#waiter;
    if (waiter === undefined) return;
    const message = this.#unread.find(({ type }) => type === waiter.type);
    if (message === undefined && this.#end === undefined) return;
    this.#waiter = undefined;
    this.#unread = this.#unread.filter((unread) => unread !== message);
    if (message !== undefined) waiter.resolve(message);
    else waiter.reject(new ProgramError(`The ${this.#name} is gone: ${this.#end}.`));
  }
}

function profileFlags(file: string): string[] {
  return [
    '--cpu-prof',
    `--cpu-prof-dir=${path.dirname(file)}`,
    `--cpu-prof-name=${path.basename(file)}`,
  ];
}

/** The other end, inside the program: how it is spoken to and how it answers. */
export interface Parent<Sent extends Message> {
  tell(message: Sent): void;
}

/**
 * Makes this process a program of a bench: `onMessage` hears its parent, and it ends with it.
 * What `onMessage` throws ends the program with a sentence on its standard error.
 */
export function serveParent<Heard extends Message, Sent extends Message>(
  onMessage: (message: Heard, parent: Parent<Sent>) => void | Promise<void>,
): Parent<Sent> {
  const parent: Parent<Sent> = { tell: (message) => void process.send?.(message) };
  process.on('disconnect', () => process.exit());
  process.on('message', async (message) => {
    try {
      await onMessage(message as Heard, parent);
    } catch (error) {
      // Nobody above could act on it: the parent learns that this program is gone.
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : error}\n`);
      process.exit(1);
    }
  });
  return parent;
}
