import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type CommandId,
  type EventId,
  type LotId,
  type Role,
  type SubjectId,
  uuid7,
} from '@ingressou/protocol';
import { inject } from 'vitest';
import { freePort } from '../../scripts/free-port.ts';
import { createDatabase } from '../../scripts/test-postgres.ts';
import { type Config, readConfig } from '../../src/config.ts';
import type { Command } from '../../src/domain/commands.ts';
import { type RunningNode, startNode } from '../../src/node.ts';
import { AccessTokens, openSigningKey } from '../../src/transport/access-tokens.ts';

export interface LotSetup {
  readonly sector?: string;
  readonly name?: string;
  readonly priceCents?: number;
  readonly quantity: number;
  readonly isHalf?: boolean;
  readonly isNominal?: boolean;
  readonly isPrintable?: boolean;
}

export interface ShowSetup {
  readonly lots: readonly LotSetup[];
  /** Absent: the sale is open. */
  readonly opensAt?: number;
  readonly holdMs?: number;
  readonly extendMs?: number;
  readonly limit?: number;
  readonly payMs?: number;
  readonly feeBasisPoints?: number;
  /** Absent: tomorrow. */
  readonly startsAt?: number;
  readonly isRotating?: boolean;
}

/** A show that is ready to be sold, and the ids of its lots in their order. */
export interface OpenShow {
  readonly event: EventId;
  readonly slug: string;
  readonly lots: readonly LotId[];
}

/** A node of a test, on a port and a directory of its own. */
export interface TestNode {
  readonly url: string;
  readonly config: Config;
  readonly node: RunningNode;
  createShow(setup: ShowSetup): Promise<OpenShow>;
  mintToken(wish: {
    role: Role;
    subject?: SubjectId;
    shows?: readonly EventId[];
    lifeMs?: number;
  }): Promise<string>;
  /** Stops the node and starts another on the same port and data. */
  restart(): Promise<TestNode>;
  stop(): Promise<void>;
}

/**
 * Starts a node on PostgreSQL when the run has one, else on the embedded database. Either is the node's
 * own: nodes that share one do each other's jobs.
 */
export async function openNode(overrides: Partial<Config> = {}): Promise<TestNode> {
  const directory = await mkdtemp(path.join(tmpdir(), 'ingressou-test-'));
  const server = 'databaseUrl' in overrides ? undefined : inject('postgresUrl');
  const database = server === undefined ? undefined : await createDatabase(server, 'a test');
  const remove = async (): Promise<void> => {
    await rm(directory, { recursive: true, force: true });
    await database?.close();
  };
  const environment = {
    DATABASE_URL: database?.url ?? '',
    DATA_DIRECTORY: directory,
    DEV_TOKENS: 'true',
    DEMO_SHOW: 'false',
    LOG_LEVEL: 'silent',
    SIMULATOR_PORT: '0',
    PORT: String(await freePort()),
  };
  const config = { ...readConfig(environment), ...overrides };
  try {
    return await startOn(config, remove);
  } catch (failure) {
    await remove();
    throw failure;
  }
}

async function startOn(config: Config, remove: () => Promise<void>): Promise<TestNode> {
  const node = await startNode(config);
  const tokens = new AccessTokens(await openSigningKey(config.tokenKeyFile));
  return {
    url: node.url,
    config,
    node,
    createShow: (setup) => createShow(node, setup),
    mintToken: ({ role, subject = newId<SubjectId>(), shows = [], lifeMs = 60_000 }) =>
      tokens.sign(subject, role, Date.now(), lifeMs, shows),
    async restart() {
      await node.stop();
      return await startOn(config, remove);
    },
    async stop() {
      await node.stop();
      await remove();
    },
  };
}

async function createShow(node: RunningNode, setup: ShowSetup): Promise<OpenShow> {
  const event = newId<EventId>();
  const slug = `show-${randomUUID()}`;
  const { startsAt = Date.now() + 86_400_000 } = setup;
  await node.catalog.add({
    id: event,
    slug,
    title: 'Noite de Teste',
    venue: 'Casa de Teste',
    city: 'Brasília',
    uf: 'DF',
    startsAt,
  });
  const { holdMs = 600_000, extendMs = 300_000, limit = 6, opensAt } = setup;
  const { payMs = 600_000, feeBasisPoints = 0, isRotating = false } = setup;
  const rules = { holdMs, extendMs, limit, payMs, feeBasisPoints, startsAt, isRotating };
  await submit(node, event, { type: 'create_show', id: newId(), ...rules });
  const lots: LotId[] = [];
  for (const lot of setup.lots) {
    const id = newId<LotId>();
    lots.push(id);
    const { sector = 'Pista', name = 'Lote', priceCents = 10_000, ...rest } = lot;
    const about = { sector, name, priceCents, ...rest };
    await submit(node, event, { type: 'open_lot', id, ...about });
  }
  const when = opensAt === undefined ? {} : { opensAt };
  await submit(node, event, { type: 'open_sale', id: newId<CommandId>(), ...when });
  return { event, slug, lots };
}

async function submit(node: RunningNode, event: EventId, command: Command): Promise<void> {
  const answer = await node.commands.submit(event, command);
  if (!answer.accepted) throw new Error(`${command.type} was refused: ${answer.rejection.reason}`);
}

/** A UUIDv7 of now. */
export function newId<T extends CommandId | LotId | EventId | SubjectId>(): T {
  return uuid7<T>(Date.now(), randomBytes(16));
}
