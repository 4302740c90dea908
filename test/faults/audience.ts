import { setTimeout as pause } from 'node:timers/promises';
import type { EventId } from '@ingressou/protocol';
import type { Random } from '../simulation/random.ts';
import { brokenPromises, stockOf } from './checker.ts';
import { comesTrue } from './comes-true.ts';
import { Crowd, type CrowdOptions } from './crowd.ts';
import { History, readHistory } from './history.ts';
import { readJournals, type ShowJournal } from './journal-rows.ts';
import type { SaleShow } from './shows.ts';
import { Sightings, type Stock } from './sightings.ts';
import { Watcher } from './watcher.ts';

export interface AudienceOptions extends Omit<CrowdOptions, 'history' | 'random'> {
  readonly random: Random;
  readonly historyFile: string;
}

/** What the audience has to say when it is over. */
export interface Hearing {
  readonly broken: readonly string[];
  readonly note: string;
  readonly journals: readonly ShowJournal[];
}

/** Shows one connection may watch; the protocol allows a few more. */
const watchesMax = 6;
/** The SDK gives up on a wish after 30 s. */
const answeredMs = 45_000;
const caughtUpMs = 15_000;
const lookMs = 250;

/** People who buy and people who look, and everything they were told. */
export class Audience {
  readonly crowd: Crowd;
  readonly #historyFile: string;
  readonly #history: History;
  readonly #sightings = new Sightings();
  readonly #watchers: Watcher[] = [];
  /** Counting a history again takes its time, so what has not changed is remembered. */
  readonly #stocks = new Map<EventId, { readonly position: number; readonly stock: Stock }>();

  private constructor(crowd: Crowd, history: History, historyFile: string) {
    this.crowd = crowd;
    this.#history = history;
    this.#historyFile = historyFile;
  }

  /** Buyers are spread over all addresses; at each of them every show is watched. */
  static async gather(options: AudienceOptions): Promise<Audience> {
    const { urls, shows, historyFile, random } = options;
    const history = await History.create(historyFile);
    const crowd = await Crowd.gather({ ...options, history, random: random.fork('crowd') });
    const audience = new Audience(crowd, history, historyFile);
    for (const url of urls) {
      for (let index = 0; index < shows.length; index += watchesMax) {
        audience.addWatcher(url, shows.slice(index, index + watchesMax));
      }
    }
    return audience;
  }

  /** One more who only looks. */
  addWatcher(url: string, shows: readonly SaleShow[]): Watcher {
    const watcher = new Watcher(url, shows, this.#sightings);
    this.#watchers.push(watcher);
    return watcher;
  }

  /** Everything has healed: waits for the last answers, and holds all against the journal. */
  async hear(databaseUrl: string): Promise<Hearing> {
    const { crowd } = this;
    const broken: string[] = [];
    const isAnswered = await Promise.race([crowd.settle().then(() => true), pause(answeredMs)]);
    if (isAnswered !== true) broken.push(`${crowd.inFlight} wishes were not answered in the end.`);
    const failed = crowd.buyers.filter(({ hasFailed }) => hasFailed).length;
    if (failed > 0) broken.push(`${failed} buyers were sent away for good.`);
    const repeated = await crowd.repeatSome();
    broken.push(...repeated.broken, ...(await this.#behind(databaseUrl)));
    // Whatever is shown from here on is not held against the journal, which is read now.
    this.#leave();
    await this.#history.close();
    const told = await readHistory(this.#historyFile);
    const journals = await readJournals(databaseUrl);
    broken.push(...brokenPromises({ told, journals, sightings: this.#sightings }));
    const yes = told.filter(({ answer }) => answer?.outcome.isAccepted).length;
    const views = this.#sightings.count;
    const shed = crowd.shed === 0 ? '' : ` (${crowd.shed} more had nobody free to make them)`;
    const note =
      `${yes} acknowledged of ${told.length} wishes${shed}, ` +
      `${repeated.count} repeated, ${views} views`;
    return { broken, note, journals };
  }

  async close(): Promise<void> {
    this.#leave();
    await this.#history.close();
  }

  /**
   * Everybody who looks must see the end of every show: once each, because holds go on expiring
   * and a change is on its way to somebody at every look.
   */
  async #behind(databaseUrl: string): Promise<string[]> {
    const waiting = this.#watchers.map((watcher) => new Wait(watcher));
    const haveCaughtUp = async (): Promise<boolean> => {
      await pause(lookMs);
      const stocks = this.#stocksNow(await readJournals(databaseUrl));
      for (const wait of waiting) wait.look(stocks);
      return waiting.every(({ behind }) => behind.length === 0);
    };
    if (await comesTrue(haveCaughtUp, caughtUpMs)) return [];
    return waiting
      .flatMap(({ behind }) => behind)
      .map((what) => `Somebody does not see the end of show ${what}.`);
  }

  #stocksNow(journals: readonly ShowJournal[]): Map<EventId, Stock> {
    const stocks = new Map<EventId, Stock>();
    for (const journal of journals) {
      const { event, position } = journal.head;
      const known = this.#stocks.get(event);
      const stock = known?.position === position ? known.stock : stockOf(journal);
      this.#stocks.set(event, { position, stock });
      stocks.set(event, stock);
    }
    return stocks;
  }

  #leave(): void {
    this.crowd.close();
    for (const watcher of this.#watchers) watcher.close();
  }
}

/** Until one watcher has seen every show as it is. */
class Wait {
  readonly #watcher: Watcher;
  readonly #seen = new Set<EventId>();
  /** What it saw instead at the last look. */
  behind: readonly string[] = [];

  constructor(watcher: Watcher) {
    this.#watcher = watcher;
  }

  look(stocks: ReadonlyMap<EventId, Stock>): void {
    const unseen = new Map([...stocks].filter(([event]) => !this.#seen.has(event)));
    const behind = this.#watcher.behind(unseen);
    for (const event of unseen.keys()) if (!behind.has(event)) this.#seen.add(event);
    this.behind = [...behind.values()];
  }
}
