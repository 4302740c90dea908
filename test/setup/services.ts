import type { TestProject } from 'vitest/node';
import { openServices } from '../../scripts/services.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where a PostgreSQL database of this run answers; undefined when there is none. */
    postgresUrl: string | undefined;
    /** Why there is none. */
    postgresMissing: string | undefined;
    /** The path of a Chromium; undefined when there is none, and why. */
    browser: string | undefined;
    browserMissing: string | undefined;
  }
}

/** Opens what the suites share, once per run; what this returns closes it. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const { postgres, browser, missing, close } = await openServices();
  provide('postgresUrl', postgres?.url);
  provide('postgresMissing', missing.find(({ name }) => name === 'postgres')?.why);
  provide('browser', browser);
  provide('browserMissing', missing.find(({ name }) => name === 'browser')?.why);
  return close;
}
