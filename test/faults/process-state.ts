import { readFile } from 'node:fs/promises';

/** Field 3 of proc(5) stat: R, S, D, T (stopped), Z; undefined when there is no such process. */
export async function stateOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The name before it is in parentheses and may contain anything.
  return stat?.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
}

/** A process and its children, as a database server is one. */
export async function familyOf(pid: number): Promise<readonly number[]> {
  const list = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return [pid, ...list.split(' ').filter(Boolean).map(Number)];
}
