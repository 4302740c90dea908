import { hostname } from 'node:os';
import path from 'node:path';
import { bool, cleanEnv, EnvError, makeValidator, port, str } from 'envalid';
import { type AddressForm, addressFlaw, postgresForm } from './config-addresses.ts';
import {
  halfServices,
  type MailConfig,
  mailOf,
  type ObjectsConfig,
  objectsOf,
  type ProviderConfig,
  providerOf,
  type WhatsAppConfig,
  whatsappOf,
} from './config-services.ts';

/** A steady rate and what may come at once after a pause. */
interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** What a process does. `workers` do what may take its time: jobs, rows, counting histories again. */
export type RoleOfNode = 'gateway' | 'actors' | 'workers';

/** Everything an operator can set, read once at the start. No other file reads the environment. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** What operators call this node; the same after a restart. */
  readonly nodeName: string;
  readonly roles: ReadonlySet<RoleOfNode>;
  /** Where the embedded database, snapshots and keys live. */
  readonly dataDirectory: string;
  /** PostgreSQL; undefined means the embedded database. */
  readonly databaseUrl: string | undefined;
  /** Standbys that may serve lists. Nothing is decided from them. */
  readonly databaseReplicaUrls: readonly string[];
  /** Redis for snapshots; undefined means files in the data directory. */
  readonly redisUrl: string | undefined;
  /** NATS between nodes; undefined means that this process is alone. */
  readonly natsUrl: string | undefined;
  /** RabbitMQ for jobs; undefined means queues in the database. */
  readonly rabbitmqUrl: string | undefined;
  /** Begins every key in Redis, every subject in NATS and every queue: clusters may share them. */
  readonly clusterPrefix: string;
  /** `memory` keeps no history at all: a yardstick for benches, never for sales. */
  readonly journal: 'database' | 'memory';
  readonly tokenKeyFile: string;
  /** Seals what the database keeps of people, and the keys of tickets. */
  readonly dataKeyFile: string;
  /** Where people reach the pages: begins the links in mails. */
  readonly publicUrl: string;
  readonly provider: ProviderConfig;
  readonly mail: MailConfig;
  readonly whatsapp: WhatsAppConfig | undefined;
  /** S3 or what speaks like it; undefined means a folder. */
  readonly objects: ObjectsConfig | undefined;
  /** Whether partners' webhooks may go to addresses of private networks. Never in production. */
  readonly allowsPrivateWebhooks: boolean;
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
  /** Scans and uploads of one scanner. */
  readonly scanRate: Rate;
  /** What one socket may send of anything. */
  readonly frameRate: Rate;
  readonly mailboxLettersMax: number;
  readonly turnLettersMax: number;
  readonly snapshotFacts: number;
  readonly snapshotMs: number;
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

const portOrNone = makeValidator((text) => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value < 65_536) return value;
  throw new EnvError('Invalid port, or 0 for none');
});

/** At least one of what is counted: half a letter would be taken for ever. */
const count = makeValidator((text) => {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new EnvError('must be a whole number, 1 or more');
});

/** One address of a service, or none. */
function address(form: AddressForm) {
  return makeValidator((text) => checked(text.trim(), form));
}

/** Addresses of services of one kind, separated by commas. */
function addresses(form: AddressForm) {
  return makeValidator((text) => {
    return listed(text)
      .map((each) => checked(each, form))
      .join(',');
  });
}

function checked(text: string, form: AddressForm): string {
  const flaw = text === '' ? undefined : addressFlaw(text, form);
  if (flaw === undefined) return text;
  throw new EnvError(flaw);
}

/** How those of one service look, and how they may begin. */
function form(example: string, ...schemes: readonly string[]): AddressForm {
  return { example, schemes };
}

const redisUrl = address(form('redis://user:password@host:6379/0', 'redis', 'rediss'));
const natsUrl = address(form('nats://user:password@host:4222', 'nats', 'tls'));
const rabbitmqUrl = address(form('amqp://user:password@host:5672/vhost', 'amqp', 'amqps'));
const smtpUrl = address(form('smtp://user:password@host:587', 'smtp', 'smtps'));
const httpUrl = address(form('https://host', 'http', 'https'));

const roleNames: readonly RoleOfNode[] = ['gateway', 'actors', 'workers'];

const roles = makeValidator((text) => {
  const named = listed(text);
  const isGood = named.length > 0 && named.every((name) => roleNames.some((role) => role === name));
  if (isGood) return text;
  throw new EnvError(`must be some of ${roleNames.join(',')}`);
});

const clusterPrefix = makeValidator((text) => {
  if (/^[a-z][a-z0-9_-]{0,31}$/.test(text)) return text;
  throw new EnvError('must be a small letter and at most 31 more of a-z, 0-9, _ and -');
});

const specification = {
  HOST: str({ default: '127.0.0.1', desc: 'address to listen on' }),
  PORT: port({ default: 8080, desc: 'port of pages and sockets' }),
  NODE_NAME: str({
    default: '',
    desc: 'what operators call this node; unset: this machine and port',
  }),
  ROLES: roles({ default: roleNames.join(','), desc: 'what this process does, by commas' }),
  DATA_DIRECTORY: str({ default: 'var', desc: 'embedded database, snapshots and keys' }),
  DATABASE_URL: address(postgresForm)({
    default: '',
    desc: 'PostgreSQL; unset: the embedded database',
  }),
  DATABASE_REPLICA_URLS: addresses(postgresForm)({
    default: '',
    desc: 'standbys for lists, by commas',
  }),
  REDIS_URL: redisUrl({ default: '', desc: 'snapshots; unset: files in DATA_DIRECTORY' }),
  NATS_URL: natsUrl({ default: '', desc: 'joins the nodes; unset: this process is alone' }),
  RABBITMQ_URL: rabbitmqUrl({ default: '', desc: 'jobs; unset: queues in the database' }),
  CLUSTER_PREFIX: clusterPrefix({ default: 'ingressou', desc: 'begins all keys and subjects' }),
  JOURNAL: str({
    choices: ['database', 'memory'],
    default: 'database',
    desc: 'memory: nothing is durable; for benches',
  }),
  TOKEN_KEY_FILE: str({ default: '', desc: 'Ed25519 key of access tokens (PEM)' }),
  DATA_KEY_FILE: str({ default: '', desc: 'seals personal data and ticket keys (32 bytes)' }),
  PUBLIC_URL: httpUrl({ default: '', desc: 'where people reach the pages, for links in mails' }),
  PAGARME_SECRET_KEY: str({ default: '', desc: 'unset: payments are simulated' }),
  PAGARME_PUBLIC_KEY: str({ default: '', desc: "for cards in buyers' browsers" }),
  PAGARME_URL: httpUrl({ default: '', desc: 'the API, if it is not Pagar.me itself' }),
  PAGARME_CHALLENGE_URL: httpUrl({
    default: '',
    desc: 'where 3-D Secure is; unset: as the key says',
  }),
  PAGARME_TOKENIZE_SCRIPT: httpUrl({ default: '', desc: 'for cards; unset: as the key says' }),
  PAGARME_CHALLENGE_SCRIPT: httpUrl({
    default: '',
    desc: 'for 3-D Secure; unset: as the key says',
  }),
  PAGARME_PLATFORM_RECIPIENT: str({ default: '', desc: 'gets the fees; unset: nothing is split' }),
  PAGARME_WEBHOOK_USER: str({ default: '', desc: 'as set for the webhook at the provider' }),
  PAGARME_WEBHOOK_PASSWORD: str({ default: '', desc: 'likewise' }),
  SIMULATOR_PORT: portOrNone({ default: 8090, desc: 'the simulated provider; 0: nobody can pay' }),
  SIMULATOR_PAY_SECONDS: positive({ default: 8, desc: 'after which a simulated PIX is paid' }),
  MAIL_FROM: str({
    default: 'Ingressou <ingressos@ingressou.example>',
    desc: 'whom mails are from',
  }),
  SENDGRID_API_KEY: str({ default: '', desc: 'mails by SendGrid' }),
  SENDGRID_WEBHOOK_KEY: str({ default: '', desc: 'verifies its words about deliveries' }),
  SMTP_URL: smtpUrl({ default: '', desc: 'mails by SMTP; neither: into DATA_DIRECTORY/mail' }),
  WHATSAPP_TOKEN: str({ default: '', desc: 'messages by WhatsApp; unset: none are sent' }),
  WHATSAPP_PHONE_ID: str({ default: '', desc: 'the number that they come from' }),
  WHATSAPP_APP_SECRET: str({ default: '', desc: 'verifies its words about deliveries' }),
  WHATSAPP_VERIFY_TOKEN: str({ default: '', desc: 'as set for the webhook there' }),
  WHATSAPP_VERSION: str({ default: 'v23.0', desc: 'of its API' }),
  S3_URL: httpUrl({ default: '', desc: 'tickets and exports; unset: DATA_DIRECTORY/objects' }),
  S3_BUCKET: str({ default: '', desc: 'where they are kept there' }),
  S3_REGION: str({ default: 'us-east-1', desc: 'goes into its signatures' }),
  S3_ACCESS_KEY: str({ default: '', desc: 'may read, write, list and delete' }),
  S3_SECRET_KEY: str({ default: '', desc: 'belongs to it' }),
  PRIVATE_WEBHOOKS: bool({ default: false, desc: 'partners may be in private networks' }),
  DEV_TOKENS: bool({
    default: false,
    desc: 'tokens for whoever asks; unset: only without DATABASE_URL',
  }),
  DEMO_SHOW: bool({
    default: false,
    desc: 'opens one after 20 s; unset: only without DATABASE_URL',
  }),
  ORIGINS: str({ default: '', desc: 'other origins whose pages may connect, separated by commas' }),
  SOCKETS_MAX: count({ default: 15_000, desc: 'open at a time' }),
  SOCKETS_PER_SUBJECT_MAX: count({ default: 10, desc: 'of one person' }),
  COMMANDS_PER_SECOND: positive({ default: 5, desc: 'what one buyer may wish' }),
  COMMANDS_BURST: count({ default: 10, desc: 'at once, after a pause' }),
  SCANS_PER_SECOND: positive({ default: 40, desc: 'what one scanner may ask' }),
  SCANS_BURST: count({ default: 80, desc: 'at once, after a pause' }),
  FRAMES_PER_SECOND: positive({ default: 20, desc: 'what one socket may send' }),
  FRAMES_BURST: count({ default: 60, desc: 'at once, after a pause' }),
  MAILBOX_LETTERS_MAX: count({ default: 20_000, desc: 'wishes that wait at one show; then: busy' }),
  TURN_LETTERS_MAX: count({ default: 1_000, desc: 'wishes that one row takes' }),
  SNAPSHOT_FACTS: count({ default: 200_000, desc: 'facts after which a show is saved' }),
  SNAPSHOT_SECONDS: positive({ default: 60, desc: 'after which a changed show is saved' }),
  SHOW_IDLE_SECONDS: positive({ default: 600, desc: 'after which a show nobody asks for sleeps' }),
  LOG_LEVEL: str({
    choices: ['debug', 'info', 'warn', 'error', 'silent'],
    default: 'info',
    desc: 'debug, info, warn, error, silent',
  }),
};

/**
 * @throws {ConfigError} naming every variable that is wrong
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const env = cleanEnv(environment, specification, { reporter: refuse });
  const dataDirectory = path.resolve(env.DATA_DIRECTORY);
  const isEmbedded = env.DATABASE_URL === '';
  refuseHalfCluster(env);
  const half = halfServices(env);
  if (half.length > 0) throw new ConfigError(`These variables do not fit:\n  ${half.join('\n  ')}`);
  return {
    host: env.HOST,
    port: env.PORT,
    nodeName: env.NODE_NAME || `${hostname()}:${env.PORT}`,
    roles: new Set(listed(env.ROLES) as RoleOfNode[]),
    dataDirectory,
    databaseUrl: isEmbedded ? undefined : env.DATABASE_URL,
    databaseReplicaUrls: listed(env.DATABASE_REPLICA_URLS),
    redisUrl: env.REDIS_URL || undefined,
    natsUrl: env.NATS_URL || undefined,
    rabbitmqUrl: env.RABBITMQ_URL || undefined,
    clusterPrefix: env.CLUSTER_PREFIX,
    journal: env.JOURNAL as Config['journal'],
    tokenKeyFile: env.TOKEN_KEY_FILE || path.join(dataDirectory, 'keys', 'access-token.pem'),
    dataKeyFile: env.DATA_KEY_FILE || path.join(dataDirectory, 'keys', 'data.key'),
    publicUrl: (env.PUBLIC_URL || `http://${env.HOST}:${env.PORT}`).replace(/\/$/, ''),
    provider: providerOf(env),
    mail: mailOf(env),
    whatsapp: whatsappOf(env),
    objects: objectsOf(env),
    allowsPrivateWebhooks: env.PRIVATE_WEBHOOKS,
    // Without any service this is a developer's machine; with one, both must be asked for.
    hasDevTokens: environment.DEV_TOKENS === undefined ? isEmbedded : env.DEV_TOKENS,
    hasDemoShow: environment.DEMO_SHOW === undefined ? isEmbedded : env.DEMO_SHOW,
    origins: listed(env.ORIGINS),
    socketsMax: env.SOCKETS_MAX,
    socketsPerSubjectMax: env.SOCKETS_PER_SUBJECT_MAX,
    scanRate: { perSecond: env.SCANS_PER_SECOND, burst: env.SCANS_BURST },
    commandRate: { perSecond: env.COMMANDS_PER_SECOND, burst: env.COMMANDS_BURST },
    frameRate: { perSecond: env.FRAMES_PER_SECOND, burst: env.FRAMES_BURST },
    mailboxLettersMax: env.MAILBOX_LETTERS_MAX,
    turnLettersMax: env.TURN_LETTERS_MAX,
    snapshotFacts: env.SNAPSHOT_FACTS,
    snapshotMs: env.SNAPSHOT_SECONDS * 1000,
    idleMs: env.SHOW_IDLE_SECONDS * 1000,
    logLevel: env.LOG_LEVEL,
  };
}

/** Settings that are each right and together make a node that cannot work. */
function refuseHalfCluster(env: {
  readonly DATABASE_URL: string;
  readonly DATABASE_REPLICA_URLS: string;
  readonly NATS_URL: string;
  readonly ROLES: string;
}): void {
  const isEmbedded = env.DATABASE_URL === '';
  const problems = [
    isEmbedded && env.NATS_URL !== ''
      ? 'NATS_URL joins nodes that share a database: set DATABASE_URL too'
      : '',
    isEmbedded && env.DATABASE_REPLICA_URLS !== ''
      ? 'DATABASE_REPLICA_URLS needs DATABASE_URL, their primary'
      : '',
    env.NATS_URL === '' && !listed(env.ROLES).includes('actors')
      ? 'ROLES without actors needs NATS_URL: the shows live in other nodes'
      : '',
  ].filter(Boolean);
  if (problems.length > 0)
    throw new ConfigError(`These variables do not fit:\n  ${problems.join('\n  ')}`);
}

function listed(text: string): string[] {
  return text
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean);
}

/** Every variable with what it means and its default, for `--help`. */
export function describeVariables(): string {
  const variables = Object.entries(specification);
  const width = Math.max(...variables.map(([name]) => name.length));
  return variables
    .map(([name, { default: value, desc }]) => {
      const standard = value === '' || value === false ? '' : ` (${value})`;
      return `  ${name.padEnd(width)}  ${desc}${standard}`;
    })
    .join('\n');
}

function refuse({ errors }: { errors: Partial<Record<string, Error>> }): void {
  const lines = Object.entries(errors).map(([name, error]) => `  ${name}: ${error?.message}`);
  if (lines.length > 0) throw new ConfigError(`These variables are wrong:\n${lines.join('\n')}`);
}
