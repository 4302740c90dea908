import path from 'node:path';
import type { EventId, LotId } from '@ingressou/protocol';
import { type ContestantName, launch, type Server } from '../contestants/contestant.ts';
import { type Generator, launchGenerator } from '../load/launch.ts';
import type { ClosedResult } from '../load/plan.ts';
import { type Recount, recount } from '../recount.ts';
import { type Check, countsText, shortNumber } from '../report.ts';
import type { ScenarioContext } from '../scenario.ts';
import { type Usage, UsageMeter } from '../usage.ts';

export interface RoundSettings {
  readonly sessions: number;
  readonly measureMs: number;
  readonly warmUpMs: number;
  /** Where CPU profiles go. */
  readonly profiles: string | undefined;
}

/** What one contestant did in one round. */
export interface Round {
  readonly name: ContestantName;
  readonly index: number;
  readonly perSecond: number;
  readonly result: ClosedResult;
  readonly usage: Usage;
  readonly checks: readonly Check[];
  readonly inWords: string;
}

/** The greatest lot the domain allows. */
export const lotQuantity = 1_000_000;

/** What an echo server is sent: it looks like a reservation and means nothing. */
const nothing = {
  event: '01890000-0000-7000-8000-000000000001' as EventId,
  lot: '01890000-0000-7000-8000-000000000002' as LotId,
};

/** A contestant is started anew, warmed up, measured, killed and counted again. */
export async function playRound(
  name: ContestantName,
  index: number,
  settings: RoundSettings,
  { ground, progress }: ScenarioContext,
): Promise<Round> {
  const { profiles } = settings;
  const profileOf = (process: string) =>
    profiles && path.resolve(profiles, `${name}-${index + 1}-${process}.cpuprofile`);
  progress.show(`${name}: starting …`);
  const server = await launch(name, ground, { cpuProfile: profileOf });
  const generator = launchGenerator(progress);
  try {
    const show = name === 'echo' ? nothing : await openShow(server);
    await generator.connect(planOf(server, show, settings));
    progress.show(`${name}: ${settings.sessions} sessions reserve …`);
    const measured = await measure(generator, server);
    await server.kill();
    progress.show(`${name}: counting the journal again …`);
    const isDurable = name === 'durable' || name === 'split';
    const history = isDurable ? await recount(ground, show.event) : undefined;
    return describe(name, index, measured, history);
  } finally {
    await generator.stop();
    await server.kill();
  }
}

async function openShow(server: Server): Promise<typeof nothing> {
  const { event, lots } = await server.createShow([lotQuantity]);
  await server.openSale(event);
  return { event, lot: lots[0] ?? nothing.lot };
}

function planOf(server: Server, { event, lot }: typeof nothing, settings: RoundSettings) {
  const { sessions, warmUpMs, measureMs } = settings;
  const items = [{ lot, quantity: 1 }];
  return {
    port: server.port,
    tokenKeyFile: server.tokenKeyFile,
    sockets: sessions,
    load: { kind: 'closed', event, items, warmUpMs, measureMs },
  } as const;
}

interface Measured {
  readonly result: ClosedResult;
  readonly usage: Usage;
}

async function measure(generator: Generator, server: Server): Promise<Measured> {
  let meter: UsageMeter | undefined;
  let usage: Usage = { server: 0, processes: {}, machine: 0 };
  const result = await generator.runClosed(
    async () => {
      meter = await UsageMeter.begin(server);
    },
    async () => {
      usage = (await meter?.end()) ?? usage;
    },
  );
  return { result, usage };
}

function describe(
  name: ContestantName,
  index: number,
  { result, usage }: Measured,
  history: Recount | undefined,
): Round {
  const perSecond = (result.accepted / result.windowMs) * 1000;
  const checks = [answerCheck(result), ...(history ? historyChecks(result, history) : [])];
  const named = checks.map((check) => ({ ...check, what: `${name} ${index + 1}: ${check.what}` }));
  const latency = `p50 ${shortNumber(result.latency.p50)} p99 ${shortNumber(result.latency.p99)} ms`;
  const inWords = `${name} ${shortNumber(perSecond)}/s, ${latency}`;
  return { name, index, perSecond, result, usage, checks: named, inWords };
}

function answerCheck({ rejected, unexpected, unanswered, acceptedInAll }: ClosedResult): Check {
  const others = { ...rejected, ...unexpected, ...(unanswered > 0 && { unanswered }) };
  return {
    what: 'everything is accepted',
    isKept: Object.keys(others).length === 0,
    found: `${acceptedInAll} accepted${countsText(others)}`,
  };
}

function historyChecks({ acceptedInAll }: ClosedResult, { holds, violations }: Recount): Check[] {
  return [
    {
      what: 'what was acknowledged is in the journal after the crash',
      isKept: acceptedInAll > 0 && acceptedInAll <= holds.size,
      found: `${acceptedInAll} acknowledged, ${holds.size} in the journal`,
    },
    {
      what: 'nothing is sold twice at any position',
      isKept: violations.length === 0,
      found: violations[0] ?? `${holds.size} reservations counted again`,
    },
  ];
}
