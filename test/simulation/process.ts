import type { EventId, NodeId } from '@ingressou/protocol';
import { Directory } from '../../src/actors/directory.ts';
import { FeedFollower, FeedPublisher } from '../../src/cluster/feeds.ts';
import { Mover } from '../../src/cluster/mover.ts';
import { Neighbours } from '../../src/cluster/neighbours.ts';
import { RemoteCommands } from '../../src/cluster/remote-commands.ts';
import { Router } from '../../src/cluster/router.ts';
import { HeldTenure } from '../../src/cluster/tenure.ts';
import type { Bus } from '../../src/ports/bus.ts';
import type { Answer, Committed } from '../../src/ports/commands.ts';
import { DatabaseJournal } from '../../src/store/journal.ts';
import { DatabaseLeases } from '../../src/store/leases.ts';
import { Audience } from './audience.ts';
import type { Delivery, Inquiry } from './history.ts';
import { Host, secondsOf } from './host.ts';
import { RecordedActors } from './recorded-actors.ts';
import { type LineKind, SimulatedDatabase } from './simulated-database.ts';
import { telemetryOf } from './telemetry.ts';
import type { World } from './world.ts';

/** As `src/node-shows.ts` has it. */
const sweepMs = 1_000;
const prefix = 'ingressou';
/** How often somebody in the process asks about a show the moment it hears of it. */
const lookChance = 0.1;

/** What of a record its sender knows. */
type Sent<T> = Omit<T, 'process' | 'enteredOrder' | 'enteredTime' | 'answer' | 'reply'>;

export interface ProcessOptions {
  readonly node: NodeId;
  /** For the timeline. */
  readonly name: string;
  /** What operators call it: the same for whoever starts there next. */
  readonly machine: string;
  /** What its people watch. */
  readonly shows: readonly EventId[];
}

/**
 * One start of the production server, without its sockets: its lease, directory, actors, recovery,
 * journal client, router, mover, feeds and fan-out, joined as `src/node-shows.ts` joins them.
 */
export class SimulatedProcess {
  readonly name: string;
  readonly host: Host;
  readonly #world: World;
  readonly #node: NodeId;
  readonly #bus: Bus;
  readonly #tenure: HeldTenure;
  readonly #neighbours: Neighbours;
  readonly #publisher: FeedPublisher;
  readonly #directory: Directory;
  readonly #router: Router;
  readonly #remoteCommands: RemoteCommands;
  readonly #mover: Mover;
  readonly #feeds: FeedFollower;
  readonly #audience: Audience;
  readonly #shows: readonly EventId[];
  #servingSince = Number.POSITIVE_INFINITY;
  #status: 'opening' | 'serving' | 'leaving' | 'closed' = 'opening';

  constructor(world: World, { node, name, machine, shows }: ProcessOptions) {
    const { trace, knobs, scheduler } = world;
    this.name = name;
    this.#world = world;
    this.#node = node;
    this.#shows = shows;
    this.host = new Host(scheduler);
    this.host.atDeath(() => trace.note(name, 'dies'));
    trace.call(node, name);
    trace.note(name, `starts on ${machine}`);
    const telemetry = telemetryOf(world, name);
    const leases = new DatabaseLeases({ leases: this.#line('lease') });
    const identity = { node, name: machine, hasActors: true };
    this.#tenure = new HeldTenure({ ...identity, leases, clock: this.host, telemetry });
    this.#bus = world.bus.join(this.host, name);
    this.#neighbours = new Neighbours({ bus: this.#bus, prefix, clock: this.host, node });
    const base = {
      ...knobs,
      node,
      name: machine,
      tenure: this.#tenure,
      clock: this.#tenure.clock,
      bus: this.#bus,
      prefix,
      isHeard: (peer: NodeId) => this.#neighbours.isHeard(peer),
      telemetry,
      journal: this.#journal(),
      snapshots: world.shelf.portOf(this.host),
    };
    this.#publisher = new FeedPublisher(base);
    this.#directory = new Directory({
      ...base,
      snapshotMs: 60_000,
      onCommitted: (committed) => this.#onCommitted(committed),
    });
    const actors = new RecordedActors(
      { world, host: this.host, node, process: name },
      this.#directory,
    );
    this.#router = new Router({ ...base, actors, lettersMax: knobs.mailboxLettersMax });
    this.#remoteCommands = new RemoteCommands({ ...base, actors });
    this.#mover = new Mover({ ...base, actors });
    this.#feeds = new FeedFollower({
      ...base,
      onCommitted: (committed) => this.#onHeard(committed),
      onStanding: (standing) => this.#audience.reached(standing),
      onMissed: (event) => this.#audience.missed(event),
    });
    const gateway = { ...base, world, host: this.host, process: name };
    this.#audience = new Audience({ ...gateway, commands: this.#router, feeds: this.#feeds });
  }

  /** Whether the network may bring it new work. */
  get isServing(): boolean {
    return !this.host.isDead && (this.#status === 'serving' || this.#status === 'leaving');
  }

  /** Whether it has served for so long, and was not asked to stop. */
  hasServedFor(ms: number): boolean {
    const since = this.#status === 'serving' ? this.#servingSince : Number.POSITIVE_INFINITY;
    return !this.host.isDead && this.#world.scheduler.now - since >= ms;
  }

  /** Begins to serve, or dies of what kept it from doing so. */
  async open(): Promise<void> {
    try {
      await this.#tenure.begin();
    } catch {
      // As `main.ts` does: somebody starts it again.
      return this.host.die();
    }
    this.#neighbours.start();
    this.#remoteCommands.start();
    this.#mover.start();
    this.#router.start();
    this.#feeds.start();
    this.#status = 'serving';
    this.#servingSince = this.#world.scheduler.now;
    if (this.#world.knobs.isWatched) for (const show of this.#shows) this.#audience.watch(show);
    this.#sweep();
  }

  /** One copy of a command arrived; `answer` is called when its answer left. */
  submit(sent: Sent<Delivery>, answer: (answer: Answer) => void): void {
    const { history, scheduler } = this.#world;
    this.host.enter(() => {
      const entered = { enteredOrder: history.tick(), enteredTime: scheduler.now };
      const delivery: Delivery = { ...sent, ...entered, process: this.name, answer: undefined };
      history.deliveries.push(delivery);
      void this.#router.submit(sent.event, sent.command).then((value) => {
        this.#tell(() => {
          this.#noteAnswer(delivery, value);
          answer(value);
        });
      });
    });
  }

  ask(sent: Sent<Inquiry>): void {
    this.host.enter(() => this.#ask(sent));
  }

  /** Stops as an operator asks for it, step by step as `src/node.ts` does. */
  async close(): Promise<void> {
    this.#status = 'leaving';
    this.#world.trace.note(this.name, 'is asked to stop');
    await this.#tenure.leave();
    await this.#mover.close();
    await this.#directory.close();
    this.#status = 'closed';
    this.#audience.close();
    this.#neighbours.close();
    this.#router.close();
    this.#publisher.close();
    this.#feeds.close();
    this.#remoteCommands.close();
    await this.#tenure.end();
    await this.#bus.close();
    this.host.die();
  }

  /** Over sockets, as long as there are any. */
  #tell(effect: () => void): void {
    if (this.#status !== 'closed') this.host.emit(effect);
  }

  #noteAnswer(delivery: Delivery, value: Answer): void {
    const { history, scheduler, trace } = this.#world;
    delivery.answer = { value, order: history.tick(), time: scheduler.now };
    const show = trace.nameOf(delivery.event);
    trace.note(this.name, `→ ${delivery.caller}: ${show}, ${described(value)}`);
  }

  #ask(sent: Sent<Inquiry>): void {
    const { history, scheduler } = this.#world;
    const inquiry: Inquiry = { ...sent, process: this.name, reply: undefined };
    history.inquiries.push(inquiry);
    void this.#router.ask(sent.event, sent.question).then((value) => {
      this.#tell(() => {
        inquiry.reply = { value, order: history.tick(), time: scheduler.now };
      });
    });
  }

  #onCommitted(committed: Committed): void {
    const { history, scheduler } = this.#world;
    this.host.emit(() => {
      const [order, time] = [history.tick(), scheduler.now];
      history.notices.push({ process: this.name, node: this.#node, committed, order, time });
    });
    this.#audience.follow(committed);
    this.#publisher.tell(committed);
    if (this.#world.happens(lookChance)) this.#look(committed.event);
  }

  #onHeard(committed: Committed): void {
    const { history, scheduler } = this.#world;
    const [order, time] = [history.tick(), scheduler.now];
    history.hearings.push({ process: this.name, committed, order, time });
    this.#audience.follow(committed);
  }

  /** As the fan-out does that has missed something: asks while it is being told. */
  #look(event: EventId): void {
    const { history, scheduler } = this.#world;
    const sent = { sentOrder: history.tick(), sentTime: scheduler.now };
    this.#ask({ event, question: { type: 'view' }, ...sent });
  }

  #journal(): DatabaseJournal {
    const { knobs } = this.#world;
    const others = Array.from({ length: knobs.journals - 1 }, () => this.#line('journal'));
    return new DatabaseJournal({
      database: this.#line('general'),
      journals: [this.#line('journal'), ...others],
    });
  }

  #line(kind: LineKind): SimulatedDatabase {
    return new SimulatedDatabase({ world: this.#world, host: this.host, name: this.name, kind });
  }

  #sweep(): void {
    this.host.after(sweepMs, () => {
      if (this.#status !== 'serving') return;
      void this.#directory.wakeDue((event) => this.#router.isWanted(event));
      this.#directory.sleepIdle();
      this.#sweep();
    });
  }
}

function described(answer: Answer): string {
  if (!answer.accepted) return `no, ${answer.rejection.reason}`;
  return answer.expiresAt === undefined ? 'yes' : `yes, until ${secondsOf(answer.expiresAt)}`;
}
