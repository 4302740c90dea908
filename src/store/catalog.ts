import type { EventId, Show } from '@ingressou/protocol';
import type { Catalog } from '../ports/catalog.ts';
import { numberIn, textIn } from './columns.ts';
import type { Columns, Database, Statement } from './database.ts';

/** The catalogue in PostgreSQL. What breaks is thrown as the database seam throws it. */
export class DatabaseCatalog implements Catalog {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async add({ id, slug, title, venue, city, uf, startsAt }: Show): Promise<boolean> {
    return this.#database.transaction(async (session) => {
      const added = await session.query(insertShow, [id, slug, title, venue, city, uf, startsAt]);
      if (added.length === 0) return false;
      await session.query(insertHead, [id]);
      return true;
    });
  }

  async bySlug(slug: string): Promise<Show | undefined> {
    const [columns] = await this.#database.query(selectBySlug, [slug]);
    return columns && showOf(columns);
  }

  async byId(id: EventId): Promise<Show | undefined> {
    const [columns] = await this.#database.query(selectById, [id]);
    return columns && showOf(columns);
  }

  async upcoming(from: number, max: number): Promise<Show[]> {
    const shows = await this.#database.query(selectUpcoming, [from, max]);
    return shows.map(showOf);
  }
}

function showOf(columns: Columns): Show {
  return {
    id: textIn<EventId>(columns, 'id'),
    slug: textIn(columns, 'slug'),
    title: textIn(columns, 'title'),
    venue: textIn(columns, 'venue'),
    city: textIn(columns, 'city'),
    uf: textIn(columns, 'uf'),
    startsAt: numberIn(columns, 'starts_at'),
  };
}

const insertShow: Statement = {
  name: 'catalog_insert_show',
  text: `insert into show (id, slug, title, venue, city, uf, starts_at)
    values ($1, $2, $3, $4, $5, $6, to_timestamp($7::float8 / 1000))
    on conflict do nothing returning id`,
};

const insertHead: Statement = {
  name: 'catalog_insert_head',
  text: 'insert into event_head (event_id) values ($1)',
};

// Times leave the database as they came in, in milliseconds.
const columns = `id, slug, title, venue, city, uf,
  round(extract(epoch from starts_at) * 1000)::bigint as starts_at`;

const selectBySlug: Statement = {
  name: 'catalog_by_slug',
  text: `select ${columns} from show where slug = $1`,
};

const selectById: Statement = {
  name: 'catalog_by_id',
  text: `select ${columns} from show where id = $1`,
};

const selectUpcoming: Statement = {
  name: 'catalog_upcoming',
  mayLag: true,
  text: `select ${columns} from show where starts_at >= to_timestamp($1::float8 / 1000)
    order by show.starts_at, id limit $2`,
};
