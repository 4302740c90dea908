import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { EventId } from '@ingressou/protocol';
import { createDatabase } from '../../scripts/test-postgres.ts';
import { readConfig } from '../../src/config.ts';
import { newSubject } from '../../src/transport/access-tokens.ts';
import { Random } from '../simulation/random.ts';
import { Audience } from './audience.ts';
import { ClusterView, type Owned } from './cluster-view.ts';
import { comesTrue } from './comes-true.ts';
import type { Crowd } from './crowd.ts';
import { FaultNode } from './fault-node.ts';
import { Found } from './found.ts';
import type { Ground } from './ground.ts';
import { textOf } from './journal-rows.ts';
import { nodeEnvironment } from './node-environment.ts';
import { makeShows, type SaleShow } from './shows.ts';
import type { Watcher } from './watcher.ts';

/** What a scenario plays on. Whatever is left out is usual. */
export interface StageSpec {
  /** The roles of each node; three that do everything. */
  readonly nodes?: readonly string[];
  readonly shows?: number;
  /** Only so many of them are wished for by themselves. */
  readonly hotShows?: number;
  readonly buyers?: number;
  /** Wishes a second. */
  readonly rate?: number;
  /** A PostgreSQL server of the scenario's own. */
  readonly databaseServer?: { readonly url: string };
  /** Whether the scenario breaks the lines between nodes and their services. */
  readonly isProxied?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  /** For `node` itself, by the number of the node. */
  readonly nodeArguments?: (index: number) => readonly string[];
  /** Puts something in front of the nodes, and tells where clients come in. */
  readonly front?: (stage: Stage) => Promise<string>;
}

const everything = 'gateway,actors,workers';
const usual = { shows: 12, buyers: 120, rate: 250 } as const;

const tokenMs = 3_600_000;
const readyMs = 30_000;
const stableMs = 1_000;

/** Nodes, shows and people, in a database of their own, before, during and after a fault. */
export class Stage extends Found {
  readonly nodes: FaultNode[] = [];
  readonly #ground: Ground;
  readonly #name: string;
  readonly #spec: StageSpec;
  readonly #random: Random;
  readonly #dice: Random;
  readonly #directory: string;
  readonly #closers: (() => Promise<unknown>)[] = [];
  #databaseUrl = '';
  #shows: readonly SaleShow[] = [];
  #view: ClusterView | undefined;
  #audience: Audience | undefined;

  private constructor(ground: Ground, name: string, spec: StageSpec) {
    super();
    this.#ground = ground;
    this.#name = name;
    this.#spec = spec;
    this.#random = new Random(ground.seed, name);
    this.#dice = this.#random.fork('victim');
    this.#directory = path.join(ground.directory, name);
  }

  /** Resolves when every node serves and every hot show sells. */
  static async open(ground: Ground, name: string, spec: StageSpec): Promise<Stage> {
    const stage = new Stage(ground, name, spec);
    try {
      await stage.#build();
      return stage;
    } catch (failure) {
      await stage.close();
      throw failure;
    }
  }

  get shows(): readonly SaleShow[] {
    return this.#shows;
  }

  get crowd(): Crowd {
    return this.#there.crowd;
  }

  /** The database, past every proxy and node. */
  get view(): ClusterView {
    if (this.#view === undefined) throw new Error('There is no database yet.');
    return this.#view;
  }

  get databaseUrl(): string {
    return this.#databaseUrl;
  }

  /** The nodes that clients may come to. */
  get gateways(): readonly FaultNode[] {
    return this.nodes.filter(({ roles }) => roles.includes('gateway'));
  }

  /** A file that is kept when something has failed. */
  artefact(name: string): string {
    return path.join(this.#directory, name);
  }

  /** What is closed at the end, whatever happens; the last one first. */
  afterwards(close: () => Promise<unknown>): void {
    this.#closers.push(close);
  }

  /** The environment of a node, and of whoever plays one. */
  environment(name: string): Record<string, string> {
    return {
      ...nodeEnvironment({
        name: this.#name,
        databaseUrl: this.#databaseUrl,
        dataDirectory: path.join(this.#directory, name),
        tokenKeyFile: this.#ground.tokenKeyFile,
      }),
      ROLES: everything,
      ...this.#spec.environment,
    };
  }

  /** From now on the database is there. */
  async moveDatabase(url: string): Promise<void> {
    await this.#view?.close();
    this.#databaseUrl = url;
    this.#view = new ClusterView(url);
  }

  /** One of the nodes that own shows now, as the dice say, and its shows. */
  async victim(): Promise<{ readonly node: FaultNode; readonly shows: readonly Owned[] }> {
    const owners = await this.view.owners();
    const served = this.nodes.map((node) => ({
      node,
      shows: owners.filter(({ name }) => name === node.name),
    }));
    return this.#dice.pick(served.filter(({ shows }) => shows.length > 0));
  }

  /** How many of these shows were claimed since they were seen. */
  async claimedSince(shows: readonly Owned[]): Promise<number> {
    const owners = await this.view.owners();
    const epochs = new Map(owners.map(({ event, epoch }) => [event, epoch]));
    return shows.filter(({ event, epoch }) => epochs.get(event) !== epoch).length;
  }

  /** How many of these shows have another owner now. */
  async takenSince(shows: readonly Owned[]): Promise<number> {
    const owners = await this.view.owners();
    const now = new Map(owners.map(({ event, owner }) => [event, owner]));
    return shows.filter(({ event, owner }) => now.get(event) !== owner).length;
  }

  /** Waits until no show has changed its owner for so long, and all owners live. */
  async calm(quietMs = stableMs): Promise<void> {
    let last = '';
    let since = performance.now();
    const isCalm = async (): Promise<boolean> => {
      const owners = await this.view.owners().catch(() => []);
      const now = owners.map(({ event, name }) => `${event} ${name}`).join();
      const hasOrphans = owners.some(
        ({ owner, name }) => owner !== undefined && name === undefined,
      );
      if (now !== last || hasOrphans) {
        last = now;
        since = performance.now();
      }
      return owners.length > 0 && performance.now() - since >= quietMs;
    };
    this.expect('the shows come to rest', await comesTrue(isCalm, readyMs));
  }

  /** From `since` until each of these shows says yes to something newer, in milliseconds. */
  async untilYes(
    name: string,
    shows: readonly { readonly event: EventId }[],
    since: number,
  ): Promise<void> {
    const events = new Set(shows.map(({ event }) => event));
    const first = () => this.crowd.firstYes(events, since);
    const areAllBack = await comesTrue(() => first().size === events.size, readyMs);
    this.expect(`every show says yes again (${name})`, areAllBack);
    this.measured(name, ...first().values());
  }

  /** Everything has healed: holds what everybody was told against the journal. */
  async conclude(): Promise<void> {
    const { broken, note, journals } = await this.#there.hear(this.#databaseUrl);
    this.findings.broken.push(...broken);
    this.note(`${note}, ${journals.reduce((sum, { head }) => sum + head.epoch, 0)} epochs`);
    if (this.findings.broken.length > 0) {
      await writeFile(this.artefact('journal.jsonl'), textOf(journals));
    }
    const codes = await Promise.all(this.nodes.map((node) => node.stop()));
    this.expect(
      `every node ends in good order (exit codes ${codes.join(', ')})`,
      codes.every((code) => code === 0),
    );
  }

  /** Leaves nothing behind but histories and logs. */
  async close(): Promise<void> {
    await this.#audience?.close();
    await Promise.all(this.nodes.map((node) => node.close()));
    await this.#view?.close();
    for (const close of this.#closers.reverse()) await close();
  }

  /** Prepares one more node; the caller starts it. */
  async addNode(roles: string, options: { readonly name?: string } = {}): Promise<FaultNode> {
    const index = this.nodes.length;
    const place = `node-${index + 1}`;
    const node = await FaultNode.prepare({
      name: options.name ?? place,
      roles,
      logFile: this.artefact(`${place}.log`),
      random: this.#random.fork(place),
      takePort: () => this.#ground.takePort(),
      databaseUrl: this.#databaseUrl,
      natsUrl: (await this.#ground.nats()).url,
      isProxied: this.#spec.isProxied ?? false,
      environment: this.environment(place),
      arguments: this.#spec.nodeArguments?.(index) ?? [],
    });
    this.nodes.push(node);
    return node;
  }

  /** One more who only looks, at one show. */
  addWatcher(url: string, show: SaleShow): Watcher {
    return this.#there.addWatcher(url, [show]);
  }

  get #there(): Audience {
    if (this.#audience === undefined) throw new Error('Nobody is there yet.');
    return this.#audience;
  }

  async #build(): Promise<void> {
    const { databaseServer, nodes = [everything, everything, everything] } = this.#spec;
    await mkdir(this.#directory, { recursive: true });
    const server = databaseServer ?? (await this.#ground.postgres());
    await this.moveDatabase((await createDatabase(server.url, this.#name)).url);
    const environment = { ...this.environment('maker'), LOG_LEVEL: 'silent', SIMULATOR_PORT: '0' };
    const port = await this.#ground.takePort();
    const config = { ...readConfig(environment), port };
    this.#shows = await makeShows(config, this.#spec.shows ?? usual.shows);
    for (const roles of nodes) await this.addNode(roles);
    await Promise.all(this.nodes.map((node) => node.start()));
    await this.#sell();
    await this.calm();
  }

  async #sell(): Promise<void> {
    const { gateways } = this;
    for (const [index, { door }] of gateways.entries()) {
      // Who finds this one gone comes to the next one.
      const inOrder = [...gateways.slice(index), ...gateways.slice(0, index)];
      door.retarget(inOrder.map(({ target }) => target));
    }
    const { front, hotShows, buyers = usual.buyers, rate = usual.rate } = this.#spec;
    const urls = front === undefined ? gateways.map(({ url }) => url) : [await front(this)];
    const shows = this.#shows.slice(0, hotShows);
    this.#audience = await Audience.gather({
      urls,
      shows,
      buyers,
      rate,
      random: this.#random,
      historyFile: this.artefact('history.jsonl'),
      newToken: () => this.#newToken(),
    });
    const since = performance.now();
    this.crowd.open();
    const events = new Set(shows.map(({ event }) => event));
    const sells = () =>
      this.crowd.areAllLive && this.crowd.firstYes(events, since).size === events.size;
    if (!(await comesTrue(sells, readyMs))) throw new Error('The nodes do not sell.');
  }

  async #newToken() {
    const subject = newSubject();
    const token = await this.#ground.tokens.sign(subject, 'CLIENTE', Date.now(), tokenMs);
    return { subject, token };
  }
}
