import { randomBytes } from 'node:crypto';
import { type CommandId, type EventId, type LotId, type Show, uuid7 } from '@ingressou/protocol';
import type { Command } from './domain/commands.ts';
import type { CheckpointPlan } from './domain/gates.ts';
import type { Catalog } from './ports/catalog.ts';
import type { Commands } from './ports/commands.ts';
import type { Recipients } from './ports/recipients.ts';

export interface DemoOptions {
  readonly catalog: Catalog;
  readonly commands: Commands;
  readonly recipients: Pick<Recipients, 'set'>;
  readonly now: number;
}

const opensInMs = 20_000;
const dayMs = 24 * 60 * 60 * 1000;

/** Codes rotate here: paper is enough everywhere but in the Camarote, where only a phone shows them. */
const lots = [
  { sector: 'Pista', name: '1º lote', priceCents: 12_000, quantity: 300, isPrintable: true },
  { sector: 'Pista', name: '2º lote', priceCents: 15_000, quantity: 500, isPrintable: true },
  {
    sector: 'Pista',
    name: 'Meia-entrada',
    priceCents: 6_000,
    quantity: 400,
    isHalf: true,
    isPrintable: true,
  },
  {
    sector: 'Pista Premium',
    name: '1º lote',
    priceCents: 28_000,
    quantity: 150,
    isPrintable: true,
  },
  { sector: 'Camarote', name: 'Open bar', priceCents: 52_000, quantity: 40 },
];

/** Who is paid for its tickets, at a simulated provider. */
const demoProducer = 'rp_simulatedproducr';

/** Adds a show whose sale opens seconds from `now`, and says where it is. */
export async function addDemoShow(options: DemoOptions): Promise<Show> {
  const { catalog, commands, recipients, now } = options;
  const newId = <T extends CommandId | EventId | LotId>() => uuid7<T>(now, randomBytes(16));
  const show: Show = {
    id: newId<EventId>(),
    slug: `noite-de-abertura-${Math.floor(now / 1000).toString(36)}`,
    title: 'Noite de Abertura',
    venue: 'Arena Ingressou',
    city: 'Brasília',
    uf: 'DF',
    // 21:00 in Brasília, which is midnight UTC all year since summer time ended in 2019.
    startsAt: (Math.floor(now / dayMs) + 30) * dayMs,
  };
  await catalog.add(show);
  await recipients.set(show.id, demoProducer);
  const setup: Command[] = [
    {
      type: 'create_show',
      id: newId<CommandId>(),
      holdMs: 10 * 60_000,
      extendMs: 5 * 60_000,
      limit: 6,
      feeBasisPoints: 1_000,
      startsAt: show.startsAt,
      isRotating: true,
    },
    ...lots.map((lot): Command => ({ type: 'open_lot', id: newId<LotId>(), ...lot })),
    { type: 'set_checkpoints', id: newId<CommandId>(), checkpoints: [entrance(now)] },
    { type: 'open_sale', id: newId<CommandId>(), opensAt: now + opensInMs },
  ];
  for (const command of setup) {
    const answer = await commands.submit(show.id, command);
    if (!answer.accepted) throw new DemoError(`${command.type}: ${answer.rejection.reason}`);
  }
  return show;
}

/** Open from now until the show is over, because whoever looks at a demo wants to come in today. */
function entrance(now: number): CheckpointPlan {
  const from = Math.floor(now / 1000) * 1000;
  const sectors = [...new Set(lots.map(({ sector }) => sector))];
  return {
    name: 'Entrada',
    gates: ['A', 'B'],
    rules: {
      checkpoint: 0,
      isDaily: false,
      mayReenter: true,
      needsProof: true,
      days: [{ from, until: from + 32 * dayMs }],
      // While the gates are cut off from each other, each has sectors of its own.
      sectors: sectors.map((_, at) => ({ gates: 0b11, strictGates: 1 << (at % 2), days: 1 })),
      lotSectors: lots.map(({ sector }) => sectors.indexOf(sector)),
    },
  };
}

/** The demo show was refused. */
export class DemoError extends Error {
  override readonly name = 'DemoError';
}
