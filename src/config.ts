import path from 'node:path';
import { bool, cleanEnv, EnvError, makeValidator, port, str } from 'envalid';

/** A steady rate and what may come at once after a pause. */
interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Everything an operator can set, read once at the start. No other file reads the environment. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** Where the embedded database, snapshots and keys live. */
  readonly dataDirectory: string;
  /** PostgreSQL; undefined means the embedded database. */
  readonly databaseUrl: string | undefined;
  /** `memory` keeps no history at all: a yardstick for benches, never for sales. */
  readonly journal: 'database' | 'memory';
  readonly tokenKeyFile: string;
  /** Whether `POST /v1/dev/token` gives a token to whoever asks. Never in production. */
  readonly hasDevTokens: boolean;
  /** Whether a show is made at the start whose sale opens seconds later. */
  readonly hasDemoShow: boolean;
  /** Origins of pages, besides our own, that may open sockets. */
  readonly origins: readonly string[];
  readonly socketsMax: number;
  readonly socketsPerSubjectMax: number;
  /** What one buyer may send to shows, over all sockets. */
  readonly commandRate: Rate;
  /** What one socket may send of anything. */
  readonly frameRate: Rate;
  readonly mailboxLettersMax: number;
  readonly turnLettersMax: number;
  readonly snapshotFacts: number;
  readonly idleMs: number;
  readonly logLevel: string;
}

/** The environment does not make a configuration; every problem is listed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const positive = makeValidator((text) => {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new EnvError('must be a number above 0');
});

const databaseUrl = makeValidator((text) => {
  const protocol = URL.canParse(text) ? new URL(text).protocol : '';
  if (text === '' || ['postgres:', 'postgresql:'].includes(protocol)) return text;
  throw new EnvError('must look like postgres://user:password@host:5432/database');
});

const specification = {
  HOST: str({ default: '127.0.0.1', desc: 'address to listen on' }),
  PORT: port({ default: 8080, desc: 'port of pages and sockets' }),
  DATA_DIRECTORY: str({ default: 'var', desc: 'embedded database, snapshots and keys' }),
  DATABASE_URL: databaseUrl({ default: '', desc: 'PostgreSQL; unset: the embedded database' }),
  JOURNAL: str({ choices: ['database', 'memory'], default: 'database' }),
  TOKEN_KEY_FILE: str({ default: '', desc: 'Ed25519 key of access tokens (PEM)' }),
  DEV_TOKENS: bool({ default: false, desc: 'tokens for whoever asks' }),
  DEMO_SHOW: bool({ default: false, desc: 'make a show that opens seconds after the start' }),
  ORIGINS: str({ default: '', desc: 'other origins whose pages may connect, separated by commas' }),
  SOCKETS_MAX: positive({ default: 15_000 }),
  SOCKETS_PER_SUBJECT_MAX: positive({ default: 10 }),
  COMMANDS_PER_SECOND: positive({ default: 5 }),
  COMMANDS_BURST: positive({ default: 10 }),
  FRAMES_PER_SECOND: positive({ default: 20 }),
  FRAMES_BURST: positive({ default: 60 }),
  MAILBOX_LETTERS_MAX: positive({ default: 20_000 }),
  TURN_LETTERS_MAX: positive({ default: 1_000 }),
  SNAPSHOT_FACTS: positive({ default: 200_000 }),
  SHOW_IDLE_SECONDS: positive({ default: 600 }),
  LOG_LEVEL: str({ choices: ['debug', 'info', 'warn', 'error', 'silent'], default: 'info' }),
};

/**
 * @throws {ConfigError} naming every variable that is wrong
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const env = cleanEnv(environment, specification, { reporter: refuse });
  const dataDirectory = path.resolve(env.DATA_DIRECTORY);
  const isEmbedded = env.DATABASE_URL === '';
  return {
    host: env.HOST,
    port: env.PORT,
    dataDirectory,
    databaseUrl: isEmbedded ? undefined : env.DATABASE_URL,
    journal: env.JOURNAL as Config['journal'],
    tokenKeyFile: env.TOKEN_KEY_FILE || path.join(dataDirectory, 'keys', 'access-token.pem'),
    // Without any service this is a developer's machine; with one, both must be asked for.
    hasDevTokens: environment.DEV_TOKENS === undefined ? isEmbedded : env.DEV_TOKENS,
    hasDemoShow: environment.DEMO_SHOW === undefined ? isEmbedded : env.DEMO_SHOW,
    origins: env.ORIGINS.split(',')
      .map((origin) => origin.trim())
      .filter(Boolean),
    socketsMax: env.SOCKETS_MAX,
    socketsPerSubjectMax: env.SOCKETS_PER_SUBJECT_MAX,
    commandRate: { perSecond: env.COMMANDS_PER_SECOND, burst: env.COMMANDS_BURST },
    frameRate: { perSecond: env.FRAMES_PER_SECOND, burst: env.FRAMES_BURST },
    mailboxLettersMax: env.MAILBOX_LETTERS_MAX,
    turnLettersMax: env.TURN_LETTERS_MAX,
    snapshotFacts: env.SNAPSHOT_FACTS,
    idleMs: env.SHOW_IDLE_SECONDS * 1000,
    logLevel: env.LOG_LEVEL,
  };
}

/** Every variable with its default, for `--help`. */
export function describeVariables(): string {
  return Object.entries(specification)
    .map(
      ([name, { default: value, desc = '' }]) =>
        `  ${name.padEnd(24)} ${String(value || '-').padEnd(10)} ${desc}`,
    )
    .join('\n');
}

function refuse({ errors }: { errors: Partial<Record<string, Error>> }): void {
  const lines = Object.entries(errors).map(([name, error]) => `  ${name}: ${error?.message}`);
  if (lines.length > 0) throw new ConfigError(`These variables are wrong:\n${lines.join('\n')}`);
}
