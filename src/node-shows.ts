import type { EventId, NodeId } from '@ingressou/protocol';
import { Directory } from './actors/directory.ts';
import { systemClock } from './clock.ts';
import { FeedFollower, FeedPublisher } from './cluster/feeds.ts';
import { LocalBusHub } from './cluster/local-bus.ts';
import { Mover } from './cluster/mover.ts';
import { openNatsBus } from './cluster/nats-bus.ts';
import { Neighbours } from './cluster/neighbours.ts';
import { RemoteCommands } from './cluster/remote-commands.ts';
import { Router } from './cluster/router.ts';
import { HeldTenure } from './cluster/tenure.ts';
import { WorkBell } from './cluster/work-bell.ts';
import type { Config } from './config.ts';
import { tellIncidents } from './gate-incidents.ts';
import type { OpenStore } from './node-store.ts';
import { concernsOrders, tellOrderSteps } from './order-steps.ts';
import type { Bus } from './ports/bus.ts';
import type { Clock } from './ports/clock.ts';
import type { Commands, Committed } from './ports/commands.ts';
import type { Feeds, Standing } from './ports/feeds.ts';
import type { RunningTelemetry } from './telemetry.ts';
import { Auditor } from './workers/audit/auditor.ts';

/** The shows of all nodes, as this one reaches them. */
export interface OpenShows {
  /** This start of this node. */
  readonly node: NodeId;
  readonly commands: Commands;
  readonly feeds: Feeds;
  /** The database's time. */
  readonly clock: Clock;
  /** What keeps this node from being of use, in words; empty when nothing does. */
  obstacles(): readonly string[];
  /** Takes no more shows and gives away those it has; what nobody else can take is saved. */
  leave(): Promise<void>;
  close(): Promise<void>;
}

/** Whoever shows facts to people. */
export interface Follower {
  follow(committed: Committed): void;
  /** A show has come this far: whoever is behind has missed something. */
  reached(standing: Standing): void;
  /** Something may have been missed. */
  missed(event: EventId): void;
}

/** Whoever follows, and does what is to be done besides. */
export interface ShowListener extends Follower {
  /** Something happened in a show, wherever it lives, that waits for workers. */
  awaited(event: EventId): void;
}

/** How often sleeping shows are asked whether their time has come, and idle ones put to sleep. */
const sweepMs = 1_000;
/** By then whoever lives has been heard, or cannot be. */
const strangersMs = 3_000;
/** A machine's clock that is wrong by more is worth a word: people read its logs. */
const clockErrorMs = 60_000;

/**
 * Begins the lease, joins the bus and serves the shows that should live here. `follower` hears of
 * everything that is committed here, and elsewhere for the shows it follows.
 *
 * @throws {LeasesUnavailableError} the database does not answer
 */
export async function openShows(
  config: Config,
  node: NodeId,
  store: OpenStore,
  follower: ShowListener,
  telemetry: RunningTelemetry,
): Promise<OpenShows> {
  const hasActors = config.roles.has('actors');
  const tenure = new HeldTenure({
    leases: store.leases,
    clock: systemClock,
    telemetry,
    node,
    name: config.nodeName,
    hasActors,
  });
  await tenure.begin();
  sayMistakes(tenure, config.nodeName, telemetry);
  const bus = await openBus(config, telemetry);
  const prefix = config.clusterPrefix;
  const neighbours = new Neighbours({ bus, prefix, clock: systemClock, node });
  const base = {
    ...store,
    tenure,
    bus,
    telemetry,
    prefix,
    clock: tenure.clock,
    isHeard: (peer: NodeId) => neighbours.isHeard(peer),
  };

  const publisher = new FeedPublisher(base);
  const bell = new WorkBell({ ...base, node });
  const onCommitted = (committed: Committed): void => {
    follower.follow(committed);
    publisher.tell(committed);
    if (concernsOrders(committed)) {
      const { event, generation, to: position } = committed;
      follower.awaited(event);
      bell.ring({ event, generation, position });
    }
    tellOrderSteps(committed, telemetry);
    tellIncidents(committed, telemetry);
  };
  const directory = hasActors ? new Directory({ ...config, ...base, onCommitted }) : undefined;
  const router = new Router({
    ...base,
    ...(directory === undefined ? {} : { actors: directory }),
    name: config.nodeName,
    lettersMax: config.mailboxLettersMax,
  });
  const feeds = new FeedFollower({
    ...base,
    onCommitted: (committed) => follower.follow(committed),
    onStanding: (standing) => follower.reached(standing),
    onMissed: (event) => follower.missed(event),
  });
  const served = directory === undefined ? undefined : serve(directory, router, base);
  const auditor = config.roles.has('workers') ? new Auditor({ ...base, seals: true }) : undefined;
  const rings = config.roles.has('workers')
    ? bell.hear(({ event }) => follower.awaited(event))
    : undefined;
  neighbours.start();
  const strangers = setTimeout(() => sayStrangers(tenure, neighbours, telemetry), strangersMs);
  router.start();
  feeds.start();
  auditor?.start();

  return {
    node,
    commands: router,
    feeds,
    clock: tenure.clock,
    obstacles: () => [
      ...(tenure.isHeld(tenure.term) ? [] : ['lease: it has ended']),
      ...(hasActors || bus.isUp ? [] : ['bus: down, and the shows live in other nodes']),
      ...(hasActors || tenure.peers().some((peer) => peer.hasActors)
        ? []
        : ['actors: no node that serves shows is known']),
    ],
    async leave() {
      const leaves = async (): Promise<void> => {
        await tenure.leave();
        await served?.leave();
      };
      // A long history that is being counted keeps nobody from the shows.
      await Promise.all([leaves(), auditor?.close()]);
    },
    async close() {
      clearTimeout(strangers);
      rings?.end();
      neighbours.close();
      router.close();
      publisher.close();
      feeds.close();
      served?.close();
      await tenure.end();
      await bus.close();
    },
  };
}

interface Base {
  readonly tenure: HeldTenure;
  readonly bus: Bus;
  readonly prefix: string;
  readonly clock: Clock;
  readonly telemetry: RunningTelemetry;
}

interface Served {
  leave(): Promise<void>;
  close(): void;
}

/** What a node with actors does besides answering: for other nodes, for due shows, for balance. */
function serve(directory: Directory, router: Router, base: Base): Served {
  const remoteCommands = new RemoteCommands({ ...base, node: base.tenure.node, actors: directory });
  const mover = new Mover({ ...base, actors: directory });
  const sweep = setInterval(() => {
    void directory.wakeDue((event) => router.isWanted(event));
    directory.sleepIdle();
  }, sweepMs);
  remoteCommands.start();
  mover.start();
  return {
    async leave() {
      clearInterval(sweep);
      await mover.close();
      await directory.close();
    },
    close: () => remoteCommands.close(),
  };
}

/** Alone in a process of its own, or joined with others. */
async function openBus({ natsUrl, nodeName }: Config, telemetry: RunningTelemetry): Promise<Bus> {
  if (natsUrl !== undefined) return openNatsBus(natsUrl, { name: nodeName, telemetry });
  return new LocalBusHub(systemClock).join();
}

/** Processes that share the database and cannot be asked for their shows. */
function sayStrangers(
  tenure: HeldTenure,
  neighbours: Neighbours,
  telemetry: RunningTelemetry,
): void {
  const strangers = tenure.peers().filter(({ node }) => !neighbours.isHeard(node));
  if (strangers.length === 0) return;
  const names = strangers.map(({ name }) => name).join(', ');
  telemetry.failed('hear other nodes of this database', new StrangersError(names));
}

/** The other nodes have another bus, another prefix, or none. */
class StrangersError extends Error {
  override readonly name = 'StrangersError';
  constructor(names: string) {
    super(`${names} cannot be heard: NATS_URL and CLUSTER_PREFIX must be the same for all`);
  }
}

/** What harms nobody at once, and will puzzle whoever looks for a node or a time later. */
function sayMistakes(tenure: HeldTenure, name: string, telemetry: RunningTelemetry): void {
  if (tenure.peers().some((peer) => peer.name === name)) {
    telemetry.say('another living node has this name: set NODE_NAME', { name });
  }
  const aheadMs = systemClock.now() - tenure.clock.now();
  if (Math.abs(aheadMs) < clockErrorMs) return;
  telemetry.say("this machine's clock is wrong: shows go by the database's, logs do not", {
    aheadOfDatabaseSeconds: Math.round(aheadMs / 1000),
  });
}
