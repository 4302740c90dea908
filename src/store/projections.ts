import type { EventId, NodeId } from '@ingressou/protocol';
import { assert } from '../domain/assert.ts';
import type { Place } from '../ports/followers.ts';
import type { Projection } from '../ports/projection.ts';
import { projectorName, ReadModelsBrokenError } from '../ports/read-models.ts';
import { numberIn } from './columns.ts';
import type { Database, Session, Statement } from './database.ts';
import { projectionStatements as statements } from './projection-statements.ts';

/**
 * Writes a projection and moves its place in one transaction; nothing when the place is elsewhere
 * already. Undefined when the place is somebody else's.
 *
 * @throws {ReadModelsBrokenError} a row that should be there is not; or what the database said
 */
export function writeProjection(
  database: Database,
  place: Place,
  projection: Projection,
): Promise<Place | undefined> {
  const { event, name, owner, epoch } = place;
  const { from, to } = projection;
  assert(event === projection.event && place.position === from, 'a projection follows its place');
  return database.transaction(async (session) => {
    const fence = [event, name, owner, epoch];
    const moved = await session.query(statements.move, [...fence, from, to]);
    if (moved.length === 1) {
      await writeRows(session, projection);
      return { ...place, position: to };
    }
    // The reply to an earlier try was lost, or the database has lost what it had not on disk yet.
    const [kept] = await session.query(statements.place, fence);
    return kept && { ...place, position: numberIn(kept, 'position') };
  });
}

async function writeRows(session: Session, projection: Projection): Promise<void> {
  const { event, newLots, lots, newOrders, orders, checkIns, entries } = projection;
  const { issued, reissued, revoked } = projection;
  const write = async (statement: Statement, rows: readonly object[]): Promise<number> => {
    if (rows.length === 0) return 0;
    return (await session.query(statement, [event, JSON.stringify(rows)])).length;
  };
  const writeEach = async (
    statement: Statement,
    rows: readonly object[],
    count = rows.length,
  ): Promise<void> => {
    const written = await write(statement, rows);
    if (written !== count) throw new MissingRowsError(event, statement, count - written);
  };
  await writeEach(statements.newLots, newLots);
  await writeEach(statements.lots, lots);
  await writeEach(statements.newOrders, newOrders);
  await writeEach(statements.orders, orders);
  const tickets = issued.reduce((sum, { count }) => sum + count, 0);
  await writeEach(statements.issued, issued, tickets);
  await writeEach(statements.reissued, reissued);
  await writeEach(statements.revoked, revoked);
  const reduced = orders.filter(({ isReduced }) => isReduced).map(({ order }) => ({ order }));
  await write(statements.reduced, reduced);
  await writeEach(statements.checkIns, checkIns);
  await writeEach(statements.entries, entries);
}

/** Forgets a show's rows and gives its place, at the beginning, to `owner`. */
export function restartProjection(
  database: Database,
  event: EventId,
  owner: NodeId,
): Promise<Place | undefined> {
  const name = projectorName;
  return database.transaction(async (session) => {
    const [place] = await session.query(statements.restart, [event, name, owner]);
    if (place === undefined) return undefined;
    await session.query(statements.permit, [event]);
    await session.query(statements.forget);
    const [epoch, generation] = [numberIn(place, 'epoch'), numberIn(place, 'generation')];
    return { name, event, owner, epoch, position: 0, generation };
  });
}

/** Facts speak of rows that are not there. */
class MissingRowsError extends ReadModelsBrokenError {
  constructor(event: EventId, { name }: Statement, count: number) {
    super(`${name} misses ${count} rows of show ${event}: npm run rebuild -- ${event}`);
  }
}
