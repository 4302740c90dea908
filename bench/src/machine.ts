import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';

/** Where a run took place. Figures of two machines, or of a busy one, do not compare. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
  readonly glibc: string | undefined;
  readonly database: string;
  /** Runnable threads of the last 1, 5 and 15 minutes, before the run. */
  readonly loadAverageBefore: readonly number[];
}

export function describeMachine(database: string): Machine {
  const cpus = os.cpus();
  const header: unknown = process.report?.getReport();
  return {
    processor: cpus[0]?.model ?? 'unknown',
    cores: cpus.length,
    memoryBytes: os.totalmem(),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.versions.node,
    glibc: glibcOf(header),
    database,
    loadAverageBefore: os.loadavg().map((load) => Math.round(load * 100) / 100),
  };
}

function glibcOf(report: unknown): string | undefined {
  const { header } = report as { readonly header?: { readonly glibcVersionRuntime?: string } };
  return header?.glibcVersionRuntime;
}

/** What is measured: the commit, and whether files differ from it. */
export function readCommit(): string {
  try {
    const git = (...words: string[]) =>
      execFileSync('git', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    const isDirty = git('status', '--porcelain') !== '';
    return `${git('rev-parse', 'HEAD')}${isDirty ? '-dirty' : ''}`;
  } catch {
    // No repository, or no git: the figures are still true, only of nobody knows what.
    return 'unknown';
  }
}

/**
 * Milliseconds of processor time of the whole machine, whoever used it. Counted by what is left
 * over: on Linux `os.cpus` knows nothing of the time spent on packets, half of it in a bench.
 */
export function busyMs(): number {
  const cpus = os.cpus();
  const idle = cpus.reduce((sum, { times }) => sum + times.idle, 0) + waitingMs();
  return cpus.length * performance.now() - idle;
}

/** What Linux counts apart from idleness: waiting for a disk, and for the machine underneath. */
function waitingMs(): number {
  try {
    const [, ...ticks] = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.split(/ +/) ?? [];
    const [waiting = 0, stolen = 0] = [ticks[4], ticks[7]].map(Number);
    return (waiting + stolen) * tickMs;
  } catch {
    // Not Linux: idleness is all there is.
    return 0;
  }
}

/** The kernel's unit in /proc, the same on every architecture of ours. */
const tickMs = 10;
