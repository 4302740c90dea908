import { mkdir } from 'node:fs/promises';
import { numberOf, UsageError } from '../../../scripts/command.ts';
import { type ContestantName, contestants, raisedLimits } from '../contestants/contestant.ts';
import { queuePlaceOf } from '../queues/messages.ts';
import type { Outcome } from '../report.ts';
import type { Scenario, ScenarioContext, ScenarioValues } from '../scenario.ts';
import { describeRounds } from './reserve-figures.ts';
import { lotQuantity, playRound, type Round, type RoundSettings } from './reserve-round.ts';
import { runSlowWorkers } from './slow-workers.ts';
import type { SlowWorkersSettings } from './slow-workers-run.ts';

/**
 * "Reserve one of a hot lot", as fast as answers come: every session asks again as soon as it is
 * answered. Nobody watches the show, so what is measured is the way of a command and back.
 */
export const reserve: Scenario = {
  summary: 'one hot lot; every session reserves again as soon as it is answered',
  options: {
    sessions: { value: 'N', standard: '1000', help: 'sockets, each of a buyer of its own' },
    rounds: { value: 'N', standard: '5', help: 'rounds; figures are medians over them' },
    seconds: { value: 'S', standard: '3', help: 'measured time of one contestant in one round' },
    'warm-up': { value: 'S', standard: '2', help: 'load before the measured time' },
    nodes: { value: 'N', standard: '1', help: '2: the product in one process and in two' },
    contestants: {
      value: 'LIST',
      help: `who is measured, by commas: ${Object.keys(contestants).join(',')}`,
    },
    'slow-workers': { help: 'open loop, with and without slow workers beside: the options below' },
    rate: { value: 'N', standard: '2000', help: 'reservations a second' },
    tasks: { value: 'N', standard: '10000', help: 'tasks that wait for the slow workers' },
    'slow-seconds': { value: 'S', standard: '5', help: 'how long each of them takes' },
    queues: { value: 'NAME', help: 'rabbitmq or database; unset: RabbitMQ when it answers' },
    'cpu-profiles': { value: 'DIR', help: 'write a CPU profile of every server there' },
  },
  run,
};

interface Settings extends RoundSettings {
  readonly rounds: number;
  readonly names: readonly ContestantName[];
}

async function run(values: ScenarioValues, context: ScenarioContext): Promise<Outcome> {
  if (values['slow-workers'] === true) {
    return await runSlowWorkers(slowWorkersSettings(values), context);
  }
  const settings = settingsOf(values);
  if (settings.profiles !== undefined) await mkdir(settings.profiles, { recursive: true });
  const rounds: Round[] = [];
  for (let index = 0; index < settings.rounds; index += 1) {
    // Whoever comes first in one round comes last in the next: a drift of the machine hits all.
    const names = index % 2 === 0 ? settings.names : settings.names.toReversed();
    for (const name of names) {
      const round = await playRound(name, index, settings, context);
      context.progress.say(`round ${index + 1} of ${settings.rounds}: ${round.inWords}`);
      rounds.push(round);
    }
  }
  const { sessions, measureMs, warmUpMs } = settings;
  return {
    settings: { sessions, measureMs, warmUpMs, lotQuantity, ...raisedLimits },
    ...describeRounds(rounds),
    checks: rounds.flatMap((round) => round.checks),
  };
}

function slowWorkersSettings(values: ScenarioValues): SlowWorkersSettings {
  const number = (name: string, min: number, max: number) =>
    numberOf(String(values[name]), name, min, max);
  return {
    pairs: number('rounds', 1, 100),
    sessions: number('sessions', 1, 15_000),
    perSecond: number('rate', 1, 20_000),
    warmUpSeconds: number('warm-up', 0, 60),
    seconds: number('seconds', 1, 60),
    tasks: number('tasks', 0, 150_000),
    slowMs: number('slow-seconds', 0, 60) * 1000,
    place: queuePlaceOf(values.queues),
  };
}

function settingsOf(values: ScenarioValues): Settings {
  const number = (name: string, min: number, max: number) =>
    numberOf(String(values[name]), name, min, max);
  return {
    sessions: number('sessions', 1, 15_000),
    rounds: number('rounds', 1, 100),
    measureMs: number('seconds', 1, 60) * 1000,
    warmUpMs: number('warm-up', 0, 60) * 1000,
    names: namesOf(values.contestants, number('nodes', 1, 2)),
    profiles: values['cpu-profiles'] === undefined ? undefined : String(values['cpu-profiles']),
  };
}

/** Whom to compare when nobody says: with the number of nodes, what is measured changes. */
function namesOf(list: ScenarioValues[string], nodes: number): readonly ContestantName[] {
  if (list !== undefined) return String(list).split(',').map(nameOf);
  return nodes === 1 ? ['durable', 'memory', 'echo'] : ['durable', 'split'];
}

function nameOf(text: string): ContestantName {
  if (text in contestants) return text as ContestantName;
  throw new UsageError(`There is no contestant ${text}: ${Object.keys(contestants).join(', ')}.`);
}
