import type { Server } from './contestants/contestant.ts';
import { busyMs } from './machine.ts';

/** Cores that were busy on average while something was measured. */
export interface Usage {
  /** All processes of the server. */
  readonly server: number;
  readonly processes: Readonly<Record<string, number>>;
  /** Of the whole machine: the server, the generator, the database and everybody else. */
  readonly machine: number;
}

type CpuTimes = Awaited<ReturnType<Server['cpuMs']>>;

/** Measures from its construction to `end`. */
export class UsageMeter {
  readonly #server: Pick<Server, 'cpuMs'>;
  readonly #begunAt = performance.now();
  readonly #busyMs = busyMs();
  readonly #times: CpuTimes;

  private constructor(server: Pick<Server, 'cpuMs'>, times: CpuTimes) {
    this.#server = server;
    this.#times = times;
  }

  static async begin(server: Pick<Server, 'cpuMs'>): Promise<UsageMeter> {
    return new UsageMeter(server, await server.cpuMs());
  }

  async end(): Promise<Usage> {
    const times = Object.entries(await this.#server.cpuMs());
    const elapsedMs = performance.now() - this.#begunAt;
    const machineMs = busyMs() - this.#busyMs;
    const processes = times.map(
      ([name, ms]) => [name, (ms - (this.#times[name] ?? 0)) / elapsedMs] as const,
    );
    return {
      server: processes.reduce((sum, [, cores]) => sum + cores, 0),
      processes: Object.fromEntries(processes),
      machine: machineMs / elapsedMs,
    };
  }
}
