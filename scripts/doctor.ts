import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Config, ConfigError, readConfig } from '../src/config.ts';
import { runCommand } from './command.ts';
import { configuration } from './doctor/configuration.ts';
import { delivery } from './doctor/delivery.ts';
import { type Finding, fail } from './doctor/finding.ts';
import { keys } from './doctor/keys.ts';
import { machine } from './doctor/machine.ts';
import { nats } from './doctor/nats.ts';
import { primary } from './doctor/postgres.ts';
import { replica } from './doctor/postgres-replica.ts';
import { rabbitmq } from './doctor/rabbitmq.ts';
import { redis } from './doctor/redis.ts';

const help = `Usage: npm run doctor [-- --json]

Looks at this machine and at every service that the environment names, as "npm start" would use
them, and says what is well, what will hurt, and the next command. It changes nothing.

Exit status 1 if a node could not keep its promises here.

  --json    the findings for programs
  --help    this text`;

/** Everything that the doctor sees, in the order of the parts of a node. */
export async function examine(environment: NodeJS.ProcessEnv): Promise<readonly Finding[]> {
  const config = configIn(environment);
  if (config instanceof ConfigError) {
    return [fail('configuration', config.message, 'correct them; npm start -- --help lists all')];
  }
  const { databaseUrl, databaseReplicaUrls, redisUrl, natsUrl, rabbitmqUrl } = config;
  const looks: readonly Promise<readonly Finding[]>[] = [
    Promise.resolve(configuration(config)),
    machine(config),
    keys(config),
    ...(databaseUrl === undefined ? [] : [primary(config, databaseUrl)]),
    ...databaseReplicaUrls.map((url, index) => replica(url, databaseUrl ?? '', index + 1)),
    ...(redisUrl === undefined ? [] : [redis(redisUrl)]),
    ...(natsUrl === undefined ? [] : [nats(natsUrl)]),
    ...(rabbitmqUrl === undefined ? [] : [rabbitmq(rabbitmqUrl, config.clusterPrefix)]),
    delivery(config),
  ];
  return (await Promise.all(looks)).flat();
}

function configIn(environment: NodeJS.ProcessEnv): Config | ConfigError {
  try {
    return readConfig(environment);
  } catch (cause) {
    if (cause instanceof ConfigError) return cause;
    throw cause;
  }
}

/** One line for each finding, and below it the next command where there is one. */
export function linesOf(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ name }) => name.length));
  const margin = ' '.repeat(VERDICT_WIDTH + width + 4);
  return findings
    .map(({ name, verdict, seen, next }) => {
      const word = (verdict === 'fail' ? 'FAIL' : verdict).padEnd(VERDICT_WIDTH);
      const line = `${word}  ${name.padEnd(width)}  ${seen.replaceAll('\n', `\n${margin}`)}`;
      return next === undefined ? line : `${line}\n${margin}→ ${next}`;
    })
    .join('\n');
}

const VERDICT_WIDTH = 4;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help) return console.log(help);
  const findings = await examine(process.env);
  const isWell = findings.every(({ verdict }) => verdict !== 'fail');
  const text = values.json ? JSON.stringify({ isWell, findings }) : linesOf(findings);
  // A socket to something that is not the service it was taken for would keep the process alive.
  process.stdout.write(`${text}\n`, () => process.exit(isWell ? 0 : 1));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await runCommand(main);
