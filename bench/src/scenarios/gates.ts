import { randomInt } from 'node:crypto';
import { numberOf } from '../../../scripts/command.ts';
import { LoneGates, type Merged, type Upload } from '../gate/lone-gates.ts';
import { packageSizes } from '../gate/package-size.ts';
import { type Outcome, shortNumber } from '../report.ts';
import { median } from '../samples.ts';
import type { Scenario, ScenarioValues } from '../scenario.ts';

/** Gates that were alone tell what they did: in any order, and more than once, the same comes out. */
export const gates: Scenario = {
  summary: 'logs of gates that were alone, merged in any order; the size of their package',
  options: {
    devices: { value: 'N', standard: '20', help: 'scanners, with clocks up to 5 minutes wrong' },
    scans: { value: 'N', standard: '1000', help: 'scans of all of them' },
    doubles: { value: 'PERCENT', standard: '3', help: 'of which came in elsewhere too' },
    orders: { value: 'N', standard: '30', help: 'orders in which the uploads come' },
    tickets: { value: 'N', standard: '100000', help: 'of the package' },
  },
  run,
};

const packageBytesMax = 20_000;

async function run(values: ScenarioValues): Promise<Outcome> {
  const number = (name: string, min: number, max: number) =>
    numberOf(String(values[name]), name, min, max);
  const settings = {
    devices: number('devices', 2, 500),
    scans: number('scans', 100, 100_000),
    doubles: number('doubles', 0, 50),
    orders: number('orders', 2, 1_000),
    tickets: number('tickets', 1, 1_000_000),
  };
  const lone = new LoneGates(settings.scans, settings.devices);
  const uploads = lone.uploads(settings.scans, settings.doubles / 100);
  const first = lone.merge(uploads, 1);
  const others = Array.from({ length: settings.orders - 1 }, (_, at) =>
    lone.merge(shuffled(uploads), 1 + (at % 2)),
  );
  const different = others.filter((each) => !isSame(each, first)).length;
  return outcomeOf(settings, first, [first, ...others], different);
}

/** Any order in which a device's own uploads follow each other. */
function shuffled(uploads: readonly Upload[]): Upload[] {
  const devices = [...new Set(uploads.map(({ device }) => device))];
  const queues = devices.map((device) => uploads.filter((upload) => upload.device === device));
  const mixed: Upload[] = [];
  while (mixed.length < uploads.length) {
    const next = queues[randomInt(queues.length)]!.shift();
    if (next !== undefined) mixed.push(next);
  }
  return mixed;
}

function isSame(a: Merged, b: Merged): boolean {
  const same = a.people === b.people && a.used === b.used;
  return same && a.incidents.join() === b.incidents.join();
}

function outcomeOf(
  settings: Readonly<Record<'devices' | 'scans' | 'doubles' | 'orders' | 'tickets', number>>,
  first: Merged,
  all: readonly Merged[],
  different: number,
): Outcome {
  const { scans, doubles, tickets, orders } = settings;
  const expected = Math.round((scans * doubles) / 100);
  const sizes = packageSizes(tickets);
  const mergeMs = median(all.map(({ ms }) => ms));
  const merged = { incidents: first.incidents.length, used: first.used, people: first.people };
  return {
    settings,
    figures: { ...merged, merge_ms: mergeMs, package: sizes },
    ratios: { package_of_bound: sizes.wholeBytes / packageBytesMax },
    checks: [
      {
        what: 'any order comes to the same',
        isKept: different === 0,
        found: `${different} of ${orders} differ`,
      },
      {
        what: 'each double is one incident, and no ticket is lost',
        isKept: first.incidents.length === expected && first.used === scans - expected,
        found: `${first.incidents.length} incidents, ${first.used} tickets used`,
      },
      {
        what: 'everybody inside is counted',
        isKept: first.people === scans,
        found: `${first.people} of ${scans}`,
      },
      {
        what: `a package for ${tickets} tickets is at most ${packageBytesMax} bytes`,
        isKept: tickets > 100_000 || sizes.wholeBytes <= packageBytesMax,
        found: `${sizes.wholeBytes} bytes`,
      },
    ],
    table: [
      ['what', 'value'],
      ['merge of all logs', `${shortNumber(mergeMs)} ms`],
      ['package', `${sizes.wholeBytes} bytes, sealed in ${shortNumber(sizes.sealMs)} ms`],
      ['delta after 1 000 entries', `${sizes.deltaBytes} bytes`],
    ],
    notes: [],
  };
}
