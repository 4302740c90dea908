import type { Progress } from '../../../scripts/progress.ts';
import { Program } from '../program.ts';
import type {
  ClosedResult,
  FromGenerator,
  OpenResult,
  OrderResult,
  Plan,
  ToGenerator,
} from './plan.ts';

/** The load generator as the scenario sees it. */
export interface Generator {
  /** Opens the sockets of a plan; resolves when all of them are ready. */
  connect(plan: Plan): Promise<void>;
  /** Runs a closed load. The two listeners are awaited when the measured window begins and ends. */
  runClosed(onBegin: () => Promise<void>, onEnd: () => Promise<void>): Promise<ClosedResult>;
  /** Runs an open load from `at` on, in milliseconds since 1970. */
  runOpen(at: number): Promise<OpenResult>;
  /** Has orders made from `at` on, in milliseconds since 1970. */
  runOrders(at: number): Promise<OrderResult>;
  stop(): Promise<void>;
}

/** Starts a generator in a process of its own. */
export function launchGenerator(progress: Progress): Generator {
  const generator = new Program<ToGenerator, FromGenerator>({
    name: 'load generator',
    module: new URL('generator', import.meta.url),
  });
  return {
    async connect(plan) {
      generator.on('connected', ({ sockets }) => {
        progress.show(`${sockets} of ${plan.sockets} sockets are connected …`);
      });
      generator.send({ type: 'connect', plan });
      await generator.next('ready');
    },
    async runClosed(onBegin, onEnd) {
      generator.send({ type: 'start', at: Date.now() });
      await generator.next('measuring');
      await onBegin();
      await generator.next('measured');
      await onEnd();
      return (await generator.next('closed_result')).result;
    },
    async runOpen(at) {
      generator.send({ type: 'start', at });
      return (await generator.next('open_result')).result;
    },
    async runOrders(at) {
      generator.send({ type: 'start', at });
      return (await generator.next('order_result')).result;
    },
    stop: () => generator.stop(),
  };
}
