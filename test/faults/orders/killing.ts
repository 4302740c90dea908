import type { ChaosProxy } from '../chaos-proxy.ts';
import { comesTrue } from '../comes-true.ts';
import type { FaultNode } from '../fault-node.ts';
import { stateOf } from '../process-state.ts';

/** When a worker dies. */
export interface Moment {
  readonly way: (worker: FaultNode) => ChaosProxy;
  /** In what it sends on this way. */
  readonly text: string;
  /** Whether what it sends is lost, or the answer. */
  readonly cut: 'request' | 'reply';
}

/**
 * Kills whichever worker does something, with SIGKILL and in that very moment, and starts it again.
 */
export class Killing {
  /** Processes that are gone. */
  readonly dead: number[] = [];
  readonly #moment: Moment;
  readonly #workers: readonly FaultNode[];
  readonly #restarts: Promise<void>[] = [];
  #deaths = 0;
  #isOver = false;

  constructor(workers: readonly FaultNode[], moment: Moment) {
    this.#workers = workers;
    this.#moment = moment;
    for (const worker of workers) this.#arm(worker);
  }

  /** Resolves when so many have died, true, or when nobody does any more. */
  async reaches(deaths: number, withinMs: number): Promise<boolean> {
    return await comesTrue(() => this.#deaths >= deaths, withinMs);
  }

  /** Nobody dies any more. Resolves when everybody is back. */
  async end(): Promise<void> {
    this.#isOver = true;
    for (const worker of this.#workers) this.#moment.way(worker).heal();
    await Promise.all(this.#restarts);
  }

  #arm(worker: FaultNode): void {
    const { way, text, cut } = this.#moment;
    const struck = (): void => this.#strike(worker);
    if (cut === 'request') way(worker).cutRequestWith(text, struck);
    else way(worker).cutReplyTo(text, struck);
  }

  #strike(worker: FaultNode): void {
    if (this.#isOver) return;
    const { pid } = worker;
    worker.killNow();
    this.#deaths += 1;
    this.#restarts.push(this.#restart(worker, pid));
  }

  async #restart(worker: FaultNode, pid: number): Promise<void> {
    await worker.kill();
    if ((await stateOf(pid)) === undefined) this.dead.push(pid);
    this.#arm(worker);
    await worker.start();
  }
}
