import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../src/clock.ts';
import { openSimulator, type SimulatorOptions } from '../src/payments/simulator/simulator.ts';
import { numberOf, runCommand, UsageError } from './command.ts';

const help = `Usage: npm run provider [-- --port N] [--webhook URL --user NAME --password TEXT] …

Simulates the payment provider, for several nodes or for a look: the HTTP API of Pagar.me with its
webhooks and its scripts for browsers, and a page where orders are paid, refused and disputed.

  --port N           where it listens (8090)
  --host ADDRESS     on this address (127.0.0.1)
  --webhook URL      where webhooks go, for instance http://127.0.0.1:8080/v1/webhooks/pagarme
  --user NAME        with this name … (simulator)
  --password TEXT    … and this password (simulator)
  --file PATH        keeps orders in this file over a restart (only in memory)
  --pay-after S      seconds until a PIX is paid by itself (5)
  --by-hand          nothing is paid by itself
  --pix-limit CENTS  a PIX above this fails when it is made (50000)
  --help             this text

Nodes of this machine whose SIMULATOR_PORT is this port use it by themselves, others with the
variables that it prints. What goes wrong is ordered at POST /_sim/faults and POST /_sim/habits.`;

await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '8090' },
      host: { type: 'string', default: '127.0.0.1' },
      webhook: { type: 'string' },
      user: { type: 'string', default: 'simulator' },
      password: { type: 'string', default: 'simulator' },
      file: { type: 'string' },
      'pay-after': { type: 'string', default: '5' },
      'by-hand': { type: 'boolean', default: false },
      'pix-limit': { type: 'string', default: '50000' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return console.log(help);
  const { webhook, user, password, file, host } = values;
  if (webhook !== undefined && !URL.canParse(webhook)) {
    throw new UsageError(`--webhook ${webhook}: give a URL.`);
  }
  const payAfterMs = numberOf(values['pay-after'], 'pay-after', 0, 86_400) * 1000;
  await run({
    port: numberOf(values.port, 'port', 1, 65_535),
    host,
    clock: systemClock,
    random: randomBytes,
    payAfterMs: values['by-hand'] ? 'by_hand' : payAfterMs,
    pixLimitCents: numberOf(values['pix-limit'], 'pix-limit', 1, 100_000_000),
    ...(file !== undefined && { file: path.resolve(file) }),
    ...(webhook !== undefined && { webhook: { url: webhook, user, password } }),
    onBroken: (cause) => console.error(cause),
  });
});

async function run(options: SimulatorOptions): Promise<void> {
  const simulator = await openSimulator(options).catch((failure: NodeJS.ErrnoException) => {
    if (failure.code !== 'EADDRINUSE') throw failure;
    throw new UsageError(`Port ${options.port} is taken: give another one with --port.`);
  });
  console.log(`The payment simulator is at ${simulator.url} (Ctrl-C ends it).

  PAGARME_URL=${simulator.apiUrl}
  PAGARME_CHALLENGE_URL=${simulator.challengeUrl}
  PAGARME_SECRET_KEY=${simulator.secretKey}
  PAGARME_PUBLIC_KEY=${simulator.publicKey}
  PAGARME_TOKENIZE_SCRIPT=${simulator.scripts.tokenize}
  PAGARME_CHALLENGE_SCRIPT=${simulator.scripts.challenge}
`);
  await stopSignal();
  await simulator.close();
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
