import type { PrivateServer } from './private-process.ts';

/** A server that the tests may use. */
export interface TestServer {
  readonly url: string;
  /** Whose server it is, in words. */
  readonly where: string;
  /** Removes what this run left there, and stops what this run started. */
  close(): Promise<void>;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** How long a server may take to answer before it counts as none. */
export const ANSWER_MS = 3_000;

/**
 * The server that a variable names, else the one at its standard port, else a private one that
 * lives as long as this run.
 *
 * @throws {Error} none of them answers
 */
export async function openServer(options: {
  readonly environment: Environment;
  readonly variable: string;
  readonly standardUrl: string;
  /** @throws {Error} it does not answer, or does not let us in */
  readonly check: (url: string) => Promise<void>;
  readonly start: () => Promise<PrivateServer>;
}): Promise<TestServer> {
  const { environment, variable, standardUrl, check, start } = options;
  const named = environment[variable];
  const close = async () => {};
  if (named !== undefined) {
    await check(named);
    return { url: named, where: `the server of ${variable}`, close };
  }
  const where = `the server on ${new URL(standardUrl).host}`;
  const answers = await check(standardUrl).then(
    () => true,
    // No server, or one that is not for us: a private one is.
    () => false,
  );
  if (answers) return { url: standardUrl, where, close };
  const server = await start();
  return { url: server.url, where: 'a private server', close: () => server.remove() };
}
