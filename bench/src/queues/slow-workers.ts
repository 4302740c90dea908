import type { JobKind } from '../../../src/ports/jobs.ts';
import { startFlags } from '../contestants/contestant.ts';
import type { Ground } from '../ground.ts';
import { Program } from '../program.ts';
import type { FromWorkers, QueuePlace, Told, ToWorkers } from './messages.ts';

export interface Handling {
  /** Kinds whose jobs take their time; the others' take none. */
  readonly slow: readonly JobKind[];
  readonly slowMs: number;
}

/** The process with the workers as a scenario sees it. */
export interface SlowWorkers {
  /** Has so many tasks wait; says how many do. */
  fill(tasks: number): Promise<number>;
  /** Fills the queues of these kinds until they take nothing more. */
  fillUp(kinds: readonly JobKind[]): Promise<number>;
  /** Begins to work, and resolves when everything that had happened before is followed. */
  work(handling: Handling): Promise<void>;
  /** Asks for payments to be looked at; resolves when the queues have all of them. */
  askPayments(jobs: number, perSecond: number): Promise<void>;
  tell(): Promise<Told>;
  cpuMs(): Promise<number>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
}

/** Opens the workers on queues at this place. */
export async function launchWorkers(
  ground: Ground,
  place: QueuePlace,
  waitingMax?: number,
): Promise<SlowWorkers> {
  const program = new Program<ToWorkers, FromWorkers>({
    name: 'process with the workers',
    module: new URL('program', import.meta.url),
    environment: {
      DATABASE_URL: ground.databaseUrl ?? '',
      RABBITMQ_URL: ground.rabbitmqUrl ?? '',
      CLUSTER_PREFIX: ground.prefix,
      DATA_DIRECTORY: ground.dataDirectory,
    },
    flags: await startFlags(),
  });
  program.send({ type: 'open', place, ...(waitingMax === undefined ? {} : { waitingMax }) });
  await program.next('open');
  const filled = async (message: ToWorkers): Promise<number> => {
    program.send(message);
    return (await program.next('filled')).waiting;
  };
  return {
    fill: (tasks) => filled({ type: 'fill', tasks }),
    fillUp: (kinds) => filled({ type: 'fill_up', kinds }),
    async work(handling) {
      program.send({ type: 'work', ...handling });
      await program.next('working');
    },
    async askPayments(jobs, perSecond) {
      program.send({ type: 'ask_payments', jobs, perSecond });
      await program.next('asked');
    },
    async tell() {
      program.send({ type: 'tell' });
      return (await program.next('told')).told;
    },
    async cpuMs() {
      program.send({ type: 'read_cpu' });
      return (await program.next('cpu')).ms;
    },
    kill: () => program.stop(),
  };
}
