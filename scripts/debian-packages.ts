import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** One installation at a time: the package manager refuses a second one. */
let last: Promise<unknown> = Promise.resolve();
let isUpdated = false;

/** Whether this run may change the machine: only a CI machine, and only as root. */
export function mayInstall(environment: Readonly<Record<string, string | undefined>>): boolean {
  return environment.CI === 'true' && process.getuid?.() === 0;
}

/** Installs packages of Debian or Ubuntu. Takes up to a few minutes. */
export async function installPackages(...names: readonly string[]): Promise<void> {
  const installed = last.then(() => install(names));
  last = installed.catch(() => {});
  await installed;
}

async function install(names: readonly string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  console.log(`Installing ${names.join(', ')} from the distribution's packages …`);
  if (!isUpdated) await execute('apt-get', ['update'], { env });
  isUpdated = true;
  const options = ['install', '-y', '--no-install-recommends', ...names];
  await execute('apt-get', options, { env, maxBuffer: 64 * 1024 * 1024 });
}
