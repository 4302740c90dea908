import { access, constants } from 'node:fs/promises';
import { installPackages, mayInstall } from './debian-packages.ts';

/** There is no browser for the page tests; the message says why. */
export class NoBrowserError extends Error {
  override readonly name = 'NoBrowserError';
}

/** Where distributions and people keep it. */
const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/**
 * The path of a Chromium: what `TEST_BROWSER` names, else an installed one, else, on a CI machine,
 * the distribution's.
 *
 * @throws {NoBrowserError}
 */
export async function findBrowser(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const named = environment.TEST_BROWSER;
  const found = await firstThatRuns(named === undefined ? places : [named]);
  if (found !== undefined) return found;
  if (named !== undefined) throw new NoBrowserError(`TEST_BROWSER is no program: ${named}`);
  if (!mayInstall(environment)) throw new NoBrowserError('no Chromium is installed');
  await installPackages('chromium');
  const installed = await firstThatRuns(places);
  if (installed === undefined) throw new NoBrowserError('the package brought no browser');
  return installed;
}

async function firstThatRuns(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      // Not here.
    }
  }
  return undefined;
}
