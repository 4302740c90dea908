import { readFile } from 'node:fs/promises';

/** Field 3 of proc(5) stat: R, S, D, T (stopped), Z; undefined when there is no such process. */
export async function stateOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The name before it is in parentheses and may contain anything.
  return stat?.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
}

/** A process and its children, as a database server is one. */
async function familyOf(pid: number): Promise<readonly number[]> {
  const list = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return [pid, ...list.split(' ').filter(Boolean).map(Number)];
}

/** Stops a process and its children. The parent comes first, so that it makes no more of them. */
export async function freezeFamily(pid: number): Promise<readonly number[]> {
  signal(pid, 'SIGSTOP');
  const family = await familyOf(pid);
  for (const child of family) signal(child, 'SIGSTOP');
  return family;
}

export function thaw(pids: readonly number[]): void {
  for (const pid of pids) signal(pid, 'SIGCONT');
}

/** Whether the first of them is stopped, and none of the others runs. */
export async function areFrozen(pids: readonly number[]): Promise<boolean> {
  const [parent, ...children] = await Promise.all(pids.map(stateOf));
  // A child that has ended is a zombie until its parent runs again.
  return parent === 'T' && children.every((state) => state === 'T' || state === 'Z');
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // It has just ended by itself, as a backend does when its client leaves.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
