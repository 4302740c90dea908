import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runCommand } from './command.ts';
import { findBrowser } from './test-browser.ts';
import { openPostgres } from './test-postgres.ts';

/** What the suites need besides Node: where it answers, and what is missing on this machine. */
export interface Services {
  /** A database of this run's own. */
  readonly postgres: Service | undefined;
  /** The path of a Chromium. */
  readonly browser: string | undefined;
  readonly missing: readonly Missing[];
  /** Drops what was created and stops what was started. */
  close(): Promise<void>;
}

export interface Service {
  readonly url: string;
  /** Whose server it is, in words. */
  readonly where: string;
}

export interface Missing {
  readonly name: 'postgres' | 'browser';
  readonly why: string;
  /** The command that brings it. */
  readonly next: string;
}

/** Finds or starts every service. Nothing that this run did not create is touched. */
export async function openServices(environment = process.env): Promise<Services> {
  const missing: Missing[] = [];
  // A machine without a service is a machine where its suites are skipped, and say so.
  const lacks = (name: Missing['name'], next: string) => (cause: unknown) => {
    missing.push({ name, why: cause instanceof Error ? cause.message : String(cause), next });
    return undefined;
  };
  const isNamed = environment.TEST_DATABASE_URL !== undefined;
  const postgres = await openPostgres(environment).catch(
    lacks('postgres', isNamed ? 'unset TEST_DATABASE_URL' : 'apt-get install -y postgresql'),
  );
  const browser = await findBrowser(environment).catch(
    lacks('browser', 'apt-get install -y chromium'),
  );
  const close = async () => await postgres?.close();
  return { postgres, browser, missing, close };
}

const help = `Usage: npm run services [-- --json]

Shows which services the tests can use on this machine, and how to get those that are missing.
Every run of the tests opens them in the same way, works in a database of its own and drops it.

PostgreSQL  TEST_DATABASE_URL, else the server on 127.0.0.1:5432, else a private server started
            from the installed programs.
Chromium    TEST_BROWSER, else the installed one.

With CI=true, as root, what is missing is installed first from the distribution's packages.

  --json    the same for programs
  --help    this text`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help) return console.log(help);
  const services = await openServices();
  const { postgres, browser, missing } = services;
  console.log(values.json ? JSON.stringify({ postgres, browser, missing }) : tableOf(services));
  await services.close();
  if (missing.length > 0) process.exitCode = 1;
}

function tableOf({ postgres, browser, missing }: Services): string {
  const lines = [
    ...(postgres === undefined ? [] : [`postgres  ${postgres.where}`]),
    ...(browser === undefined ? [] : [`browser   ${browser}`]),
    ...missing.map(
      ({ name, why, next }) => `${name.padEnd(8)}  missing: ${why}\n          ${next}`,
    ),
  ];
  return lines.join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await runCommand(main);
