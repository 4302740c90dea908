import type { EventId } from '@ingressou/protocol';
import type { Pin } from '../ports/leases.ts';
import { booleanIn, textIn } from './columns.ts';
import type { Columns, Database, Statement } from './database.ts';

// What operators do to shows by hand, with the tools of `scripts/`.

/** A show as operators call it. */
export interface NamedShow {
  readonly event: EventId;
  readonly slug: string;
}

/** Where operators want a show to live. */
export interface NamedPin extends Pin {
  readonly slug: string;
}

/** The show of this slug or id; undefined when there is none. */
export async function findShow(database: Database, name: string): Promise<NamedShow | undefined> {
  const [show] = await database.query(selectShow, [name]);
  return show && { event: eventIn(show), slug: textIn(show, 'slug') };
}

/**
 * Lets a sealed show be claimed again, by whoever reads it from its beginning. False when it was not
 * sealed.
 */
export async function unseal(database: Database, event: EventId): Promise<boolean> {
  return (await database.query(unsealHead, [event])).length === 1;
}

/**
 * Raises the generation of a show, or of all, after a restore that may have lost facts: nothing that
 * was told before it can be confused with what is told from now on. Returns how many were raised.
 */
export async function raiseGeneration(database: Database, event: EventId | null): Promise<number> {
  return (await database.query(raiseHeads, [event])).length;
}

/** Says where a show is to live, instead of what was said before. */
export async function pin(database: Database, { event, name, isAlone }: Pin): Promise<void> {
  await database.query(insertPin, [event, name, isAlone]);
}

/** Leaves a show to live anywhere. False when it was not pinned. */
export async function unpin(database: Database, event: EventId): Promise<boolean> {
  return (await database.query(deletePin, [event])).length === 1;
}

/** All pins by slug. */
export async function listPins(database: Database): Promise<NamedPin[]> {
  const pins = await database.query(selectPins, []);
  return pins.map((columns) => ({
    event: eventIn(columns),
    slug: textIn(columns, 'slug'),
    name: textIn(columns, 'name'),
    isAlone: booleanIn(columns, 'is_alone'),
  }));
}

function eventIn(columns: Columns): EventId {
  return textIn<EventId>(columns, 'event_id');
}

const selectShow: Statement = {
  name: 'operator_show',
  text: 'select id as event_id, slug from show where slug = $1 or id::text = $1',
};

// The epoch ends with each of these: whoever has the show in memory is refused its next row and has
// to read the show again.
const unsealHead: Statement = {
  name: 'operator_unseal',
  text: `update event_head set sealed = false, epoch = epoch + 1, owner = null
    where event_id = $1 and sealed returning event_id`,
};

const raiseHeads: Statement = {
  name: 'operator_raise_generation',
  text: `update event_head set generation = generation + 1, epoch = epoch + 1, owner = null
    where $1::uuid is null or event_id = $1 returning event_id`,
};

const insertPin: Statement = {
  name: 'operator_pin',
  text: `insert into pin (event_id, name, is_alone) values ($1, $2, $3)
    on conflict (event_id) do update set name = excluded.name, is_alone = excluded.is_alone`,
};

const deletePin: Statement = {
  name: 'operator_unpin',
  text: 'delete from pin where event_id = $1 returning event_id',
};

const selectPins: Statement = {
  name: 'operator_pins',
  text: `select event_id, slug, name, is_alone from pin join show on show.id = event_id
    order by slug`,
};
