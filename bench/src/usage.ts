import type { Server } from './contestants/contestant.ts';
import { busyMs } from './machine.ts';

/** Cores that were busy on average while something was measured. */
export interface Usage {
  readonly server: number;
  /** Of the whole machine: the server, the generator, the database and everybody else. */
  readonly machine: number;
}

/** Measures from its construction to `end`. */
export class UsageMeter {
  readonly #server: Server;
  readonly #begunAt = performance.now();
  readonly #busyMs = busyMs();
  readonly #serverMs: number;

  private constructor(server: Server, serverMs: number) {
    this.#server = server;
    this.#serverMs = serverMs;
  }

  static async begin(server: Server): Promise<UsageMeter> {
    return new UsageMeter(server, await server.cpuMs());
  }

  async end(): Promise<Usage> {
    const serverMs = (await this.#server.cpuMs()) - this.#serverMs;
    const elapsedMs = performance.now() - this.#begunAt;
    const machineMs = busyMs() - this.#busyMs;
    return { server: serverMs / elapsedMs, machine: machineMs / elapsedMs };
  }
}
