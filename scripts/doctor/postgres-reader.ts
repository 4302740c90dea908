import pg from 'pg';
import { connectionTo } from '../../src/store/pg-connection.ts';
import { PATIENCE_MS } from './unreachable.ts';

/** Asks a server single questions, whose answer is a column `answer` or the only one. */
export class PostgresReader {
  readonly #client: pg.Client;

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  /** @throws {Error} it does not answer, or does not let us in */
  static async use<T>(url: string, work: (reader: PostgresReader) => Promise<T>): Promise<T> {
    const settings = {
      connectionTimeoutMillis: PATIENCE_MS,
      query_timeout: PATIENCE_MS,
      application_name: 'ingressou:doctor',
    };
    const client = new pg.Client(connectionTo<pg.ClientConfig>(url, settings));
    client.on('error', () => {});
    try {
      await client.connect();
      return await work(new PostgresReader(client));
    } finally {
      // One that never connected has nothing to end, and would wait for it.
      void client.end().catch(() => {});
    }
  }

  async texts(text: string, values: readonly string[] = []): Promise<readonly string[]> {
    const { rows } = await this.#client.query({ text, values: [...values], rowMode: 'array' });
    return rows.map(([first]: readonly unknown[]) => String(first));
  }

  async text(text: string, values?: readonly string[]): Promise<string> {
    const [first = ''] = await this.texts(text, values);
    return first;
  }

  async number(text: string, values?: readonly string[]): Promise<number> {
    return Number(await this.text(text, values));
  }

  async truth(text: string): Promise<boolean> {
    return (await this.text(text)) === 'true';
  }
}
