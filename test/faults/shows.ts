import { randomBytes } from 'node:crypto';
import { type CommandId, type EventId, type LotId, uuid7 } from '@ingressou/protocol';
import type { Config } from '../../src/config.ts';
import type { Command, CommandOf } from '../../src/domain/commands.ts';
import { type RunningNode, startNode } from '../../src/node.ts';

/** A show that is on sale. */
export interface SaleShow {
  readonly event: EventId;
  /** One that is sold out again and again, and one that never is. */
  readonly lots: readonly [scarce: LotId, plentiful: LotId];
}

const scarceUnits = 40;
const plentifulUnits = 1_000_000;
const limit = 1_000_000;
const longHoldMs = 600_000;
/** The shortest there is: every third show lets holds expire while faults happen. */
const shortHoldMs = 10_000;
const extendMs = 5_000;
/** Shows that are made at a time. */
const makersMax = 20;

/** What is not as usual in a show. */
export type ShowRules = Partial<
  Pick<CommandOf<'create_show'>, 'holdMs' | 'payMs' | 'feeBasisPoints'>
>;

/** Makes shows and opens their sale, with a node that lives only for that. */
export async function makeShows(
  config: Config,
  count: number,
  rules: ShowRules = {},
): Promise<SaleShow[]> {
  const node = await startNode(config);
  try {
    const shows: SaleShow[] = [];
    const makers = Array.from({ length: makersMax }, async () => {
      while (shows.length < count) {
        const show = newShow();
        const number = shows.push(show);
        await make(node, show, number, rules);
      }
    });
    await Promise.all(makers);
    return shows;
  } finally {
    await node.stop();
  }
}

function newShow(): SaleShow {
  return { event: newId<EventId>(), lots: [newId<LotId>(), newId<LotId>()] };
}

async function make(
  node: RunningNode,
  { event, lots }: SaleShow,
  number: number,
  rules: ShowRules,
): Promise<void> {
  const [scarce, plentiful] = lots;
  await node.catalog.add({
    id: event,
    slug: `show-${event}`,
    title: `Noite de Falhas ${number}`,
    venue: 'Casa de Teste',
    city: 'Brasília',
    uf: 'DF',
    startsAt: Date.now() + 86_400_000,
  });
  const holdMs = number % 3 === 0 ? shortHoldMs : longHoldMs;
  const lot = { type: 'open_lot', sector: 'Pista', priceCents: 10_000 } as const;
  const commands: readonly Command[] = [
    { type: 'create_show', id: newId<CommandId>(), holdMs, extendMs, limit, ...rules },
    { ...lot, id: scarce, name: 'Disputado', quantity: scarceUnits },
    { ...lot, id: plentiful, name: 'Farto', quantity: plentifulUnits },
    { type: 'open_sale', id: newId<CommandId>() },
  ];
  for (const command of commands) {
    const answer = await node.commands.submit(event, command);
    if (!answer.accepted) throw new Error(`${command.type}: ${answer.rejection.reason}`);
  }
}

function newId<T extends CommandId | EventId | LotId>(): T {
  return uuid7<T>(Date.now(), randomBytes(16));
}
