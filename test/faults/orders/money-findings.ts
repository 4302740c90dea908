import pg from 'pg';
import type { Database } from '../../../src/store/database.ts';
import { moneyFindings } from '../../../src/store/money-findings.ts';

/** Longer than anything may be under way: what is not at its end by then never will be. */
const patienceMs = 25 * 60 * 60_000;

/** What the product's own check of its money finds, as if a day had passed. */
export async function moneyFindingsOf(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    const shows = await client.query<{ id: string }>('select id from show');
    const found: string[] = [];
    for (const { id } of shows.rows) {
      const findings = await moneyFindings(reading(client), id as never, Date.now() + patienceMs);
      found.push(...findings.map(({ sentence }) => `${sentence}.`));
    }
    return found;
  } finally {
    await client.end();
  }
}

function reading(client: pg.Client): Database {
  const query: Database['query'] = async ({ text }, values = []) =>
    (await client.query(text, [...values])).rows as Record<string, unknown>[];
  return { query, transaction: (work) => work({ query }) };
}
