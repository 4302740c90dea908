import type { EventId } from '@ingressou/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createDatabase } from '../../scripts/test-postgres.ts';
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
import { leaseStatements } from '../../src/store/lease-statements.ts';
import { DatabaseLeases } from '../../src/store/leases.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openPg } from '../../src/store/pg.ts';
import { openPglite } from '../../src/store/pglite.ts';
import { describeJournal } from '../contract/journal.ts';
import { newEvent, newNode } from '../contract/rows.ts';
import { showNamed } from '../contract/stores.ts';
import { skipBecause } from '../setup/skip-because.ts';
import { SimulatedPostgres } from './postgres.ts';
import { parse, type Record } from './sql.ts';
import { UnknownSqlError } from './sql-expressions.ts';

/** The simulated PostgreSQL is worth what it has in common with the real one. */

const statements = { ...journalStatements, ...prefixed(leaseStatements) };

describeJournal('DatabaseJournal on the simulated PostgreSQL', async () => {
  const postgres = new SimulatedPostgres({ now: Date.now });
  const database = lineTo(postgres);
  const leases = new DatabaseLeases({ leases: database });
  return {
    journal: new DatabaseJournal({ database, journals: [database] }),
    create: async (event) => postgres.addShow(event),
    lease: async (node, ms) => {
      await leases.renew({ node, name: 'test', hasActors: true, isLeaving: false }, ms);
    },
    close: async () => {},
  };
});

describeModel('PGlite', () => openPglite());
const url = inject('postgresUrl');
if (url !== undefined) describeModel('PostgreSQL', () => openAlone(url));
else skipBecause('the model against PostgreSQL', inject('postgresMissing') ?? 'no PostgreSQL');

describe('the SQL that the model reads', () => {
  it.each(Object.values(statements))('includes $name', (statement) => {
    expect(() => parse(statement.text)).not.toThrow();
  });

  it.each([
    'delete from journal using event_head',
    'select a from b where c like $1',
    'update event_head set epoch = greatest(epoch, $1)',
    'select epoch from event_head where event_id = $1 for update',
    'insert into node_lease (node) values ($1) on conflict do nothing',
    "select node from node_lease where expires_at > now() - interval '1 minute'",
    'select node from node_lease where expires_at is not distinct from null',
  ])('does not include "%s", which it refuses to guess', (text) => {
    expect(() => parse(text)).toThrow(UnknownSqlError);
  });
});

/** Leases are everybody's: the sweep of another suite would take away what the model still has. */
async function openAlone(server: string): Promise<OpenDatabase> {
  const own = await createDatabase(server, 'the server of this run');
  const opened = openPg(own.url);
  const close = async (): Promise<void> => {
    await opened.close();
    await own.close();
  };
  return { ...opened, close };
}

/** The same random statements on both, guards taken out or not: all that can be seen is the same. */
function describeModel(name: string, open: () => Promise<OpenDatabase>): void {
  describe(`the model of PostgreSQL does what ${name} does`, () => {
    let real: OpenDatabase;

    beforeAll(async () => {
      real = await open();
      await migrate(real.database, 'migrations');
    });
    afterAll(() => real.close());

    it('with any list of the statements of journal and leases', async () => {
      const property = fc.asyncProperty(steps, (list) => compare(real.database, list, statements));
      await fc.assert(property, { numRuns: 120 });
    });

    it.each([
      ['append', appendGuards],
      ['claim', claimGuards],
    ] as const)('with any of the guards missing from the %s', async (kind, guards) => {
      const guarded = fc.integer({ min: 1, max: 2 ** guards.length - 1 });
      const property = fc.asyncProperty(steps, guarded, (list, missing) => {
        const spoiled = { ...statements, [kind]: without(statements[kind], guards, missing) };
        return compare(real.database, list, spoiled);
      });
      await fc.assert(property, { numRuns: 80 });
    });
  });
}

type Guards = readonly (readonly [text: string, otherwise: string])[];

const appendGuards: Guards = [
  ['epoch = $2 and ', ''],
  ['owner = $3 and ', ''],
  // PostgreSQL wants to know the type of every parameter, so it has to be somewhere.
  ['last_position = $4', '$4::float8 = $4::float8'],
  [' and not sealed', ''],
];

const claimGuards: Guards = [
  [' and not sealed', ''],
  ['owner is null or ', ''],
  ['owner = $2 or ', ''],
  ['epoch = $3 or ', '$3::bigint = 0 or '],
  ['not exists', 'exists'],
  ['expires_at > clock_timestamp()', 'expires_at < clock_timestamp()'],
];

/** A statement without the guards whose bits are set. */
function without({ name, text }: Statement, guards: Guards, missing: number): Statement {
  let spoiled = text;
  for (const [index, [guard, otherwise]] of guards.entries()) {
    expect(text).toContain(guard);
    if (missing & (1 << index)) spoiled = spoiled.replace(guard, otherwise);
  }
  return { name: `${name}_without_${missing}`, text: spoiled };
}

type Kind = keyof typeof statements;
interface Step {
  readonly kind: Kind;
  readonly event: number;
  readonly node: number;
  readonly isStranger: boolean;
  /** How far beside the head's own epoch and position. */
  readonly epochOff: number;
  readonly positionOff: number;
  readonly facts: number;
  readonly time: number | null;
  /** How long a lease runs from now on. */
  readonly leaseMs: number;
}

const hourMs = 3_600_000;
/** Far enough from every border that the time a statement takes makes no difference. */
const leasesMs = [hourMs, hourMs, 30 * 24 * hourMs, -20_000, -hourMs, -30 * 24 * hourMs];

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    kind: fc.oneof(
      { weight: 12, arbitrary: fc.constant<Kind>('append') },
      { weight: 6, arbitrary: fc.constant<Kind>('claim') },
      { weight: 4, arbitrary: fc.constant<Kind>('lease_renew') },
      {
        weight: 5,
        arbitrary: fc.constantFrom<Kind>('touch', 'head', 'rowHash', 'read', 'list'),
      },
      { weight: 5, arbitrary: fc.constantFrom<Kind>('due', 'obstacle', 'locate', 'lease_others') },
      { weight: 2, arbitrary: fc.constant<Kind>('release') },
      { weight: 1, arbitrary: fc.constantFrom<Kind>('seal', 'lease_end', 'lease_sweep') },
    ),
    event: fc.integer({ min: 0, max: 1 }),
    node: fc.integer({ min: 0, max: 2 }),
    isStranger: fc.constantFrom(false, false, false, false, true),
    epochOff: fc.constantFrom(0, 0, 0, -1),
    positionOff: fc.constantFrom(0, 0, 0, -1, 1),
    facts: fc.integer({ min: 1, max: 2 }),
    // Values that floating-point seconds cannot hold exactly, and the same value twice.
    time: fc.constantFrom(null, 1_740_830_400_001, 1_740_830_400_002, 4_102_444_800_007),
    leaseMs: fc.constantFrom(...leasesMs),
  }),
  { minLength: 5, maxLength: 40 },
);

/** The shows and processes of one list; whatever else is in the database is not looked at. */
interface Cast {
  readonly events: readonly EventId[];
  readonly nodes: readonly string[];
}

async function compare(
  real: Database,
  list: readonly Step[],
  spoken: { readonly [kind in Kind]: Statement },
): Promise<void> {
  const postgres = new SimulatedPostgres({ now: Date.now });
  const model = lineTo(postgres);
  const cast: Cast = { events: [newEvent(), newEvent()], nodes: [newNode(), newNode(), newNode()] };
  for (const event of cast.events) {
    await new DatabaseCatalog(real).add(showNamed(event));
    postgres.addShow(event);
  }
  const both = async (statement: Statement, values: readonly Value[]) => ({
    expected: await seen(real, statement, values, cast),
    modelled: await seen(model, statement, values, cast),
  });
  for (const node of cast.nodes.slice(0, 2)) {
    await both(spoken.lease_renew, [node, 'test', true, false, hourMs]);
  }
  for (const event of cast.events) await both(statements.claim, [event, cast.nodes[0]!, null]);
  for (const [index, step] of list.entries()) {
    const show = cast.events[step.event]!;
    const head = postgres.rows('event_head').find(({ event_id }) => event_id === show)!;
    const { expected, modelled } = await both(
      spoken[step.kind],
      valuesOf(step, index, head, cast.nodes[step.node]!),
    );
    expect(modelled, step.kind).toEqual(expected);
  }
  for (const event of cast.events) {
    for (const [statement, values] of [
      [statements.head, [event]],
      [statements.read, [event, 0, 1_000, 1_000]],
    ] as const) {
      const { expected, modelled } = await both(statement, values);
      expect(modelled, statement.name).toEqual(expected);
    }
  }
}

function valuesOf(
  { kind, isStranger, epochOff, positionOff, facts, time, leaseMs }: Step,
  index: number,
  head: Readonly<Record>,
  node: string,
): Value[] {
  const show = head.event_id!;
  // Nobody is the owner of nothing: whoever sends this has a name.
  const owner = isStranger ? newNode() : (head.owner ?? node);
  const epoch = Number(head.epoch) + epochOff;
  const position = Math.max(0, Number(head.last_position) + positionOff);
  switch (kind) {
    case 'append': {
      const bytes = Uint8Array.of(index, position, facts);
      return [show, epoch, owner, position, position + facts, index, bytes, bytes, time];
    }
    case 'claim':
      return [show, node, time === null ? null : epoch];
    case 'release':
      return [show, epoch, owner];
    case 'obstacle':
      return [show, node];
    case 'touch':
    case 'head':
    case 'seal':
    case 'locate':
      return [show];
    case 'rowHash':
      return [show, position];
    case 'read':
      return [show, position - 2, position, facts];
    case 'due':
      return [node, time ?? 0, 100_000];
    case 'list':
      return [isStranger ? '00000000-0000-0000-0000-000000000000' : show, 100_000];
    case 'lease_renew':
      return [node, `node ${facts}`, facts === 1, isStranger, leaseMs];
    case 'lease_others':
    case 'lease_end':
      return [node];
    case 'lease_sweep':
    case 'lease_forget':
    case 'lease_pins':
      return [];
  }
}

/** An answer as anybody sees it: rows, or the code of a refusal. Other suites' rows are not. */
async function seen(
  database: Database,
  statement: Statement,
  values: readonly Value[],
  { events, nodes }: Cast,
): Promise<unknown> {
  try {
    const rows = await database.query(statement, values);
    const isOurs = ({ event_id, node }: Columns) =>
      (event_id === undefined || events.some((event) => event === event_id)) &&
      (node === undefined || nodes.some((each) => each === node));
    return rows.filter(isOurs).map(plain);
  } catch (error) {
    if (error instanceof StatementError) return error.code;
    throw error;
  }
}

/** Drivers give bytes in classes of their own; two clocks agree on times to the second or so. */
function plain(columns: Columns): Columns {
  const cells = Object.entries(columns).map(([name, value]) => {
    if (name === 'left_ms') return [name, near(value)];
    if (name === 'expires_at') return [name, near(Number(value) - Date.now())];
    return [name, value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value];
  });
  return Object.fromEntries(cells);
}

/** Which of the lengths that leases have here a time is about. */
function near(ms: unknown): unknown {
  if (ms === null) return null;
  const left = Number(ms);
  return leasesMs.find((each) => Math.abs(each - left) < 15_000) ?? left;
}

function prefixed(named: typeof leaseStatements) {
  const { renew, others, sweep, end, forget, pins } = named;
  return {
    lease_renew: renew,
    lease_others: others,
    lease_sweep: sweep,
    lease_end: end,
    lease_forget: forget,
    lease_pins: pins,
  };
}

function lineTo(postgres: SimulatedPostgres): Database {
  return {
    query: async (statement, values) => postgres.execute(statement, values),
    transaction: () => Promise.reject(new Error('The model has no transactions.')),
  };
}
