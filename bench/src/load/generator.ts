import { type Parent, serveParent } from '../program.ts';
import { runClosedLoop } from './closed-loop.ts';
import { openCrowd } from './crowd.ts';
import type { LiveSocket } from './live-socket.ts';
import { OpenLoop } from './open-loop.ts';
import { OrderLoop } from './order-loop.ts';
import type { FromGenerator, Plan, ToGenerator } from './plan.ts';

/**
 * The load generator: a process of its own, so that what it costs is not the server's and can be
 * told apart.
 */

/** How often the progress of connecting is told. */
const progressSockets = 250;

type Run = (startsAt: number) => Promise<FromGenerator>;

let run: Run | undefined;

serveParent<ToGenerator, FromGenerator>(async (message, parent) => {
  switch (message.type) {
    case 'connect':
      run = await prepare(message.plan, parent);
      return parent.tell({ type: 'ready' });
    case 'start':
      if (run !== undefined) parent.tell(await run(message.at));
      return;
  }
});

async function prepare(plan: Plan, parent: Parent<FromGenerator>): Promise<Run> {
  const crowd = await openCrowd(plan, (sockets) => {
    if (sockets % progressSockets === 0) parent.tell({ type: 'connected', sockets });
  });
  const { load } = plan;
  if (load.kind === 'closed') return () => closed(crowd, load, parent);
  if (load.kind === 'orders') {
    const loop = new OrderLoop(crowd, load, plan.port);
    return async (startsAt) => ({ type: 'order_result', result: await loop.run(startsAt) });
  }
  const loop = new OpenLoop(crowd, load);
  await loop.watch();
  return async (startsAt) => ({ type: 'open_result', result: await loop.run(startsAt) });
}

async function closed(
  crowd: readonly LiveSocket[],
  load: Extract<Plan['load'], { readonly kind: 'closed' }>,
  parent: Parent<FromGenerator>,
): Promise<FromGenerator> {
  const result = await runClosedLoop(crowd, load, {
    onBegin: () => parent.tell({ type: 'measuring' }),
    onEnd: () => parent.tell({ type: 'measured' }),
  });
  return { type: 'closed_result', result };
}
