import pg from 'pg';
import { type Finding, fail } from './finding.ts';
import { codeOf, unreachable } from './unreachable.ts';

/** One line about a server that does not answer, or does not let us in. */
export function refused(name: string, variable: string, url: string, cause: unknown): Finding {
  const { username, host, pathname } = new URL(url);
  const next = nextFor(codeOf(cause), username, pathname.slice(1), variable);
  if (next === undefined) return unreachable(name, variable, url, cause);
  const said = cause instanceof pg.DatabaseError ? cause.message : String(cause);
  return fail(name, `${host}: ${said}`, next);
}

/** What PostgreSQL says against us, by its code. */
function nextFor(code: string, user: string, database: string, variable: string) {
  switch (code) {
    case '28P01':
      return `correct the password in ${variable}`;
    case '28000':
      return `let ${user} in: createuser, pg_hba.conf, and pg_ctl reload`;
    case '3D000':
      return `createdb ${database}, or correct the database in ${variable}`;
    case '42501':
      return `give ${user} the rights it lacks, or correct the user in ${variable}`;
    case '53300':
      return 'raise max_connections, or end what holds them: pg_stat_activity';
    case '57P03':
      return 'wait: it is starting, or restoring';
    default:
      return undefined;
  }
}
