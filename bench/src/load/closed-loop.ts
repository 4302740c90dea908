import { Samples } from '../samples.ts';
import { Counter, pause, reasonOf } from './counter.ts';
import { ReserveFrame, typeOfAnswer } from './frames.ts';
import type { LiveSocket } from './live-socket.ts';
import type { ClosedLoad, ClosedResult } from './plan.ts';

/** How long the last answers are waited for. */
const lastAnswersMs = 5_000;

export interface WindowListener {
  readonly onBegin: () => void;
  readonly onEnd: () => void;
}

/** Every socket asks, is answered, asks again. Only what begins and ends in the window counts. */
export async function runClosedLoop(
  sockets: readonly LiveSocket[],
  load: ClosedLoad,
  { onBegin, onEnd }: WindowListener,
): Promise<ClosedResult> {
  const tally = new Tally();
  const buyers = sockets.map((socket) => new Buyer(socket, load, tally));
  for (const buyer of buyers) buyer.reserve();
  await pause(load.warmUpMs);
  onBegin();
  tally.begin();
  await pause(load.measureMs);
  const measured = tally.end();
  onEnd();
  for (const buyer of buyers) buyer.stop();
  const unanswered = () => buyers.filter((buyer) => buyer.isWaiting).length;
  const giveUpAt = performance.now() + lastAnswersMs;
  while (unanswered() > 0 && performance.now() < giveUpAt) await pause(10);
  return { ...measured, ...tally.inAll(), unanswered: unanswered() };
}

/** One session of the closed loop. The hot path of the generator: nothing is allocated per turn. */
class Buyer {
  readonly #socket: LiveSocket;
  readonly #frame: ReserveFrame;
  readonly #tally: Tally;
  #sentAt = 0;
  #isWaiting = false;
  #isStopped = false;

  constructor(socket: LiveSocket, { event, items }: ClosedLoad, tally: Tally) {
    this.#socket = socket;
    this.#frame = new ReserveFrame(event, items);
    this.#tally = tally;
    socket.onLost = (why) => tally.unexpected.add(`lost: ${why}`);
    socket.onMessage = (bytes, begin, end) => this.#hear(bytes, begin, end);
  }

  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  reserve(): void {
    this.#isWaiting = true;
    this.#sentAt = performance.now();
    this.#socket.write(this.#frame.next());
  }

  stop(): void {
    this.#isStopped = true;
  }

  #hear(bytes: Buffer, begin: number, end: number): void {
    const type = typeOfAnswer(bytes, begin);
    if (type === 'accepted') this.#tally.accept(performance.now() - this.#sentAt);
    else if (type === 'rejected') this.#tally.rejected.add(reasonOf(bytes, begin, end));
    else return this.#tally.unexpected.add(type ?? 'no message of ours');
    this.#isWaiting = false;
    if (!this.#isStopped) this.reserve();
  }
}

class Tally {
  readonly rejected = new Counter();
  readonly unexpected = new Counter();
  #acceptedInAll = 0;
  #window: Samples | undefined;
  #begunAt = 0;
  #cpu = process.cpuUsage();

  accept(latencyMs: number): void {
    this.#acceptedInAll += 1;
    this.#window?.add(latencyMs);
  }

  begin(): void {
    this.#window = new Samples();
    this.#begunAt = performance.now();
    this.#cpu = process.cpuUsage();
  }

  end(): Pick<ClosedResult, 'accepted' | 'windowMs' | 'latency' | 'cores'> {
    const { user, system } = process.cpuUsage(this.#cpu);
    const windowMs = performance.now() - this.#begunAt;
    const latency = (this.#window ?? new Samples()).summary();
    this.#window = undefined;
    return { accepted: latency.count, windowMs, latency, cores: (user + system) / 1000 / windowMs };
  }

  inAll(): Pick<ClosedResult, 'acceptedInAll' | 'rejected' | 'unexpected'> {
    return {
      acceptedInAll: this.#acceptedInAll,
      rejected: this.rejected.counts(),
      unexpected: this.unexpected.counts(),
    };
  }
}
