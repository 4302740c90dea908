import { parseArgs } from 'node:util';
import { noSuchVerb } from '../../scripts/command.ts';
import type { Scenario, ScenarioOption, ScenarioValues } from './scenario.ts';
import { checkin } from './scenarios/checkin.ts';
import { gates } from './scenarios/gates.ts';
import { issue } from './scenarios/issue.ts';
import { opening } from './scenarios/opening.ts';
import { recovery } from './scenarios/recovery.ts';
import { reserve } from './scenarios/reserve.ts';
import { sameTicket } from './scenarios/same-ticket.ts';

/** Everything that can be measured. */
const scenarios: Readonly<Record<string, Scenario>> = {
  reserve,
  opening,
  recovery,
  issue,
  checkin,
  'same-ticket': sameTicket,
  gates,
};

/** What every scenario takes besides its own options. */
const common: Readonly<Record<string, ScenarioOption>> = {
  embedded: { help: 'on the embedded database, even if PostgreSQL answers' },
  json: { value: 'FILE', help: 'write the report there too' },
  help: { help: 'this text' },
};

/** What a command line asks for: a text, or something to measure. */
type Wish =
  | { readonly help: string }
  | { readonly name: string; readonly scenario: Scenario; readonly values: ScenarioValues };

/** @throws {UsageError} it names no scenario that there is, and all of them are listed */
export function wishOf([name, ...words]: readonly string[]): Wish {
  if (name === '--help') return { help: help() };
  const known = Object.keys(scenarios);
  const scenario = known.includes(name ?? '') ? scenarios[name ?? ''] : undefined;
  if (name === undefined || scenario === undefined) throw noSuchVerb(help(), name, known);
  const values = valuesOf(scenario, words);
  return values.help === true ? { help: helpOf(name, scenario) } : { name, scenario, values };
}

function valuesOf({ options }: Scenario, args: string[]): ScenarioValues {
  const all = Object.entries({ ...options, ...common });
  const config = all.map(([name, { value, standard }]) => {
    const type = value === undefined ? ('boolean' as const) : ('string' as const);
    return [name, standard === undefined ? { type } : { type, default: standard }] as const;
  });
  return parseArgs({ args, options: Object.fromEntries(config) }).values as ScenarioValues;
}

function help(): string {
  const list = Object.entries(scenarios).map(
    ([name, { summary }]) => `  ${name.padEnd(13)}${summary}`,
  );
  return `Usage: npm run bench -- SCENARIO [options]

Measures the product on this machine, against peers in the same run where there are any. Runs on
the PostgreSQL of TEST_DATABASE_URL or of the standard port, in a database of its own, else on the
embedded one. Everything stays on the loopback; it fails when a check fails, not when it is slow.

${list.join('\n')}

  npm run bench -- SCENARIO --help   its options`;
}

function helpOf(name: string, { summary, options }: Scenario): string {
  const lines = Object.entries({ ...options, ...common }).map(
    ([option, { value, standard, help }]) => {
      const left = `--${option}${value === undefined ? '' : ` ${value}`}`;
      return `  ${left.padEnd(22)}${help}${standard === undefined ? '' : ` (${standard})`}`;
    },
  );
  return `Usage: npm run bench -- ${name} [options]\n\n${summary}\n\n${lines.join('\n')}`;
}
