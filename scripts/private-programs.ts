import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { installPackages } from './debian-packages.ts';
import { NoServiceError } from './private-process.ts';

/** Where servers are, also for a user whose PATH does not name them. */
const places = ['/usr/sbin', '/usr/local/sbin', '/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'];

/** The path of an installed program. */
export function findProgram(name: string): string | undefined {
  const named = process.env.PATH?.split(path.delimiter) ?? [];
  return [...named, ...places].map((place) => path.join(place, name)).find(canRun);
}

/**
 * The path of a program, from the distribution's package if need be and if that is allowed.
 *
 * @throws {NoServiceError} there is none
 */
export async function programOf(
  name: string,
  packageName: string,
  mayInstall: boolean,
): Promise<string> {
  const found = findProgram(name);
  if (found !== undefined) return found;
  if (!mayInstall) throw new NoServiceError(`${name} is not installed`);
  await installPackages(packageName);
  const installed = findProgram(name);
  if (installed === undefined) throw new NoServiceError(`the package brought no ${name}`);
  return installed;
}

function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
