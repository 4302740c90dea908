import type { Config } from '../../src/config.ts';
import { type Finding, ok, warn } from './finding.ts';

/** Settings that work and that an operator may not have meant. */
export function configuration(config: Config): readonly Finding[] {
  const { databaseUrl, redisUrl, natsUrl, roles, nodeName, journal, hasDevTokens } = config;
  const name = 'configuration';
  const findings = [ok(name, `${nodeName}: ${[...roles].join(', ')}`)];
  const note = (isSo: boolean, seen: string, next: string) => {
    if (isSo) findings.push(warn(name, seen, next));
  };
  note(
    journal === 'memory',
    'JOURNAL=memory: nothing is durable, every show is lost at the end',
    'unset JOURNAL',
  );
  note(
    databaseUrl === undefined,
    'the embedded database survives a killed process, not a power cut, and serves one process',
    'set DATABASE_URL for anything real',
  );
  note(
    databaseUrl !== undefined && hasDevTokens,
    'DEV_TOKENS: whoever asks becomes a buyer',
    'unset DEV_TOKENS in production',
  );
  note(
    natsUrl !== undefined && redisUrl === undefined,
    'snapshots stay on this machine: a show that moves is read from its journal, more slowly',
    'set REDIS_URL',
  );
  return findings;
}
