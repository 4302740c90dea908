import { defineConfig } from 'vitest/config';

/** Tests run our packages from their sources: nothing has to be built first. */
const conditions = ['source', 'module', 'node', 'development|production'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      '{src,protocol/src,client-sdk/src,bench/src,test}/**/*.test.ts',
      'web/*/src/**/*.test.ts',
    ],
    globalSetup: ['test/setup/services.ts'],
    reporters: ['default', './test/setup/skips-reporter.ts'],
    // Several suites start databases and sockets of their own; more workers would only wait.
    maxWorkers: 2,
    testTimeout: 30_000,
    // A busy machine takes a minute to open an embedded database.
    hookTimeout: 120_000,
    // What is waited for comes when a busy machine gets to it; a second is too little for that.
    expect: { poll: { timeout: 20_000 } },
  },
});
