import type { OrderId, SubjectId } from '@ingressou/protocol';
import type { Deliveries } from '../../src/ports/deliveries.ts';
import { listMax, type Objects } from '../../src/ports/objects.ts';
import type { OrderDetailsStore, OrderName } from '../../src/ports/order-details.ts';
import type { Database } from '../../src/store/database.ts';
import { ordersMadeBy, type PersonRecords, recordsOf } from '../../src/store/person-records.ts';
import { ticketFolder } from '../../src/workers/ticket-files.ts';

/** Every place where something names a buyer. */
export interface PersonalPlaces {
  readonly database: Database;
  readonly details: Pick<OrderDetailsStore, 'toldBy' | 'erase'>;
  readonly deliveries: Pick<Deliveries, 'of' | 'forgetNames'>;
  readonly objects: Pick<Objects, 'list' | 'delete'>;
  readonly letters: Letters;
}

/** What was written instead of being sent. */
interface Letters {
  namesOf(ids: readonly string[]): Promise<readonly string[]>;
  forget(names: readonly string[]): Promise<void>;
}

/** How much names a buyer. */
export interface Named {
  /** Orders whose buyer and ticket holders are known. */
  readonly details: number;
  /** PDFs of tickets. */
  readonly files: number;
  /** Mails and messages that their deliverers have names for. */
  readonly deliveries: number;
  /** Mails and messages in the developers' inbox. */
  readonly letters: number;
}

export interface Person {
  readonly subject: SubjectId;
  readonly named: Named;
  /** What stays, and names nobody. */
  readonly records: PersonRecords;
}

/** What there is of a buyer. Changes nothing. */
export async function personOf(
  places: PersonalPlaces,
  subject: SubjectId,
  now: number,
): Promise<Person> {
  const orders = await ordersOf(places, subject);
  const details = (await places.details.toldBy(subject)).length;
  const parts = { files: 0, deliveries: 0, letters: 0 };
  for (const name of orders) {
    const kept = await places.deliveries.of(name.order);
    parts.files += (await places.objects.list(ticketFolder(name), listMax)).length;
    parts.deliveries += kept.filter(({ messageId }) => messageId !== undefined).length;
    parts.letters += (await places.letters.namesOf(kept.map(({ id }) => id))).length;
  }
  const records = await recordsOf(places.database, subject, now);
  return { subject, named: { details, ...parts }, records };
}

/**
 * Erases whatever names a buyer. The details go first: whatever is made meanwhile finds none, and is
 * not made or taken back. Again is safe, and ends what a crash left.
 */
export async function erasePerson(places: PersonalPlaces, subject: SubjectId): Promise<Named> {
  const orders = await ordersOf(places, subject);
  const details = (await places.details.toldBy(subject)).length;
  await places.details.erase(subject);
  const erased = { files: 0, deliveries: 0, letters: 0 };
  for (const name of orders) {
    erased.files += await deleteFiles(places, name);
    erased.letters += await forgetLetters(places, name.order);
    erased.deliveries += await places.deliveries.forgetNames(name.order);
  }
  return { details, ...erased };
}

/** Those that were made, and those that were only told of. */
async function ordersOf(
  { database, details }: PersonalPlaces,
  subject: SubjectId,
): Promise<readonly OrderName[]> {
  const all = [...(await ordersMadeBy(database, subject)), ...(await details.toldBy(subject))];
  return [...new Map(all.map((name) => [name.order, name])).values()];
}

async function deleteFiles({ objects }: PersonalPlaces, name: OrderName): Promise<number> {
  for (let count = 0; ; ) {
    const keys = await objects.list(ticketFolder(name), listMax);
    for (const key of keys) await objects.delete(key);
    count += keys.length;
    if (keys.length < listMax) return count;
  }
}

async function forgetLetters(
  { deliveries, letters }: PersonalPlaces,
  order: OrderId,
): Promise<number> {
  const ids = (await deliveries.of(order)).map(({ id }) => id);
  const names = await letters.namesOf(ids);
  await letters.forget(names);
  return names.length;
}
