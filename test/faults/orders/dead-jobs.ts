import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { DeadJob } from '../../../src/ports/jobs.ts';

const program = fileURLToPath(new URL('../../../scripts/dlq.js', import.meta.url));
const execute = promisify(execFile);

type Environment = Readonly<Record<string, string>>;

/** What `npm run dlq -- list` shows. */
export async function deadJobs(environment: Environment): Promise<readonly DeadJob[]> {
  return JSON.parse(await dlq(environment, 'list', '--json')) as readonly DeadJob[];
}

/** Has `npm run dlq` do this with these dead jobs. How many it did it with. */
export async function decide(
  environment: Environment,
  verb: 'replay' | 'drop',
  ids: readonly string[],
): Promise<number> {
  const named = ids.flatMap((id) => ['--id', id]);
  const answer = JSON.parse(await dlq(environment, verb, ...named, '--json')) as object;
  return Number(Object.values(answer)[0]);
}

async function dlq(environment: Environment, ...words: readonly string[]): Promise<string> {
  const env = { ...process.env, ...environment };
  const { stdout } = await execute(process.execPath, [program, ...words], { env });
  return stdout;
}
