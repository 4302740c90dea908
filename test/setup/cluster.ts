import { randomBytes } from 'node:crypto';
import {
  type CommandId,
  type EventId,
  type LotId,
  type NodeId,
  type SubjectId,
  uuid7,
} from '@ingressou/protocol';
import { Directory } from '../../src/actors/directory.ts';
import { FeedFollower, FeedPublisher } from '../../src/cluster/feeds.ts';
import { LocalBusHub } from '../../src/cluster/local-bus.ts';
import { RemoteCommands } from '../../src/cluster/remote-commands.ts';
import { Router } from '../../src/cluster/router.ts';
import { HeldTenure } from '../../src/cluster/tenure.ts';
import type { Command } from '../../src/domain/commands.ts';
import type { Answer, Committed } from '../../src/ports/commands.ts';
import type { Standing } from '../../src/ports/feeds.ts';
import { JournalUnavailableError, type Location } from '../../src/ports/journal.ts';
import { MemoryJournal } from '../../src/store/memory-journal.ts';
import { FaultyBus, hole } from './faulty-bus.ts';
import { MemoryLeases } from './memory-leases.ts';
import { silentTelemetry } from './silent-telemetry.ts';
import { SteppedClock } from './stepped-clock.ts';

const prefix = 'test';
export const holdMs = 60_000;

/** Several nodes in one process: everything of theirs but the database, the wire and the time. */
export class TestCluster {
  readonly clock = new SteppedClock(Date.UTC(2026, 10, 23));
  readonly leases = new MemoryLeases(this.clock);
  readonly journal = new LeasedJournal(this.leases);
  readonly nodes: TestMember[] = [];
  readonly #hub = new LocalBusHub(this.clock);

  constructor() {
    this.#hub.join().listen(hole, () => {});
  }

  /** A node that serves, and that the others have heard of. */
  async join(name: string, setup: MemberSetup = {}): Promise<TestMember> {
    const bus = new FaultyBus(this.#hub.join());
    const member = new TestMember(name, bus, this, setup);
    this.nodes.push(member);
    await this.clock.until(member.tenure.begin());
    await this.clock.advance(300);
    return member;
  }

  /** A show on sale with one lot, that lives on no node. */
  async openShow(quantity = 100): Promise<OpenShow> {
    const event = newId<EventId>(this.clock.now());
    const lot = newId<LotId>(this.clock.now());
    this.journal.create(event);
    const stage = await this.join('stage');
    const named = { sector: 'Pista', name: 'Lote', priceCents: 100 };
    const id = () => newId<CommandId>(this.clock.now());
    for (const command of [
      { type: 'create_show', id: id(), holdMs, extendMs: 0, limit: 100 },
      { type: 'open_lot', id: lot, ...named, quantity },
      { type: 'open_sale', id: id() },
    ] satisfies Command[]) {
      await this.clock.until(stage.directory.submit(event, command));
    }
    await this.clock.until(stage.stop());
    await this.clock.advance(2_000);
    return { event, lot };
  }

  reserve({ lot }: OpenShow, quantity = 1) {
    const now = this.clock.now();
    const [id, subject] = [newId<CommandId>(now), newId<SubjectId>(now)];
    return { type: 'reserve' as const, id, subject, items: [{ lot, quantity }] };
  }

  /** What became of a command: `accepted` or the reason of the no. */
  async outcome(answer: Promise<Answer>): Promise<string> {
    const told = await this.clock.until(answer);
    return told.accepted ? 'accepted' : told.rejection.reason;
  }

  /** Whose a show is, by the journal; undefined when it is nobody's. */
  async ownerOf({ event }: OpenShow): Promise<string | undefined> {
    const head = await this.journal.head(event);
    return this.nodes.find(({ node }) => node === head?.owner)?.name;
  }

  async close(): Promise<void> {
    for (const member of this.nodes) member.thaw();
    await this.clock.until(Promise.all(this.nodes.map((member) => member.stop())));
  }
}

export interface OpenShow {
  readonly event: EventId;
  readonly lot: LotId;
}

interface MemberSetup {
  readonly hasActors?: boolean;
  readonly lettersMax?: number;
}

/** Whoever shows facts to people. */
export interface MemberListener {
  follow(committed: Committed): void;
  reached(standing: Standing): void;
  missed(event: EventId): void;
}

/** One node of the cluster. */
export class TestMember {
  readonly node: NodeId;
  readonly name: string;
  readonly bus: FaultyBus;
  readonly tenure: HeldTenure;
  readonly directory: Directory;
  readonly router: Router;
  readonly follower: FeedFollower;
  readonly publisher: FeedPublisher;
  /** What its own shows committed, and what it followed of others. */
  readonly committed: Committed[] = [];
  readonly followed: Committed[] = [];
  readonly standings: Standing[] = [];
  readonly missed: EventId[] = [];
  /** Frames that went to other nodes, and whether they arrived. */
  readonly frames: string[] = [];
  readonly failures: string[] = [];
  /** Who else hears of what is committed, here and elsewhere. */
  readonly listeners: MemberListener[] = [];
  readonly #remote: RemoteCommands;
  readonly #leases: MemoryLeases;
  #isGone = false;

  constructor(name: string, bus: FaultyBus, cluster: TestCluster, setup: MemberSetup) {
    const { clock, journal, leases } = cluster;
    const { hasActors = true, lettersMax = 1_000 } = setup;
    this.node = newId<NodeId>(clock.now());
    this.name = name;
    this.bus = bus;
    this.#leases = leases;
    const telemetry = {
      ...silentTelemetry,
      frameRouted: ({ letters, outcome }: { letters: number; outcome: string }) =>
        void this.frames.push(`${letters} ${outcome}`),
      failed: (what: string) => void this.failures.push(what),
    };
    this.tenure = new HeldTenure({ leases, clock, telemetry, node: this.node, name, hasActors });
    const shared = { bus, prefix, clock, telemetry, tenure: this.tenure, journal };
    this.publisher = new FeedPublisher(shared);
    this.directory = new Directory({
      ...shared,
      clock: this.tenure.clock,
      snapshots: { save: async () => {}, load: async () => undefined },
      mailboxLettersMax: 1_000,
      turnLettersMax: 100,
      snapshotFacts: 1_000,
      snapshotMs: 60_000,
      idleMs: 600_000,
      onCommitted: (row) => {
        this.committed.push(row);
        for (const each of this.listeners) each.follow(row);
        this.publisher.tell(row);
      },
    });
    const actors = hasActors ? { actors: this.directory } : {};
    this.router = new Router({ ...shared, ...actors, name, lettersMax });
    this.#remote = new RemoteCommands({ ...shared, actors: this.directory, node: this.node });
    this.follower = new FeedFollower({
      ...shared,
      onCommitted: (row) => {
        this.followed.push(row);
        for (const each of this.listeners) each.follow(row);
      },
      onStanding: (standing) => {
        this.standings.push(standing);
        for (const each of this.listeners) each.reached(standing);
      },
      onMissed: (event) => {
        this.missed.push(event);
        for (const each of this.listeners) each.missed(event);
      },
    });
    if (hasActors) this.#remote.start();
    this.router.start();
    this.follower.start();
  }

  /** As kill -9: it does nothing more, and its lease runs out. */
  async kill(): Promise<void> {
    this.#isGone = true;
    this.#leases.unheard.add(this.node);
    await this.bus.close();
  }

  /** As SIGSTOP. */
  freeze(): void {
    this.#leases.unheard.add(this.node);
    this.bus.freeze();
  }

  thaw(): void {
    this.#leases.unheard.delete(this.node);
    this.bus.thaw();
  }

  /** In order: whatever it owns is given up. */
  async stop(): Promise<void> {
    this.router.close();
    this.publisher.close();
    this.follower.close();
    if (!this.#isGone) await this.directory.close();
    this.#remote.close();
    await this.tenure.end();
    await this.bus.close();
  }
}

/** The journal in memory, with an eye on the leases. */
class LeasedJournal extends MemoryJournal {
  /** How often somebody asked where a show lives. */
  locations = 0;
  isAway = false;
  readonly #leases: MemoryLeases;

  constructor(leases: MemoryLeases) {
    super({ isAlive: (node) => leases.leftMs(node) > 0 });
    this.#leases = leases;
  }

  override async locate(event: EventId): Promise<Location | undefined> {
    this.locations += 1;
    if (this.isAway) throw new JournalUnavailableError({ cause: 'told so' });
    const location = await super.locate(event);
    if (location?.owner === undefined) return location;
    return { ...location, leftMs: this.#leases.leftMs(location.owner) };
  }
}

export function newId<T extends CommandId | EventId | LotId | NodeId | SubjectId>(now: number): T {
  return uuid7<T>(now, randomBytes(16));
}
