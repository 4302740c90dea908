import type { EventId } from '@ingressou/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { DatabaseCatalog } from '../../src/store/catalog.ts';
import {
  type Columns,
  type Database,
  type OpenDatabase,
  type Statement,
  StatementError,
  type Value,
} from '../../src/store/database.ts';
import { DatabaseJournal } from '../../src/store/journal.ts';
import { journalStatements } from '../../src/store/journal-statements.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openPg } from '../../src/store/pg.ts';
import { openPglite } from '../../src/store/pglite.ts';
import { describeJournal } from '../contract/journal.ts';
import { newEvent, newNode } from '../contract/rows.ts';
import { showNamed } from '../contract/stores.ts';
import { skipBecause } from '../setup/skip-because.ts';
import { SimulatedPostgres } from './postgres.ts';
import { parse, type Record, UnknownSqlError } from './sql.ts';

/** The simulated PostgreSQL is worth what it has in common with the real one. */

describeJournal('DatabaseJournal on the simulated PostgreSQL', async () => {
  const postgres = new SimulatedPostgres();
  const database = lineTo(postgres);
  const journal = new DatabaseJournal({ database, journals: [database] });
  return { journal, create: async (event) => postgres.addShow(event), close: async () => {} };
});

describeModel('PGlite', () => openPglite());
const url = inject('postgresUrl');
if (url !== undefined) describeModel('PostgreSQL', async () => openPg(url));
else skipBecause('the model against PostgreSQL', inject('postgresMissing') ?? 'no PostgreSQL');

describe('the SQL that the model reads', () => {
  it.each(Object.values(journalStatements))('includes $name', (statement) => {
    expect(() => parse(statement.text)).not.toThrow();
  });

  it.each([
    'delete from journal',
    'select a from b where c like $1',
    'update event_head set epoch = greatest(epoch, $1)',
    'select epoch from event_head where event_id = $1 for update',
  ])('does not include "%s", which it refuses to guess', (text) => {
    expect(() => parse(text)).toThrow(UnknownSqlError);
  });
});

/** The same random statements on both, guards taken out or not: all that can be seen is the same. */
function describeModel(name: string, open: () => Promise<OpenDatabase>): void {
  describe(`the model of PostgreSQL does what ${name} does`, () => {
    let real: OpenDatabase;

    beforeAll(async () => {
      real = await open();
      await migrate(real.database, 'migrations');
    });
    afterAll(() => real.close());

    it('with any list of the journal’s statements', async () => {
      const property = fc.asyncProperty(steps, (list) => compare(real.database, list, 0));
      await fc.assert(property, { numRuns: 80 });
    });

    it('with any of the guards missing from the append', async () => {
      const guarded = fc.integer({ min: 1, max: 2 ** guards.length - 1 });
      const property = fc.asyncProperty(steps, guarded, (list, missing) =>
        compare(real.database, list, missing),
      );
      await fc.assert(property, { numRuns: 80 });
    });
  });
}

const guards = [
  ['epoch = $2 and ', ''],
  ['owner = $3 and ', ''],
  // PostgreSQL wants to know the type of every parameter, so it has to be somewhere.
  ['last_position = $4', '$4::float8 = $4::float8'],
  [' and not sealed', ''],
] as const;

/** The append without the guards whose bits are set. */
function appendWithout(missing: number): Statement {
  let { text } = journalStatements.append as Statement;
  for (const [index, [guard, nothing]] of guards.entries()) {
    if (missing & (1 << index)) text = text.replace(guard, nothing);
  }
  return { name: `journal_append_without_${missing}`, text };
}

type Kind = keyof typeof journalStatements;
interface Step {
  readonly kind: Kind;
  readonly event: number;
  readonly claimer: number;
  readonly isStranger: boolean;
  /** How far beside the head's own epoch and position. */
  readonly epochOff: number;
  readonly positionOff: number;
  readonly facts: number;
  readonly time: number | null;
}

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    kind: fc.oneof(
      { weight: 12, arbitrary: fc.constant<Kind>('append') },
      { weight: 3, arbitrary: fc.constant<Kind>('claim') },
      { weight: 8, arbitrary: fc.constantFrom<Kind>('touch', 'head', 'rowHash', 'read', 'due') },
      { weight: 1, arbitrary: fc.constant<Kind>('seal') },
    ),
    event: fc.integer({ min: 0, max: 1 }),
    claimer: fc.integer({ min: 0, max: 1 }),
    isStranger: fc.constantFrom(false, false, false, false, true),
    epochOff: fc.constantFrom(0, 0, 0, -1),
    positionOff: fc.constantFrom(0, 0, 0, -1, 1),
    facts: fc.integer({ min: 1, max: 2 }),
    // Values that floating-point seconds cannot hold exactly, and the same value twice.
    time: fc.constantFrom(null, 1_740_830_400_001, 1_740_830_400_002, 4_102_444_800_007),
  }),
  { minLength: 5, maxLength: 40 },
);

async function compare(real: Database, list: readonly Step[], missing: number): Promise<void> {
  const postgres = new SimulatedPostgres();
  const model = lineTo(postgres);
  const events = [newEvent(), newEvent()];
  const owners = [newNode(), newNode()];
  for (const event of events) {
    await new DatabaseCatalog(real).add(showNamed(event));
    postgres.addShow(event);
    const claim = [event, owners[0]!];
    for (const each of [real, model]) await each.query(journalStatements.claim, claim);
  }
  const append = appendWithout(missing);
  const take = async (step: Step, index: number) => {
    const statement = step.kind === 'append' ? append : journalStatements[step.kind];
    const show = events[step.event]!;
    const head = postgres.rows('event_head').find(({ event_id }) => event_id === show)!;
    const owner = step.isStranger ? newNode() : String(head.owner);
    const values = valuesOf(
      step,
      index,
      head,
      step.kind === 'claim' ? owners[step.claimer]! : owner,
    );
    return [
      await seen(real, statement, values, events),
      await seen(model, statement, values, events),
    ];
  };
  for (const [index, step] of list.entries()) {
    const [expected, modelled] = await take(step, index);
    expect(modelled, step.kind).toEqual(expected);
  }
  for (const event of events) {
    const all = [event, 0, 1_000, 1_000];
    const { head, read } = journalStatements;
    expect(await seen(model, head, [event])).toEqual(await seen(real, head, [event]));
    expect(await seen(model, read, all)).toEqual(await seen(real, read, all));
  }
}

function valuesOf(
  { kind, epochOff, positionOff, facts, time }: Step,
  index: number,
  head: Readonly<Record>,
  owner: string,
): Value[] {
  const show = head.event_id!;
  const position = Math.max(0, Number(head.last_position) + positionOff);
  switch (kind) {
    case 'append': {
      const bytes = Uint8Array.of(index, position, facts);
      const epoch = Number(head.epoch) + epochOff;
      return [show, epoch, owner, position, position + facts, index, bytes, bytes, time];
    }
    case 'claim':
      return [show, owner];
    case 'touch':
    case 'head':
    case 'seal':
      return [show];
    case 'rowHash':
      return [show, position];
    case 'read':
      return [show, position - 2, position, facts];
    case 'due':
      return [time ?? 0, 100_000];
  }
}

/** An answer as anybody sees it: rows, or the code of a refusal. Other suites' shows are not. */
async function seen(
  database: Database,
  statement: Statement,
  values: readonly Value[],
  events: readonly EventId[] = [],
): Promise<unknown> {
  try {
    const rows = await database.query(statement, values);
    const isOurs = ({ event_id }: Columns) =>
      event_id === undefined || events.some((event) => event === event_id);
    return rows.filter(isOurs).map(plain);
  } catch (error) {
    if (error instanceof StatementError) return error.code;
    throw error;
  }
}

/** Drivers give bytes in classes of their own. */
function plain(columns: Columns): Columns {
  const cells = Object.entries(columns).map(([name, value]) => {
    return [name, value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value];
  });
  return Object.fromEntries(cells);
}

function lineTo(postgres: SimulatedPostgres): Database {
  return {
    query: async (statement, values) => postgres.execute(statement, values),
    transaction: () => Promise.reject(new Error('The model has no transactions.')),
  };
}
