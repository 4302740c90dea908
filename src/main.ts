import { parseArgs } from 'node:util';
import { badArgument } from './bad-argument.ts';
import { type Config, ConfigError, describeVariables, readConfig } from './config.ts';
import { withVariable } from './config-paths.ts';
import { addDemoShow } from './demo-show.ts';
import { type RunningNode, startNode } from './node.ts';

/** EX_CONFIG of sysexits(3): a supervisor should not try again. */
const exitConfig = 78;

const help = `Usage: npm start

Serves shows until it is stopped. Everything is set by environment variables (their defaults):

${describeVariables()}
`;

try {
  const { values } = parseArgs({ options: { help: { type: 'boolean' } } });
  if (values.help) process.stdout.write(help);
  else await serve(readConfig());
} catch (error) {
  const problem = badArgument(error);
  if (problem !== undefined) {
    process.stderr.write(`${problem} "npm start -- --help" lists what can be set.\n`);
    process.exit(1);
  }
  process.stderr.write(`${sentencesOf(error).join('\n  because: ')}\n`);
  if (error instanceof ConfigError) process.exit(exitConfig);
  process.stderr.write('npm run doctor looks at everything that is configured.\n');
  process.exit(1);
}

async function serve(config: Config): Promise<void> {
  const node = await startNode(config).catch((failure: unknown) => {
    throw withVariable(failure, config);
  });
  stopOnSignal(node);
  if (config.hasDemoShow) {
    const show = await addDemoShow({ ...node, now: Date.now() });
    const url = config.port === 8080 ? '' : ` --url ${node.url}`;
    process.stdout.write(`\n  A sale opens in 20 seconds:  ${node.url}/shows/${show.slug}\n`);
    process.stdout.write(`  To send buyers:              npm run crowd -- --buyers 500${url}\n`);
    process.stdout.write(
      `  To let a scanner in:         npm run gate -- enrol --show ${show.slug}${url}\n\n`,
    );
  } else if ((await node.catalog.upcoming(Date.now(), 1)).length === 0) {
    process.stdout.write('There is no show here. DEMO_SHOW=true makes one at the start.\n');
  }
}

/** What went wrong, and what was behind it: a message for a person, without a trace. */
function sentencesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [String(error)];
  return [error.message, ...(error.cause === undefined ? [] : sentencesOf(error.cause))];
}

/** The first signal stops the node in order; the second one does not wait. */
function stopOnSignal(node: RunningNode): void {
  let isStopping = false;
  const stop = async (): Promise<void> => {
    if (isStopping) process.exit(1);
    isStopping = true;
    await node.stop();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop());
}
