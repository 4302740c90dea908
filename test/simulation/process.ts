import type { EventId, NodeId } from '@ingressou/protocol';
import { Directory } from '../../src/actors/directory.ts';
import type { Answer, Committed } from '../../src/ports/commands.ts';
import { DatabaseJournal } from '../../src/store/journal.ts';
import type { Delivery, Inquiry } from './history.ts';
import { Host, secondsOf } from './host.ts';
import { SimulatedDatabase } from './simulated-database.ts';
import { telemetryOf } from './telemetry.ts';
import type { World } from './world.ts';

/** As `src/store/pg.ts` and `src/node.ts` have them. */
const journalReplyMs = 2_000;
const replyMs = 30_000;
const sweepMs = 1_000;
/** How often somebody in the process asks about a show the moment it hears of it. */
const lookChance = 0.1;

/** What of a record its sender knows. */
type Sent<T> = Omit<T, 'node' | 'process' | 'enteredTime' | 'answer' | 'reply'>;

/** One start of the production server: its directory, actors, recovery and journal client. */
export class SimulatedProcess {
  readonly name: string;
  readonly host: Host;
  readonly #world: World;
  readonly #node: NodeId;
  readonly #directory: Directory;
  #isClosing = false;

  constructor(world: World, node: NodeId, name: string) {
    this.name = name;
    this.#world = world;
    this.#node = node;
    this.host = new Host(world.scheduler, () => world.trace.note(name, 'dies'));
    this.#directory = new Directory({
      ...world.knobs,
      node,
      journal: this.#journal(),
      snapshots: world.shelf.portOf(this.host),
      clock: this.host,
      telemetry: telemetryOf(world, name),
      onCommitted: (committed) => this.#broadcast(committed),
    });
    world.trace.call(node, name);
    world.trace.note(name, 'starts');
    this.#sweep();
  }

  /** Whether the network may bring it new work. */
  get isServing(): boolean {
    return !this.host.isDead && !this.#isClosing;
  }

  /** One copy of a command arrived; `answer` is called when its answer left. */
  submit(sent: Sent<Delivery>, answer: (answer: Answer) => void): void {
    const { history, scheduler } = this.#world;
    this.host.enter(() => {
      const entered = { process: this.name, node: this.#node, enteredTime: scheduler.now };
      const delivery: Delivery = { ...sent, ...entered, answer: undefined };
      history.deliveries.push(delivery);
      void this.#directory.submit(sent.event, sent.command).then((value) => {
        this.host.emit(() => {
          this.#noteAnswer(delivery, value);
          answer(value);
        });
      });
    });
  }

  ask(sent: Sent<Inquiry>): void {
    this.host.enter(() => this.#ask(sent));
  }

  /** Stops as an operator asks for it: answers what it has, saves, ends. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#world.trace.note(this.name, 'is asked to stop');
    await this.#directory.close();
    this.host.die();
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
    void this.#directory.ask(sent.event, sent.question).then((value) => {
      this.host.emit(() => {
        inquiry.reply = { value, order: history.tick(), time: scheduler.now };
      });
    });
  }

  #broadcast(committed: Committed): void {
    const { history, scheduler } = this.#world;
    this.host.emit(() => {
      const [order, time] = [history.tick(), scheduler.now];
      history.notices.push({ process: this.name, committed, order, time });
    });
    if (this.#world.happens(lookChance)) this.#look(committed.event);
  }

  /** As the fan-out does that has missed something: asks while it is being told. */
  #look(event: EventId): void {
    const { history, scheduler } = this.#world;
    const sent = { sentOrder: history.tick(), sentTime: scheduler.now };
    this.#ask({ event, question: { type: 'view' }, ...sent });
  }

  #journal(): DatabaseJournal {
    const { knobs } = this.#world;
    const others = Array.from({ length: knobs.journals - 1 }, () =>
      this.#line(journalReplyMs, true),
    );
    return new DatabaseJournal({
      database: this.#line(replyMs, false),
      journals: [this.#line(journalReplyMs, true), ...others],
    });
  }

  #line(deadlineMs: number, isSerial: boolean): SimulatedDatabase {
    const [world, host, name] = [this.#world, this.host, this.name];
    return new SimulatedDatabase({ world, host, name, isSerial, replyMs: deadlineMs });
  }

  #sweep(): void {
    this.host.after(sweepMs, () => {
      if (this.#isClosing) return;
      void this.#directory.wakeDue();
      this.#directory.sleepIdle();
      this.#sweep();
    });
  }
}

function described(answer: Answer): string {
  if (!answer.accepted) return `no, ${answer.rejection.reason}`;
  return answer.expiresAt === undefined ? 'yes' : `yes, until ${secondsOf(answer.expiresAt)}`;
}
