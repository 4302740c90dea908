import type pg from 'pg';

/**
 * What a connection string may not say: each of them is how a lock, a zombie or a reply that never
 * comes is got over. `options` are missing here, as ours are put behind those that are given.
 */
export const reservedParameters = [
  'application_name',
  'statement_timeout',
  'lock_timeout',
  'idle_in_transaction_session_timeout',
  'query_timeout',
] as const;

/**
 * A connection with our settings, whatever the string says: the driver itself lets the string win.
 * In `options` the server goes by what comes last.
 */
export function connectionTo<T extends pg.ClientConfig>(url: string, ours: T): T {
  const given = new URL(url);
  const options = [...given.searchParams.getAll('options'), ours.options ?? ''].filter(Boolean);
  for (const name of ['options', ...reservedParameters]) given.searchParams.delete(name);
  return {
    ...ours,
    connectionString: given.href,
    ...(options.length === 0 ? {} : { options: options.join(' ') }),
  };
}
