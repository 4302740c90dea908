import { randomBytes } from 'node:crypto';
import { type CommandId, type ServerMessage, unpack, uuid7 } from '@ingressou/protocol';
import { Samples } from '../samples.ts';
import { Counter, pause } from './counter.ts';
import { frameOf, typeOfAnswer } from './frames.ts';
import type { LiveSocket } from './live-socket.ts';
import type { Arrival, OpenLoad, OpenResult } from './plan.ts';
import { deltaResultOf, NewsReader, Watcher } from './watcher.ts';

type Answer = Extract<ServerMessage, { readonly type: 'accepted' | 'rejected' }>;

/** How long the first state of all watchers is waited for. */
const watchMs = 30_000;

/** Some watch a show, some reserve, each at its time. */
export class OpenLoop {
  readonly #sockets: readonly LiveSocket[];
  readonly #load: OpenLoad;
  readonly #watchers: readonly Watcher[];
  readonly #news = new NewsReader();
  /** When each unanswered reservation should have left. */
  readonly #waiting = new Map<CommandId, number>();
  readonly #latency = new Samples();
  readonly #lateness = new Samples();
  readonly #accepted: CommandId[] = [];
  /** Whoever should have left earlier only warms up. */
  #measuredFrom = 0;
  readonly #rejected = new Counter();
  readonly #unexpected = new Counter();

  constructor(sockets: readonly LiveSocket[], load: OpenLoad) {
    this.#sockets = sockets;
    this.#load = load;
    this.#watchers = sockets.slice(0, load.watchers).map(() => new Watcher());
  }

  /** The sockets that watch follow the show and have its state. */
  async watch(): Promise<void> {
    const { event } = this.#load;
    for (const [index, socket] of this.#sockets.entries()) {
      socket.onLost = (why) => this.#unexpected.add(`lost: ${why}`);
      socket.onMessage = (bytes, begin, end) => this.#hear(index, bytes, begin, end);
      if (index < this.#watchers.length) socket.write(frameOf({ type: 'watch', event }));
    }
    const giveUpAt = performance.now() + watchMs;
    const isReady = () => this.#watchers.every(({ position }) => position >= 0);
    while (!isReady() && performance.now() < giveUpAt) await pause(20);
    if (!isReady()) this.#unexpected.add('no state');
  }

  /** @param startsAt in milliseconds since 1970 */
  async run(startsAt: number): Promise<OpenResult> {
    const begin = performance.now() + (startsAt - Date.now());
    this.#measuredFrom = begin + this.#load.measuredFromMs;
    const cpu = process.cpuUsage();
    const begunAt = performance.now();
    for (const arrival of this.#load.arrivals) {
      const due = begin + arrival.atMs;
      const wait = due - performance.now();
      // Rounded up: a timer of 1.9 ms rings after 1.
      if (wait > 0) await pause(Math.ceil(wait));
      this.#reserve(arrival, due);
    }
    await this.#settled();
    const { user, system } = process.cpuUsage(cpu);
    const cores = (user + system) / 1000 / (performance.now() - begunAt);
    return this.#result(cores);
  }

  #reserve({ buyer, items }: Arrival, due: number): void {
    const id = uuid7<CommandId>(Date.now(), randomBytes(16));
    this.#waiting.set(id, due);
    if (due >= this.#measuredFrom) this.#lateness.add(performance.now() - due);
    this.#sockets[buyer]?.write(frameOf({ type: 'reserve', id, event: this.#load.event, items }));
  }

  /** Waits for the last answers, and then for the deltas that tell of them. */
  async #settled(): Promise<void> {
    const giveUpAt = performance.now() + this.#load.settleMs;
    while (this.#waiting.size > 0 && performance.now() < giveUpAt) await pause(20);
    await pause(this.#load.settleMs);
  }

  #hear(index: number, bytes: Buffer, begin: number, end: number): void {
    const type = typeOfAnswer(bytes, begin);
    if (type === 'delta' || type === 'state') {
      return this.#watchers[index]?.hear(this.#news.read(bytes, begin, end));
    }
    if (type !== 'accepted' && type !== 'rejected') {
      return this.#unexpected.add(type ?? 'no message of ours');
    }
    this.#hearAnswer(unpack(bytes.subarray(begin, end)) as Answer);
  }

  #hearAnswer(answer: Answer): void {
    const re = answer.re as CommandId;
    const due = this.#waiting.get(re);
    if (due === undefined) return this.#unexpected.add('an answer to nothing');
    this.#waiting.delete(re);
    if (due >= this.#measuredFrom) this.#latency.add(performance.now() - due);
    if (answer.type === 'accepted') this.#accepted.push(re);
    else this.#rejected.add(answer.reason);
  }

  #result(cores: number): OpenResult {
    return {
      latency: this.#latency.summary(),
      lateness: this.#lateness.summary(),
      cores,
      accepted: this.#accepted,
      rejected: this.#rejected.counts(),
      unexpected: this.#unexpected.counts(),
      unanswered: this.#waiting.size,
      deltas: deltaResultOf(this.#watchers),
    };
  }
}
