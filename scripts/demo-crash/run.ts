import type { EventId, HoldView } from '@ingressou/protocol';
import { type JournalPlace, type Recount, recount } from '../../bench/src/recount.ts';
import { AccessTokens, newSubject, openSigningKey } from '../../src/transport/access-tokens.ts';
import { Random } from '../../test/simulation/random.ts';
import { UsageError } from '../command.ts';
import { listShows } from '../crowd/running-node.ts';
import { freePort } from '../free-port.ts';
import { NodeProcess, pause } from '../node-process.ts';
import { Progress } from '../progress.ts';
import { Buyer, type BuyerOptions } from './buyer.ts';
import { Ledger } from './ledger.ts';
import { freshScreen } from './screen.ts';
import { brokenByJournal, brokenByScreen } from './verdict.ts';

export interface RunSettings extends JournalPlace {
  readonly kills: number;
  readonly buyers: number;
  readonly seed: number;
}

export interface RunReport {
  readonly acknowledged: number;
  readonly inJournal: number;
  /** From each kill to the next hold that was acknowledged, in milliseconds. */
  readonly backAfterMs: readonly number[];
  /** Why wishes were refused, and how often. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Sentences about promises that were broken. */
  readonly broken: readonly string[];
}

/** How long the crowd reserves before a kill and after the last one. */
const shoppingMs = 3_000;
const openMs = 60_000;
/** How long buyers may need to come back, and to hear the last of their answers. */
const backMs = 20_000;
const tokenMs = 60 * 60 * 1000;
const brokenShown = 10;

/** One demonstration, from the first start to the verdict. Says each step with its time. */
export class Run {
  readonly #settings: RunSettings;
  readonly #random: Random;
  readonly #begunAt = performance.now();
  readonly #progress = new Progress();
  readonly #ledger = new Ledger();
  readonly #backAfterMs: number[] = [];
  #environment: Readonly<Record<string, string>> = {};

  constructor(settings: RunSettings) {
    this.#settings = settings;
    this.#random = new Random(settings.seed, 'demo-crash');
  }

  async play(): Promise<RunReport> {
    this.#environment = await environmentOf(this.#settings);
    let node = await this.#start('true');
    const event = await this.#onlyShow();
    const options = await this.#buyerOptions(event);
    const buyers = options.map((each) => new Buyer(each));
    await this.#untilOpen(buyers);
    const shopping = Promise.all(buyers.map((buyer) => buyer.shop()));
    for (let kill = 0; kill < this.#settings.kills; kill += 1)
      node = await this.#crash(node, buyers);
    await pause(shoppingMs);
    await this.#goHome(buyers, shopping);
    const onScreens = await this.#lookAtScreens(options);
    await node.stop();
    this.#say('the node is stopped; its journal is read and counted by other rules');
    const journal = await recount(this.#settings, event);
    return this.#verdict(onScreens, journal);
  }

  async #start(hasDemoShow: 'true' | 'false'): Promise<NodeProcess> {
    const node = new NodeProcess({ ...this.#environment, DEMO_SHOW: hasDemoShow });
    await node.ready();
    this.#say(`a node serves (process ${node.pid}, ${databaseOf(this.#settings)})`);
    return node;
  }

  async #onlyShow(): Promise<EventId> {
    // The node serves before it has made its show.
    for (let attempt = 0; attempt < 50; attempt += 1) {
      const [show] = await listShows(this.#url);
      if (show !== undefined) return show.id as EventId;
      await pause(100);
    }
    throw new UsageError('The node has made no show: "npm start" tells why.');
  }

  async #buyerOptions(event: EventId): Promise<BuyerOptions[]> {
    const { dataDirectory, buyers } = this.#settings;
    const key = await openSigningKey(`${dataDirectory}/keys/access-token.pem`);
    const tokens = new AccessTokens(key);
    const options = Array.from({ length: buyers }, async (_, index) => {
      const subject = newSubject();
      const token = await tokens.sign(subject, 'CLIENTE', Date.now(), tokenMs);
      const random = this.#random.fork(`buyer ${index}`);
      return { url: this.#url, event, subject, token, random, ledger: this.#ledger };
    });
    return Promise.all(options);
  }

  async #untilOpen(buyers: readonly Buyer[]): Promise<void> {
    await this.#until('every buyer watches the show', backMs, () =>
      buyers.every((buyer) => buyer.hasView),
    );
    this.#say(`${buyers.length} buyers watch the show and wait for the sale`);
    await this.#until('the sale opens', openMs, () => buyers.every((buyer) => buyer.isOpen));
    this.#say('the sale is open, the crowd reserves');
  }

  async #crash(node: NodeProcess, buyers: readonly Buyer[]): Promise<NodeProcess> {
    await this.#until('the crowd has reserved for a while', shoppingMs, undefined);
    // In the very moment when something can get lost.
    await this.#until('a wish is on its way', shoppingMs, () => wishesOf(buyers) > 0);
    const known = this.#ledger.holds.size;
    const onTheirWay = wishesOf(buyers);
    const killedAt = performance.now();
    await node.kill();
    this.#say(
      `${known} holds are acknowledged, ${onTheirWay} wishes on their way: kill -9 ${node.pid}`,
    );
    const next = await this.#start('false');
    await this.#until(
      'a hold is acknowledged again',
      backMs,
      () => this.#ledger.holds.size > known,
    );
    this.#backAfterMs.push(performance.now() - killedAt);
    await this.#until('every buyer is back', backMs, () => buyers.every((buyer) => buyer.isLive));
    this.#say(
      `the next hold came ${seconds(this.#backAfterMs.at(-1))} after the kill; all are back`,
    );
    return next;
  }

  async #goHome(buyers: readonly Buyer[], shopping: Promise<unknown>): Promise<void> {
    for (const buyer of buyers) buyer.stop();
    await Promise.race([shopping, pause(backMs)]);
    for (const buyer of buyers) buyer.close();
    this.#say(`the crowd goes home with ${this.#ledger.live} holds`);
  }

  /** Every buyer opens the page anew, and asks the server what is theirs. */
  async #lookAtScreens(options: readonly BuyerOptions[]): Promise<ReadonlyMap<string, HoldView>> {
    const screens = await Promise.all(
      options.map((each) => freshScreen(each, this.#ledger.liveOf(each.subject))),
    );
    const seen = screens.flat().filter(({ status }) => status === 'held');
    this.#say(`every buyer opens the page anew and sees ${seen.length} holds in all`);
    return new Map(seen.map((hold) => [hold.id, hold]));
  }

  #verdict(onScreens: ReadonlyMap<string, HoldView>, journal: Recount): RunReport {
    const broken = [
      ...this.#ledger.contradictions,
      ...brokenByScreen(this.#ledger, onScreens),
      ...brokenByJournal(this.#ledger, journal),
    ];
    const acknowledged = this.#ledger.holds.size;
    const inJournal = journal.holds.size;
    this.#say(`${acknowledged} holds were acknowledged, ${inJournal} are in the journal`);
    for (const sentence of broken.slice(0, brokenShown)) console.log(`         ${sentence}`);
    const more = broken.length - brokenShown;
    if (more > 0) console.log(`         … and ${more} more`);
    this.#say(
      broken.length === 0
        ? 'KEPT: every acknowledged hold is there, nothing is sold twice, no id twice'
        : `BROKEN: ${broken.length} promises`,
    );
    const refusals = this.#ledger.refusals;
    return { acknowledged, inJournal, backAfterMs: this.#backAfterMs, refusals, broken };
  }

  /** Shows what is waited for; goes on when it has come, or when its time is over. */
  async #until(what: string, maxMs: number, isTrue: (() => boolean) | undefined): Promise<void> {
    const giveUpAt = performance.now() + maxMs;
    while (performance.now() < giveUpAt && !isTrue?.()) {
      this.#progress.show(`${this.#time()}  until ${what} … ${this.#ledger.holds.size} holds`);
      await pause(20);
    }
    if (isTrue !== undefined && !isTrue()) {
      this.#ledger.contradictions.push(`In ${seconds(maxMs)} it did not come to this: ${what}.`);
    }
  }

  get #url(): string {
    return `http://127.0.0.1:${this.#environment.PORT}`;
  }

  #say(line: string): void {
    this.#progress.end();
    console.log(`${this.#time()}  ${line}`);
  }

  #time(): string {
    return seconds(performance.now() - this.#begunAt).padStart(7);
  }
}

function wishesOf(buyers: readonly Buyer[]): number {
  return buyers.reduce((sum, buyer) => sum + buyer.commandsInFlight, 0);
}

async function environmentOf({ databaseUrl, dataDirectory }: JournalPlace) {
  return {
    HOST: '127.0.0.1',
    PORT: String(await freePort()),
    DATABASE_URL: databaseUrl ?? '',
    DATA_DIRECTORY: dataDirectory,
    TOKEN_KEY_FILE: '',
    LOG_LEVEL: 'silent',
    SIMULATOR_PORT: '0',
    // This crowd is more impatient than people are.
    COMMANDS_PER_SECOND: '1000',
    COMMANDS_BURST: '1000',
    FRAMES_PER_SECOND: '1000',
    FRAMES_BURST: '1000',
  };
}

function databaseOf({ databaseUrl }: JournalPlace): string {
  return databaseUrl === undefined ? 'embedded database' : 'PostgreSQL';
}

function seconds(ms = 0): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
