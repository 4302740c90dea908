import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { createDatabase } from '../../../scripts/test-postgres.ts';
import { readConfig } from '../../../src/config.ts';
import type { Fault, Habit } from '../../../src/payments/simulator/faults.ts';
import { newSubject } from '../../../src/transport/access-tokens.ts';
import { openS3Stub, type S3Stub, s3Credentials } from '../../setup/s3-stub.ts';
import { openSmtpStub, type SmtpStub } from '../../setup/smtp-stub.ts';
import { Random } from '../../simulation/random.ts';
import { ClusterView } from '../cluster-view.ts';
import { comesTrue } from '../comes-true.ts';
import { FaultNode } from '../fault-node.ts';
import type { Ground } from '../ground.ts';
import { nodeEnvironment } from '../node-environment.ts';
import { makeShows, type SaleShow } from '../shows.ts';
import { BrokerTap } from './broker-tap.ts';
import { MessageCatcher } from './message-catcher.ts';
import { type PlansWanted, plansFor } from './plans.ts';
import { ProviderProcess } from './provider-process.ts';
import { Shoppers } from './shoppers.ts';

/** What a scenario about orders plays on. Whatever is left out is usual. */
export interface SaleSpec {
  /** How many are planned. */
  readonly orders: number;
  /** A second. */
  readonly perSecond?: number;
  /** Who keeps the jobs. */
  readonly queues: 'rabbitmq' | 'database';
  /** From a checkout until it must be paid. */
  readonly payMs?: number;
  /** What the bank does with every order, besides its plan. */
  readonly habit?: Habit;
  /** What goes wrong at the provider from the beginning. */
  readonly faults?: readonly Fault[];
  readonly workers?: number;
  readonly emphasis?: NonNullable<PlansWanted['emphasis']>;
}

const usual = {
  perSecond: 8,
  payMs: 15_000,
  workers: 2,
  habit: {},
  faults: [],
  emphasis: {},
} as const;
const showsCount = 2;
const holdMs = 12_000;
const feeBasisPoints = 1_000;
const tokenMs = 3_600_000;
const readyMs = 30_000;

/** What runs, once it does. */
export interface Sale {
  readonly databaseUrl: string;
  readonly front: FaultNode;
  readonly workers: readonly FaultNode[];
  readonly provider: ProviderProcess;
  readonly mails: SmtpStub;
  /** Undefined when the database keeps the jobs. */
  readonly tap: BrokerTap | undefined;
  readonly messages: MessageCatcher;
  readonly view: ClusterView;
  readonly shoppers: Shoppers;
  /** Where an operator's commands find the jobs. */
  readonly operator: Readonly<Record<string, string>>;
}

/** Starts nodes, a provider, a mail server and a store of files, and lets buyers in. */
export class SaleHouse {
  readonly random: Random;
  readonly #ground: Ground;
  readonly #name: string;
  readonly #spec: Required<SaleSpec>;
  readonly #directory: string;
  readonly #closers: (() => Promise<unknown>)[] = [];
  #databaseUrl = '';
  /** What nodes reach through proxies, and an operator without. */
  #services: Readonly<Record<string, string>> = {};

  constructor(ground: Ground, name: string, spec: SaleSpec) {
    this.#ground = ground;
    this.#name = name;
    this.#spec = { ...usual, ...spec };
    this.random = new Random(ground.seed, name);
    this.#directory = path.join(ground.directory, name);
  }

  get payMs(): number {
    return this.#spec.payMs;
  }

  /** Resolves when everything runs and every buyer is there. */
  async open(): Promise<Sale> {
    await mkdir(this.#directory, { recursive: true });
    const server = await this.#ground.postgres();
    const databaseUrl = (await createDatabase(server.url, this.#name)).url;
    this.#databaseUrl = databaseUrl;
    const shows = await this.#makeShows();
    const mails = this.#closeLater(await openSmtpStub());
    const port = await this.#ground.takePort();
    const broker = this.#spec.queues === 'rabbitmq' ? await this.#ground.rabbitmq() : undefined;
    this.#services = {
      PAGARME_URL: `http://127.0.0.1:${port}/core/v5`,
      SMTP_URL: mails.url,
      ...s3Variables(this.#closeLater(await openS3Stub())),
      ...(broker === undefined ? {} : { RABBITMQ_URL: broker.url }),
    };
    const front = await this.#addNode('front', 'gateway,actors');
    const workers: FaultNode[] = [];
    for (let index = 1; index <= this.#spec.workers; index += 1) {
      workers.push(await this.#addNode(`worker-${index}`, 'workers'));
    }
    const provider = await this.#startProvider(port, front);
    // Workers find the exchange that the first of all nodes has made.
    await front.start();
    await Promise.all(workers.map((worker) => worker.start()));
    const tap = broker && this.#closeLater(await BrokerTap.open(broker.url, this.#prefix));
    const folders = workers.map(({ name }) => path.join(this.artefact(name), 'mail'));
    const messages = this.#closeLater(new MessageCatcher(folders));
    const view = this.#closeLater(new ClusterView(databaseUrl));
    const shoppers = await this.#gather(shows, front, provider);
    const operator = this.#environment('operator');
    const parts = { databaseUrl, front, workers, provider, mails, tap, messages, view, operator };
    return { ...parts, shoppers };
  }

  /** A file that is kept when something has failed. */
  artefact(name: string): string {
    return path.join(this.#directory, name);
  }

  /** Leaves nothing behind but logs. */
  async close(): Promise<void> {
    for (const close of this.#closers.reverse()) await close();
  }

  #closeLater<T extends { close(): Promise<unknown> }>(part: T): T {
    this.#closers.push(() => part.close());
    return part;
  }

  get #prefix(): string {
    return this.#name.toLowerCase();
  }

  #environment(place: string): Record<string, string> {
    return {
      ...nodeEnvironment({
        name: this.#name,
        databaseUrl: this.#databaseUrl,
        dataDirectory: this.artefact(place),
        tokenKeyFile: this.#ground.tokenKeyFile,
      }),
      DATA_KEY_FILE: this.artefact('data.key'),
      PUBLIC_URL: 'http://127.0.0.1:8080',
      PAGARME_SECRET_KEY: 'sk_test_simulator',
      PAGARME_PUBLIC_KEY: 'pk_test_simulator',
      PAGARME_WEBHOOK_USER: 'simulator',
      PAGARME_WEBHOOK_PASSWORD: 'simulator',
      ...this.#services,
    };
  }

  async #makeShows(): Promise<readonly SaleShow[]> {
    const environment = {
      ...this.#environment('maker'),
      PAGARME_SECRET_KEY: '',
      ROLES: 'gateway,actors',
      LOG_LEVEL: 'silent',
      SIMULATOR_PORT: '0',
    };
    const config = { ...readConfig(environment), port: await this.#ground.takePort() };
    const rules = { holdMs, payMs: this.#spec.payMs, feeBasisPoints };
    return await makeShows(config, showsCount, rules);
  }

  async #startProvider(port: number, front: FaultNode): Promise<ProviderProcess> {
    const provider = new ProviderProcess({
      port,
      webhookUrl: `${front.url}/v1/webhooks/pagarme`,
      logFile: this.artefact('provider.log'),
    });
    await provider.start();
    this.#closers.push(() => provider.stop());
    for (const fault of this.#spec.faults) await provider.orderFault(fault);
    return provider;
  }

  async #gather(
    shows: readonly SaleShow[],
    front: FaultNode,
    provider: ProviderProcess,
  ): Promise<Shoppers> {
    const { orders, perSecond, payMs, habit, emphasis } = this.#spec;
    const shoppers = await Shoppers.gather({
      url: front.url,
      shows,
      plans: plansFor({ orders, payMs, emphasis }, this.random.fork('plans')),
      perSecond,
      provider,
      habit,
      random: this.random,
      newToken: async () => {
        const subject = newSubject();
        const token = await this.#ground.tokens.sign(subject, 'CLIENTE', Date.now(), tokenMs);
        return { subject, token };
      },
    });
    this.#closers.push(async () => shoppers.close());
    if (await comesTrue(() => shoppers.areAllLive, readyMs)) return shoppers;
    throw new Error('The buyers do not get in.');
  }

  async #addNode(place: string, roles: string): Promise<FaultNode> {
    const node = await FaultNode.prepare({
      name: place,
      roles,
      logFile: this.artefact(`${place}.log`),
      random: this.random.fork(place),
      takePort: () => this.#ground.takePort(),
      databaseUrl: this.#databaseUrl,
      natsUrl: (await this.#ground.nats()).url,
      isProxied: true,
      environment: this.#environment(place),
      services: proxied(this.#services),
    });
    return this.#closeLater(node);
  }
}

function s3Variables({ url, bucket }: S3Stub): Record<string, string> {
  const { accessKey, secretKey, region } = s3Credentials;
  return {
    S3_URL: url,
    S3_BUCKET: bucket,
    S3_REGION: region,
    S3_ACCESS_KEY: accessKey,
    S3_SECRET_KEY: secretKey,
  };
}

function proxied(services: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(services).filter(([name]) => name.endsWith('_URL')));
}
