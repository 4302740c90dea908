import { inject } from 'vitest';
import { openPg } from '../../src/store/pg.ts';
import { openPglite } from '../../src/store/pglite.ts';
import { skipBecause } from '../setup/skip-because.ts';
import { describeJournal } from './journal.ts';
import { journalIn, journalInMemory } from './stores.ts';

describeJournal('MemoryJournal', journalInMemory);
describeJournal('DatabaseJournal on PGlite', async () => journalIn(await openPglite()));

const url = inject('postgresUrl');
if (url !== undefined) describeJournal('DatabaseJournal on pg', () => journalIn(openPg(url)));
else skipBecause('DatabaseJournal on pg', inject('postgresMissing') ?? 'no PostgreSQL');
