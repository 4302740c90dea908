import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { numberOf, runCommand } from './command.ts';
import { Run, type RunReport } from './demo-crash/run.ts';
import { openPostgres } from './test-postgres.ts';

const help = `Usage: npm run demo:crash -- [--kills N] [--buyers N] [--seed N] [--json FILE]

Starts a node with a show, lets a crowd reserve, and kills the node with kill -9 in the middle. It
starts again on the same data, the buyers come back and go on. In the end everything that a buyer
was told is looked for: on the screens of the buyers and, counted by other rules, in the journal.

  --kills N      how often the node is killed (1)
  --buyers N     the crowd (120)
  --seed N       decides who does what and when (1)
  --json FILE    write what was found there too
  --help         this text

  DATABASE_URL   a PostgreSQL server, on which a database is made and dropped; without it, the
                 embedded database
  JOURNAL        "memory" shows what this demonstration looks like when promises are broken

It ends with 1 if a promise was broken.`;

await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '1' },
      buyers: { type: 'string', default: '120' },
      seed: { type: 'string', default: '1' },
      json: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return console.log(help);
  const settings = {
    kills: numberOf(values.kills, 'kills', 1, 10),
    buyers: numberOf(values.buyers, 'buyers', 1, 500),
    seed: numberOf(values.seed, 'seed', 0, Number.MAX_SAFE_INTEGER),
  };
  const report = await onOwnGround((place) => new Run({ ...settings, ...place }).play());
  if (values.json !== undefined) {
    await writeFile(values.json, `${JSON.stringify({ ...settings, ...report }, null, 2)}\n`);
  }
  process.exit(report.broken.length === 0 ? 0 : 1);
});

interface Place {
  readonly databaseUrl: string | undefined;
  readonly dataDirectory: string;
}

/** Gives a run a directory and a database of its own, and removes both. */
async function onOwnGround(work: (place: Place) => Promise<RunReport>): Promise<RunReport> {
  const { DATABASE_URL } = process.env;
  const dataDirectory = await mkdtemp(path.join(tmpdir(), 'ingressou-crash-'));
  const postgres = DATABASE_URL
    ? await openPostgres({ TEST_DATABASE_URL: DATABASE_URL })
    : undefined;
  const leave = async (): Promise<void> => {
    await postgres?.close();
    await rm(dataDirectory, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void leave().finally(() => process.exit(130)));
  }
  try {
    return await work({ databaseUrl: postgres?.url, dataDirectory });
  } finally {
    await leave();
  }
}
