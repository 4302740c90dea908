import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runCommand } from './command.ts';
import { buyTickets, type Ground } from './demo-order/buy-tickets.ts';
import { openPostgres } from './test-postgres.ts';
import { openTestRabbitmq } from './test-rabbitmq.ts';
import type { TestServer } from './test-server.ts';

const help = `Usage: npm run demo:order -- [--embedded] [--json]

Buys two tickets as a buyer's page would: holds them, checks out, pays by PIX at a simulated
provider, and waits for the tickets, their PDF and the mail. Says each step with its time. Twice:
embedded, and with PostgreSQL and RabbitMQ when they answer.

  --embedded     only the first
  --json         the steps as JSON
  --help         this text

  TEST_DATABASE_URL, TEST_RABBITMQ_URL   others than those of this machine; what is made there is
                                         removed

It ends with 1 if a step does not come.`;

await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      embedded: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return console.log(help);
  const say = values.json ? () => {} : (line: string) => console.log(line);
  const runs = [await onGround({ name: 'embedded' }, say)];
  if (!values.embedded) runs.push(...(await onServices(say)));
  if (values.json) console.log(JSON.stringify(runs, null, 2));
  process.exit(0);
});

async function onServices(say: (line: string) => void): Promise<object[]> {
  const name = `ingressou_demo_${process.pid}`;
  const servers: TestServer[] = [];
  try {
    const postgres = await openPostgres(process.env);
    servers.push(postgres);
    const rabbitmq = await openTestRabbitmq(process.env, name);
    servers.push(rabbitmq);
    const urls = { DATABASE_URL: postgres.url, RABBITMQ_URL: rabbitmq.url };
    return [await onGround({ name: 'PostgreSQL and RabbitMQ', urls }, say)];
  } catch (cause) {
    if (servers.length === 2) throw cause;
    say(`\nNot on PostgreSQL and RabbitMQ: ${cause instanceof Error ? cause.message : cause}`);
    return [];
  } finally {
    for (const server of servers.reverse()) await server.close();
  }
}

/** Gives a run a directory of its own, and removes it. */
async function onGround(
  ground: Omit<Ground, 'dataDirectory'>,
  say: (line: string) => void,
): Promise<object> {
  const dataDirectory = await mkdtemp(path.join(tmpdir(), 'ingressou-order-'));
  try {
    return await buyTickets({ ...ground, dataDirectory }, say);
  } finally {
    await rm(dataDirectory, { recursive: true, force: true });
  }
}
