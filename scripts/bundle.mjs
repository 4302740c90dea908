// Makes the server as it is run: one file and its threads, of what `tsc` has built and of the
// packages. A process reads some 1 200 files otherwise, and that is most of the time it takes to
// start (docs/decisions/0014).
//
//   node scripts/bundle.mjs             done by scripts/prepare.mjs

import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const dist = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'dist');

await build({
  input: {
    main: path.join(dist, 'src/main.js'),
    'render-thread': path.join(dist, 'src/workers/documents/render-thread.js'),
    'signature-thread': path.join(dist, 'src/workers/tickets/signature-thread.js'),
  },
  platform: 'node',
  // These read files of their own packages, or are never there.
  external: ['@electric-sql/pglite', 'pdfkit', 'pg-native'],
  output: { dir: path.join(dist, 'server'), format: 'esm', cleanDir: true, sourcemap: true },
  onLog(level, log, handle) {
    // What is not found now would be missing at its first use.
    if (level === 'warn') throw new Error(log.message);
    handle(level, log);
  },
});
