import { textIn } from '../../src/store/columns.ts';
import type { Database } from '../../src/store/database.ts';

/** Every row of every table of ours as text, bytes as hex: what somebody with a dump can read. */
export async function everyText(database: Database): Promise<string> {
  const tables = await database.query(
    {
      name: 'test_tables',
      text: `select format('%I', table_name) as name from information_schema.tables
        where table_schema = 'public'`,
    },
    [],
  );
  const texts: string[] = [];
  for (const table of tables) {
    const name = textIn(table, 'name');
    const rows = await database.query(
      { name: `test_text_${name}`, text: `select t::text as text from ${name} t` },
      [],
    );
    texts.push(...rows.map((row) => textIn(row, 'text')));
  }
  return texts.join('\n');
}
