import path from 'node:path';
import type { Config } from '../../src/config.ts';
import type { PaymentsUnavailableError } from '../../src/ports/payments.ts';
import { UsageError } from '../command.ts';

/** What to do about a provider that does not say what it has. */
export function providerSilence(
  failure: PaymentsUnavailableError,
  { provider, dataDirectory }: Pick<Config, 'provider' | 'dataDirectory'>,
): UsageError {
  const next =
    provider.type === 'pagarme'
      ? 'Look at PAGARME_SECRET_KEY and at its status page; all else is compared without --provider.'
      : `A simulated one ends with its node, and is back with: ${commandFor(provider.port, dataDirectory)}`;
  return new UsageError(`${failure.message} ${next}`, { cause: failure });
}

function commandFor(port: number, dataDirectory: string): string {
  const whole = path.join(dataDirectory, 'simulator.jsonl');
  const short = path.relative('.', whole);
  const file = short.startsWith('..') ? whole : short;
  return `npm run provider -- --port ${port} --file ${file}`;
}
