import { writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { jobKinds } from '../../../src/ports/jobs.ts';
import type { Random } from '../../simulation/random.ts';
import { brokenPromises } from '../checker.ts';
import type { ClusterView } from '../cluster-view.ts';
import { comesTrue } from '../comes-true.ts';
import type { FaultNode } from '../fault-node.ts';
import { seconds } from '../figures.ts';
import { Found } from '../found.ts';
import type { Ground } from '../ground.ts';
import { readJournals, textOf } from '../journal-rows.ts';
import { Sightings } from '../sightings.ts';
import type { BrokerTap } from './broker-tap.ts';
import { deadJobs } from './dead-jobs.ts';
import { Killing, type Moment } from './killing.ts';
import { moneyFindingsOf } from './money-findings.ts';
import { brokenSale, type SaleEvidence } from './order-checker.ts';
import { storiesOf } from './order-stories.ts';
import { afterTheEndMs } from './plans.ts';
import type { ProviderProcess } from './provider-process.ts';
import { type Sale, SaleHouse, type SaleSpec } from './sale-house.ts';
import { readSale } from './sale-rows.ts';
import { tellSale } from './sale-summary.ts';
import type { Shoppers } from './shoppers.ts';

/** From the last deadline until everything must be decided, told and delivered. */
const settledMs = 150_000;
const lookMs = 1_000;
/** The latest that a buyer does of their own. */
const lateMs = 3_000;

/** A sale with buyers, before, during and after a fault. */
export class OrderStage extends Found {
  readonly #house: SaleHouse;
  readonly #lastLooks: (() => Promise<void>)[] = [];
  #sale: Sale | undefined;

  private constructor(house: SaleHouse) {
    super();
    this.#house = house;
  }

  /** Resolves when everything runs and every buyer is there. */
  static async open(ground: Ground, name: string, spec: SaleSpec): Promise<OrderStage> {
    const stage = new OrderStage(new SaleHouse(ground, name, spec));
    try {
      stage.#sale = await stage.#house.open();
      return stage;
    } catch (failure) {
      await stage.close();
      throw failure;
    }
  }

  get random(): Random {
    return this.#house.random;
  }

  get front(): FaultNode {
    return this.#there.front;
  }

  get workers(): readonly FaultNode[] {
    return this.#there.workers;
  }

  get provider(): ProviderProcess {
    return this.#there.provider;
  }

  get shoppers(): Shoppers {
    return this.#there.shoppers;
  }

  get view(): ClusterView {
    return this.#there.view;
  }

  get operator(): Sale['operator'] {
    return this.#there.operator;
  }

  /** @throws {Error} the database keeps the jobs */
  get tap(): BrokerTap {
    const { tap } = this.#there;
    if (tap === undefined) throw new Error('There is no broker.');
    return tap;
  }

  /** Looked at when everything is decided. */
  afterwards(look: () => Promise<void>): void {
    this.#lastLooks.push(look);
  }

  /** Workers die in this moment, each time, until it is ended. */
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
    const since = performance.now();
    await comesTrue(async () => (await this.#brokenNow()).length === 0, settledMs, lookMs);
    this.note(`all was decided ${seconds(performance.now() - since)} after the last deadline`);
    // What comes a second time comes a moment later.
    await pause(lateMs);
    this.findings.broken.push(...(await this.#brokenNow()), ...(await this.#leftovers()));
    for (const look of this.#lastLooks) await look();
    await this.#tell();
    const codes: (number | null)[] = [];
    for (const node of [...this.workers, this.front]) codes.push(await node.stop());
    this.expect(
      `every node ends in good order (exit codes ${codes.join(', ')})`,
      codes.every((code) => code === 0),
    );
  }

  close(): Promise<void> {
    return this.#house.close();
  }

  async evidence(): Promise<SaleEvidence> {
    const { databaseUrl, messages, mails, provider, shoppers } = this.#there;
    // Histories first: what they call for is there when the rest is read, if it ever is.
    const stories = storiesOf(await readJournals(databaseUrl));
    await messages.look();
    return {
      stories,
      rows: await readSale(databaseUrl),
      provider: await provider.orders(),
      bought: shoppers.bought,
      mails: mails.mails,
      hasMessage: (id) => messages.has(id),
    };
  }

  get #there(): Sale {
    if (this.#sale === undefined) throw new Error('Nobody is there yet.');
    return this.#sale;
  }

  /** Nobody pays, cancels or expires after that. */
  async #pastTheLast(): Promise<void> {
    const { payMs } = this.#house;
    const ends = this.shoppers.bought.map(({ at, plan }) => {
      const isLast = plan.kind === 'pays_after_the_end';
      return at + (isLast ? afterTheEndMs(payMs) : 2 * payMs) + lateMs;
    });
    await pause(Math.max(0, ...ends.map((end) => end - performance.now())));
  }

  /** What is not as it must be in the end. */
  async #brokenNow(): Promise<string[]> {
    const broken = brokenSale(await this.evidence());
    return [...broken, ...(await moneyFindingsOf(this.#there.databaseUrl))];
  }

  /** Histories that do not add up, and jobs that nobody does. */
  async #leftovers(): Promise<string[]> {
    const { databaseUrl, shoppers, operator, tap } = this.#there;
    const journals = await readJournals(databaseUrl);
    const { told } = shoppers;
    const broken = brokenPromises({ told, journals, sightings: new Sightings() });
    const dead = await deadJobs(operator);
    broken.push(...dead.map(({ id, reason }) => `The job ${id} is dead: ${reason}`));
    const waiting = (await tap?.waiting(jobKinds)) ?? 0;
    if (waiting > 0) broken.push(`${waiting} jobs wait though nothing is to be done.`);
    return broken;
  }

  async #tell(): Promise<void> {
    const evidence = await this.evidence();
    tellSale(this, evidence);
    const { troubles } = this.shoppers;
    if (troubles.length > 0) this.note(`${troubles.length} buyers gave up: ${troubles[0]}`);
    if (this.findings.broken.length === 0) return;
    const journals = await readJournals(this.#there.databaseUrl);
    await writeFile(this.#house.artefact('journal.jsonl'), textOf(journals));
    const provider = JSON.stringify(evidence.provider, null, 1);
    await writeFile(this.#house.artefact('provider.json'), provider);
  }
}
