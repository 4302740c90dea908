import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createDatabase } from '../../../scripts/test-postgres.ts';
import { readConfig } from '../../../src/config.ts';
import type { Fault, Habit } from '../../../src/payments/simulator/faults.ts';
import { jobKinds } from '../../../src/ports/jobs.ts';
import { newSubject } from '../../../src/transport/access-tokens.ts';
import { openS3Stub, type S3Stub, s3Credentials } from '../../setup/s3-stub.ts';
import { openSmtpStub, type SmtpStub } from '../../setup/smtp-stub.ts';
import { Random } from '../../simulation/random.ts';
import { brokenPromises } from '../checker.ts';
import { ClusterView } from '../cluster-view.ts';
import { comesTrue } from '../comes-true.ts';
import { FaultNode } from '../fault-node.ts';
import { Found } from '../found.ts';
import type { Ground } from '../ground.ts';
import { readJournals, textOf } from '../journal-rows.ts';
import { nodeEnvironment } from '../node-environment.ts';
import { makeShows, type SaleShow } from '../shows.ts';
import { Sightings } from '../sightings.ts';
import { BrokerTap } from './broker-tap.ts';
import { deadJobs } from './dead-jobs.ts';
import { Killing, type Moment } from './killing.ts';
import { MessageCatcher } from './message-catcher.ts';
import { moneyFindingsOf } from './money-findings.ts';
import { brokenSale, type SaleEvidence } from './order-checker.ts';
import { storiesOf } from './order-stories.ts';
import { afterTheEndMs, type PlansWanted, plansFor } from './plans.ts';
import { ProviderProcess } from './provider-process.ts';
import { readSale } from './sale-rows.ts';
import { Shoppers } from './shoppers.ts';

/** What a scenario about orders plays on. Whatever is left out is usual. */
export interface OrderStageSpec {
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
/** From the last fault until everything must be decided, told and delivered. */
const settledMs = 150_000;
const lookMs = 1_000;
/** The latest that a buyer does of their own. */
const lateMs = 3_000;

/** Nodes, a provider, a mail server, a store of files, and people who buy. */
export class OrderStage extends Found {
  readonly workers: FaultNode[] = [];
  readonly random: Random;
  readonly name: string;
  readonly #ground: Ground;
  readonly #spec: Required<OrderStageSpec>;
  readonly #directory: string;
  readonly #closers: (() => Promise<unknown>)[] = [];
  readonly #lastLooks: (() => Promise<void>)[] = [];
  #databaseUrl = '';
  #natsUrl = '';
  #shows: readonly SaleShow[] = [];
  #parts: Parts | undefined;

  private constructor(ground: Ground, name: string, spec: OrderStageSpec) {
    super();
    this.name = name;
    this.#ground = ground;
    this.#spec = { ...usual, ...spec };
    this.random = new Random(ground.seed, name);
    this.#directory = path.join(ground.directory, name);
  }

  /** Resolves when everything runs and every buyer is there. */
  static async open(ground: Ground, name: string, spec: OrderStageSpec): Promise<OrderStage> {
    const stage = new OrderStage(ground, name, spec);
    try {
      await stage.#build();
      return stage;
    } catch (failure) {
      await stage.close();
      throw failure;
    }
  }

  get provider(): ProviderProcess {
    return this.#there.provider;
  }

  get front(): FaultNode {
    return this.#there.front;
  }

  get shoppers(): Shoppers {
    return this.#there.shoppers;
  }

  get mails(): SmtpStub {
    return this.#there.mails;
  }

  get view(): ClusterView {
    return this.#there.view;
  }

  /** @throws {Error} the database keeps the jobs */
  get tap(): BrokerTap {
    const { tap } = this.#there;
    if (tap === undefined) throw new Error('There is no broker.');
    return tap;
  }

  get payMs(): number {
    return this.#spec.payMs;
  }

  /** A file that is kept when something has failed. */
  artefact(name: string): string {
    return path.join(this.#directory, name);
  }

  /** Looked at when everything is decided. */
  afterwards(look: () => Promise<void>): void {
    this.#lastLooks.push(look);
  }

  /** Where an operator's commands find the jobs. */
  get operator(): Readonly<Record<string, string>> {
    return this.#environment('operator');
  }

  /**
   * Kills whichever worker sends `text` on this way: before it arrives, or before the answer does.
   * Whoever was killed is started again. It goes on until it is ended.
   */
  killEach(moment: Moment): Killing {
    return new Killing(this.workers, moment);
  }

  /** The sum of one metric over all workers that run now. */
  async metric(name: string, labels = ''): Promise<number> {
    const counts = await Promise.all(this.workers.map((worker) => worker.metric(name, labels)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Everything has healed: waits until all is decided, and holds all against all. */
  async conclude(): Promise<void> {
    await this.#pastTheLast();
    let broken = await this.#brokenNow();
    const isSettled = async () => {
      broken = await this.#brokenNow();
      return broken.length === 0;
    };
    const since = performance.now();
    if (broken.length > 0) await comesTrue(isSettled, settledMs, lookMs);
    this.note(
      `everything was decided ${seconds(performance.now() - since)} after the last deadline`,
    );
    // What comes a second time comes a moment later.
    await new Promise((resolve) => setTimeout(resolve, lateMs));
    this.findings.broken.push(...(await this.#brokenNow()), ...(await this.#leftovers()));
    for (const look of this.#lastLooks) await look();
    await this.#tell();
    const nodes = [...this.workers, this.front];
    const codes: (number | null)[] = [];
    for (const node of nodes) codes.push(await node.stop());
    this.expect(
      `every node ends in good order (exit codes ${codes.join(', ')})`,
      codes.every((code) => code === 0),
    );
  }

  /** Leaves nothing behind but logs. */
  async close(): Promise<void> {
    for (const close of this.#closers.reverse()) await close();
  }

  /** What is not as it must be in the end. */
  async #brokenNow(): Promise<string[]> {
    const evidence = await this.evidence();
    return [...brokenSale(evidence), ...(await moneyFindingsOf(this.#databaseUrl))];
  }

  async evidence(): Promise<SaleEvidence> {
    const { messages, mails, provider, shoppers } = this.#there;
    await messages.look();
    // Histories last: what they call for is never younger than the rest.
    const stories = storiesOf(await readJournals(this.#databaseUrl));
    return {
      stories,
      rows: await readSale(this.#databaseUrl),
      provider: await provider.orders(),
      bought: shoppers.bought,
      mails: mails.mails,
      hasMessage: (id) => messages.has(id),
    };
  }

  get #there(): Parts {
    if (this.#parts === undefined) throw new Error('Nobody is there yet.');
    return this.#parts;
  }

  /** Nobody pays, cancels or expires after that. */
  async #pastTheLast(): Promise<void> {
    const { payMs } = this.#spec;
    const ends = this.shoppers.bought.map(({ at, plan }) => {
      const isLast = plan.kind === 'pays_after_the_end';
      return at + (isLast ? afterTheEndMs(payMs) : 2 * payMs) + lateMs;
    });
    const end = Math.max(performance.now(), ...ends);
    await new Promise((resolve) => setTimeout(resolve, end - performance.now()));
  }

  /** Histories that do not add up, and jobs that nobody does. */
  async #leftovers(): Promise<string[]> {
    const journals = await readJournals(this.#databaseUrl);
    const { told } = this.shoppers;
    const broken = brokenPromises({ told, journals, sightings: new Sightings() });
    const dead = await deadJobs(this.operator);
    broken.push(...dead.map(({ id, reason }) => `The job ${id} is dead: ${reason}`));
    const { tap } = this.#there;
    if (tap !== undefined) {
      const queues = jobKinds.map((kind) => `${this.#prefix}.${kind}`);
      const waiting = await tap.waiting(queues);
      if (waiting > 0) broken.push(`${waiting} jobs wait though nothing is to be done.`);
    }
    return broken;
  }

  async #tell(): Promise<void> {
    const evidence = await this.evidence();
    const { stories, mails, provider } = evidence;
    const orders = [...stories.orders.values()];
    const count = (status: string) => orders.filter((each) => each.status === status).length;
    const different = new Set(mails.map(({ id }) => id)).size;
    const refunds = stories.refunds.filter(({ done }) => done.length > 0).length;
    this.note(
      `${orders.length} orders: ${count('paid')} paid, ${count('failed')} failed, ` +
        `${count('expired')} expired, ${count('cancelled')} cancelled; ${refunds} refunds`,
    );
    const cents = (of: (charge: Charge) => number) =>
      provider.flatMap(({ charges }) => charges).reduce((sum, charge) => sum + of(charge), 0);
    const inCents = cents(({ paid_amount = 0 }) => paid_amount);
    const backCents = cents(({ paid_amount = 0, canceled_amount = 0 }) =>
      Math.min(paid_amount, canceled_amount),
    );
    this.note(
      `${brl(inCents)} came in, ${brl(backCents)} went back, ` +
        `${evidence.rows.tickets.filter(({ status }) => status === 'valid').length} tickets stay; ` +
        `${mails.length} mails, ${mails.length - different} of them again`,
    );
    this.measured(
      'checkout to signed tickets',
      ...orders.flatMap(({ checkedOutAt, signedAt }) =>
        signedAt === undefined ? [] : [signedAt - checkedOutAt],
      ),
    );
    const { troubles } = this.shoppers;
    if (troubles.length > 0) this.note(`${troubles.length} buyers gave up: ${troubles[0]}`);
    if (this.findings.broken.length === 0) return;
    await writeFile(this.artefact('journal.jsonl'), textOf(await readJournals(this.#databaseUrl)));
    await writeFile(this.artefact('provider.json'), JSON.stringify(provider, null, 1));
  }

  get #prefix(): string {
    return this.name.toLowerCase();
  }

  #environment(place: string): Record<string, string> {
    const { name, databaseUrl } = { name: this.name, databaseUrl: this.#databaseUrl };
    const { tokenKeyFile } = this.#ground;
    const dataDirectory = this.artefact(place);
    return {
      ...nodeEnvironment({ name, databaseUrl, dataDirectory, tokenKeyFile }),
      DATA_KEY_FILE: this.artefact('data.key'),
      PUBLIC_URL: 'http://127.0.0.1:8080',
      PAGARME_SECRET_KEY: 'sk_test_simulator',
      PAGARME_PUBLIC_KEY: 'pk_test_simulator',
      PAGARME_WEBHOOK_USER: 'simulator',
      PAGARME_WEBHOOK_PASSWORD: 'simulator',
      ...this.#services,
    };
  }

  /** What nodes reach through proxies, and an operator without. */
  #services: Readonly<Record<string, string>> = {};

  async #build(): Promise<void> {
    await mkdir(this.#directory, { recursive: true });
    const server = await this.#ground.postgres();
    this.#databaseUrl = (await createDatabase(server.url, this.name)).url;
    this.#natsUrl = (await this.#ground.nats()).url;
    await this.#makeShows();
    const [mails, files] = [await openSmtpStub(), await openS3Stub()];
    this.#closeLater(mails, files);
    const broker = this.#spec.queues === 'rabbitmq' ? await this.#ground.rabbitmq() : undefined;
    const providerPort = await this.#ground.takePort();
    this.#services = {
      PAGARME_URL: `http://127.0.0.1:${providerPort}/core/v5`,
      SMTP_URL: mails.url,
      ...s3Variables(files),
      ...(broker === undefined ? {} : { RABBITMQ_URL: broker.url }),
    };
    const front = await this.#addNode('front', 'gateway,actors');
    for (let index = 1; index <= this.#spec.workers; index += 1) {
      this.workers.push(await this.#addNode(`worker-${index}`, 'workers'));
    }
    const provider = await this.#startProvider(providerPort, front);
    // Workers find the exchange that the first of all nodes has made.
    await front.start();
    await Promise.all(this.workers.map((worker) => worker.start()));
    const tap = broker && (await BrokerTap.open(broker.url, this.#prefix));
    if (tap !== undefined) this.#closers.push(() => tap.close());
    const messages = new MessageCatcher(
      this.workers.map(({ name }) => path.join(this.artefact(name), 'mail')),
    );
    this.#closers.push(() => messages.close());
    const view = new ClusterView(this.#databaseUrl);
    this.#closers.push(() => view.close());
    const shoppers = await this.#gather(front, provider);
    this.#parts = { front, provider, mails, files, tap, messages, view, shoppers };
    const areLive = await comesTrue(() => shoppers.areAllLive, readyMs);
    if (!areLive) throw new Error('The buyers do not get in.');
  }

  #closeLater(...parts: readonly { close(): Promise<unknown> }[]): void {
    for (const part of parts) this.#closers.push(() => part.close());
  }

  async #makeShows(): Promise<void> {
    const environment = {
      ...this.#environment('maker'),
      PAGARME_SECRET_KEY: '',
      ROLES: 'gateway,actors',
      LOG_LEVEL: 'silent',
      SIMULATOR_PORT: '0',
    };
    const config = { ...readConfig(environment), port: await this.#ground.takePort() };
    const rules = { holdMs, payMs: this.#spec.payMs, feeBasisPoints };
    this.#shows = await makeShows(config, showsCount, rules);
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

  async #gather(front: FaultNode, provider: ProviderProcess): Promise<Shoppers> {
    const { orders, perSecond, payMs, habit, emphasis } = this.#spec;
    const shoppers = await Shoppers.gather({
      url: front.url,
      shows: this.#shows,
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
    return shoppers;
  }

  async #addNode(place: string, roles: string): Promise<FaultNode> {
    const node = await FaultNode.prepare({
      name: place,
      roles,
      logFile: this.artefact(`${place}.log`),
      random: this.random.fork(place),
      takePort: () => this.#ground.takePort(),
      databaseUrl: this.#databaseUrl,
      natsUrl: this.#natsUrl,
      isProxied: true,
      environment: this.#environment(place),
      services: proxied(this.#services),
    });
    this.#closers.push(() => node.close());
    return node;
  }
}

/** What runs, once it does. */
interface Parts {
  readonly front: FaultNode;
  readonly provider: ProviderProcess;
  readonly mails: SmtpStub;
  readonly files: S3Stub;
  readonly tap: BrokerTap | undefined;
  readonly messages: MessageCatcher;
  readonly view: ClusterView;
  readonly shoppers: Shoppers;
}

type Charge = Awaited<ReturnType<ProviderProcess['orders']>>[number]['charges'][number];

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

function brl(cents: number): string {
  return `R$ ${(cents / 100).toFixed(2)}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
