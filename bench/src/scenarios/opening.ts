import type { EventId, LotId } from '@ingressou/protocol';
import { numberOf, UsageError } from '../../../scripts/command.ts';
import { Random } from '../../../test/simulation/random.ts';
import { launch, raisedLimits, type Server } from '../contestants/contestant.ts';
import { launchGenerator } from '../load/launch.ts';
import type { Arrival } from '../load/plan.ts';
import { recount } from '../recount.ts';
import type { Outcome } from '../report.ts';
import type { Scenario, ScenarioContext, ScenarioValues } from '../scenario.ts';
import { UsageMeter } from '../usage.ts';
import { arrivalTimes, curves } from './curves.ts';
import { describeOpening } from './opening-figures.ts';

/**
 * The opening of a sale as it happened: thousands watch the show, some of them reserve in the
 * rhythm of a real curve, and every change goes to all sockets. Reservations leave at their time
 * whatever became of those before, and latency counts from that time.
 */
export const opening: Scenario = {
  summary: 'a real opening: thousands watch, hundreds reserve at their own time',
  options: {
    profile: { value: 'NAME', standard: 'emf-2026', help: Object.keys(curves).join(', ') },
    buyers: { value: 'N', standard: '5000', help: 'sockets; all of them watch the show' },
    scarce: { help: 'lots for half of the demand, so that many are told "sold out"' },
    seed: { value: 'N', standard: '1', help: 'decides who reserves what and when' },
    'cpu-profile': { value: 'FILE', help: "write the server's CPU profile there" },
  },
  run,
};

/** From the last socket's state to the opening: long enough for the order to open to be durable. */
const leadMs = 1_500;
const settleMs = 2_000;
const lotCount = 4;
const quantityMax = 4;

async function run(
  values: ScenarioValues,
  { ground, progress }: ScenarioContext,
): Promise<Outcome> {
  const settings = settingsOf(values);
  const random = new Random(settings.seed, 'opening');
  const wishes = drawWishes(settings, random);
  const server = await launch('durable', ground, { cpuProfile: () => settings.cpuProfile });
  const generator = launchGenerator(progress);
  try {
    const { event, lots } = await server.createShow(quantitiesOf(wishes, settings.isScarce));
    const arrivals = wishes.map((wish) => arrivalOf(wish, lots));
    const { port, tokenKeyFile } = server;
    const everybody = { watchers: settings.buyers, measuredFromMs: 0 } as const;
    const load = { kind: 'open', event, arrivals, settleMs, ...everybody } as const;
    await generator.connect({ port, tokenKeyFile, sockets: settings.buyers, load });
    progress.say(`${settings.buyers} buyers watch; the sale opens`);
    const opensAt = await scheduleSale(server, event);
    const meter = await UsageMeter.begin(server);
    const result = await generator.runOpen(opensAt);
    const usage = await meter.end();
    await server.kill();
    const history = await recount(ground, event);
    const { isScarce, buyers, profile, seed } = settings;
    return {
      settings: { profile, buyers, scarce: isScarce, seed, ...raisedLimits },
      ...describeOpening({ arrivals, isScarce, result, usage, history }),
    };
  } finally {
    await generator.stop();
    await server.kill();
  }
}

async function scheduleSale(server: Server, event: EventId): Promise<number> {
  const opensAt = Date.now() + leadMs;
  await server.openSale(event, opensAt);
  return opensAt;
}

interface Settings {
  readonly profile: string;
  readonly curve: readonly number[];
  readonly buyers: number;
  readonly isScarce: boolean;
  readonly seed: number;
  readonly cpuProfile: string | undefined;
}

function settingsOf(values: ScenarioValues): Settings {
  const profile = String(values.profile);
  const curve = curves[profile];
  if (curve === undefined) {
    throw new UsageError(`There is no profile ${profile}: ${Object.keys(curves).join(', ')}.`);
  }
  return {
    profile,
    curve,
    buyers: numberOf(String(values.buyers), 'buyers', 1, 15_000),
    isScarce: values.scarce === true,
    seed: numberOf(String(values.seed), 'seed', 0, Number.MAX_SAFE_INTEGER),
    cpuProfile: values['cpu-profile'] === undefined ? undefined : String(values['cpu-profile']),
  };
}

interface Wish {
  readonly atMs: number;
  readonly buyer: number;
  readonly lot: number;
  readonly quantity: number;
}

function drawWishes({ curve, buyers }: Settings, random: Random): Wish[] {
  return arrivalTimes(curve, random.fork('times')).map((atMs) => ({
    atMs,
    buyer: random.between(0, buyers - 1),
    lot: random.between(0, lotCount - 1),
    quantity: random.between(1, quantityMax),
  }));
}

/** Lots that fit what will be asked of them, or half of it. */
function quantitiesOf(wishes: readonly Wish[], isScarce: boolean): number[] {
  const demand = new Array<number>(lotCount).fill(0);
  for (const { lot, quantity } of wishes) demand[lot] = (demand[lot] ?? 0) + quantity;
  return demand.map((units) => Math.max(1, isScarce ? Math.floor(units / 2) : units));
}

function arrivalOf({ atMs, buyer, lot, quantity }: Wish, lots: readonly LotId[]): Arrival {
  const id = lots[lot];
  if (id === undefined) throw new RangeError('A wish is for a lot of the show.');
  return { atMs, buyer, items: [{ lot: id, quantity }] };
}
