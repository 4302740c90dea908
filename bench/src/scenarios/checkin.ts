import { randomInt } from 'node:crypto';
import { numberOf } from '../../../scripts/command.ts';
import { type Commits, Doors, type Scanner, wordOf } from '../gate/doors.ts';
import { Counter, pause } from '../load/counter.ts';
import { type Outcome, shortNumber } from '../report.ts';
import { Samples } from '../samples.ts';
import type { Scenario, ScenarioContext, ScenarioValues } from '../scenario.ts';

/**
 * Scanners at two gates, each scan at its time whatever became of the one before. Nine in ten are
 * tickets that come for the first time; the others were used before, are forged, or are no tickets.
 */
export const checkin: Scenario = {
  summary: 'scans at a steady rate, from the frame to the verdict, and whether it is right',
  options: {
    rate: { value: 'N', standard: '2000', help: 'scans a second' },
    seconds: { value: 'S', standard: '10', help: 'measured time' },
    'warm-up': { value: 'S', standard: '3', help: 'load before the measured time' },
    scanners: { value: 'N', standard: '40', help: 'scanners at two gates' },
    cold: { help: 'scan before the node has looked at the signatures of what was sold' },
  },
  run,
};

interface Settings {
  readonly rate: number;
  readonly seconds: number;
  readonly warmUp: number;
  readonly scanners: number;
  readonly cold: boolean;
}

const settleMs = 5_000;
/** It looks at some 3 000 a second; this long without one more, it has stopped. */
const lookAheadMs = 10_000;

async function run(values: ScenarioValues, context: ScenarioContext): Promise<Outcome> {
  const number = (name: string, min: number, max: number) =>
    numberOf(String(values[name]), name, min, max);
  const settings: Settings = {
    rate: number('rate', 1, 20_000),
    seconds: number('seconds', 1, 120),
    warmUp: number('warm-up', 0, 60),
    scanners: number('scanners', 1, 500),
    cold: values.cold === true,
  };
  const scans = settings.rate * (settings.seconds + settings.warmUp);
  const doors = await Doors.open(scans, settings.scanners, context);
  try {
    if (!settings.cold) await untilLookedAhead(doors, context);
    context.progress.show('the doors are open …');
    const before = await doors.commits();
    const found = await play(doors, settings);
    const { all, slow } = await doors.commits();
    return outcomeOf(settings, found, { all: all - before.all, slow: slow - before.slow });
  } finally {
    await doors.close();
  }
}

/** As in the hour between the first scanner and the first guest. */
async function untilLookedAhead(doors: Doors, { progress }: ScenarioContext): Promise<void> {
  const { length } = doors.prepared.codes;
  let known = { looked: 0, at: performance.now() };
  for (;;) {
    const looked = await doors.lookedAhead();
    if (looked >= length) return;
    if (looked > known.looked) known = { looked, at: performance.now() };
    if (performance.now() > known.at + lookAheadMs)
      throw new Error(`Only ${looked} of ${length} were looked at.`);
    progress.show(`${looked} of ${length} codes looked at …`);
    await pause(200);
  }
}

interface Found {
  readonly latency: ReturnType<Samples['summary']>;
  readonly lateness: ReturnType<Samples['summary']>;
  readonly verdicts: Readonly<Record<string, number>>;
  readonly wrong: number;
  /** Nobody looked at them: the house was busy, or its lease had ended. */
  readonly refused: number;
  readonly unanswered: number;
  readonly lost: number;
}

/** What is known of each ticket, to say what the verdict must be. */
class Model {
  readonly #codes: readonly string[];
  readonly #used: string[] = [];
  #next = 0;

  constructor(codes: readonly string[]) {
    this.#codes = codes;
  }

  /** A code, and the word on it. */
  draw(): readonly [code: string, word: string] {
    const dice = randomInt(100);
    if (dice < 2) return ['https://example.com/ingresso', 'not_a_ticket'];
    if (dice < 5) return [forged(this.#codes[this.#next]!), 'bad_signature'];
    if (dice < 10 && this.#used.length > 0) {
      return [this.#used[randomInt(this.#used.length)]!, 'already_used'];
    }
    const code = this.#codes[this.#next]!;
    this.#next += 1;
    return [code, 'admitted'];
  }

  /** Only from then on it is surely used: who was told `busy` was let in, or was not. */
  admitted(code: string): void {
    this.#used.push(code);
  }
}

/** Another letter in the middle of the signature. */
function forged(code: string): string {
  const at = code.length - 40;
  return `${code.slice(0, at)}${code[at] === '0' ? '1' : '0'}${code.slice(at + 1)}`;
}

async function play({ prepared, scanners }: Doors, settings: Settings): Promise<Found> {
  const { rate, seconds, warmUp } = settings;
  const model = new Model(prepared.codes);
  const [latency, lateness, verdicts] = [new Samples(), new Samples(), new Counter()];
  let [wrong, refused] = [0, 0];
  const begin = performance.now();
  const measuredFrom = begin + warmUp * 1000;
  for (let count = 0; count < rate * (warmUp + seconds); count += 1) {
    const due = begin + (count * 1000) / rate;
    const wait = due - performance.now();
    if (wait > 0) await pause(Math.ceil(wait));
    const [code, word] = model.draw();
    if (due >= measuredFrom) lateness.add(performance.now() - due);
    (scanners[count % scanners.length] as Scanner).scan(code, (answer) => {
      if (due >= measuredFrom) latency.add(performance.now() - due);
      verdicts.add(wordOf(answer));
      if (answer.type === 'verdict' && answer.verdict === 'admitted') model.admitted(code);
      if (answer.type === 'rejected') refused += 1;
      else if (answer.verdict !== word) wrong += 1;
    });
  }
  const giveUpAt = performance.now() + settleMs;
  const waiting = () => scanners.reduce((sum, each) => sum + each.waiting, 0);
  while (waiting() > 0 && performance.now() < giveUpAt) await pause(20);
  const lost = scanners.filter((each) => each.lost !== undefined).length;
  const summaries = { latency: latency.summary(), lateness: lateness.summary() };
  return { ...summaries, verdicts: verdicts.counts(), wrong, refused, unanswered: waiting(), lost };
}

function outcomeOf(settings: Settings, found: Found, commits: Commits): Outcome {
  const { latency, lateness, verdicts, wrong, refused, unanswered, lost } = found;
  const row = (name: string, { p50, p95, p99, max }: Found['latency']) => [
    name,
    ...[p50, p95, p99, max].map(shortNumber),
  ];
  return {
    settings: { ...settings },
    figures: {
      scans: latency.count,
      p50_ms: latency.p50,
      p95_ms: latency.p95,
      p99_ms: latency.p99,
      max_ms: latency.max,
      lateness_p99_ms: lateness.p99,
      wrong_verdicts: wrong,
      refused,
      verdicts,
      commits: commits.all,
      commits_over_25_ms: commits.slow,
    },
    // Against what the venue's contract allows: 150 ms from the scan to the verdict.
    ratios: { p95_of_contract: latency.p95 / 150, p99_of_contract: latency.p99 / 150 },
    checks: [
      { what: 'every verdict is right', isKept: wrong === 0, found: `${wrong} wrong` },
      { what: 'every scan is judged', isKept: refused === 0, found: `${refused} are refused` },
      {
        what: 'every scan is answered',
        isKept: unanswered === 0 && lost === 0,
        found: `${unanswered} are not, ${lost} scanners were lost`,
      },
    ],
    table: [
      ['ms', 'p50', 'p95', 'p99', 'max'],
      row('scan to verdict', latency),
      row('sent late by', lateness),
    ],
    notes: [
      Object.entries(verdicts)
        .map(([name, count]) => `${count} ${name}`)
        .join(', '),
      `${commits.all} commits, ${commits.slow} of them longer than 25 ms: whoever came meanwhile waited.`,
    ],
  };
}
