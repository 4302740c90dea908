import { ConfigError, readConfig } from './config.ts';
import { addDemoShow } from './demo-show.ts';
import { type RunningNode, startNode } from './node.ts';

/** EX_CONFIG of sysexits(3): a supervisor should not try again. */
const exitConfig = 78;

try {
  const config = readConfig();
  const node = await startNode(config);
  stopOnSignal(node);
  if (config.hasDemoShow) {
    const show = await addDemoShow({ ...node, now: Date.now() });
    process.stdout.write(`\n  A sale opens in 20 seconds:  ${node.url}/shows/${show.slug}\n`);
    process.stdout.write('  To send buyers:              npm run crowd -- --buyers 500\n\n');
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof ConfigError ? exitConfig : 1;
  process.exit();
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
