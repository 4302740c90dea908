import type { EventId } from '@ingressou/protocol';
import type { Database, Statement } from './database.ts';

/**
 * Ends what the dead owner of a show still has open at the server: a process that was frozen inside
 * a transaction holds the lock that its successor needs, and the server cannot see that it is
 * frozen. Does nothing while that owner's lease runs, unless its epoch is `insteadOf`.
 */
export async function endZombie(
  database: Database,
  event: EventId,
  insteadOf: number | null,
): Promise<void> {
  await database.query(endBackends, [event, insteadOf]);
}

/**
 * Its connections carry the owner's id in their name. One that waits for the standby is left alone:
 * its row is written, whoever comes next waits for the same standby, and cutting the wait short would
 * show to others what is not safe yet.
 */
const endBackends: Statement = {
  name: 'journal_end_zombie',
  text: `select pg_terminate_backend(pid)
    from event_head join pg_stat_activity on application_name = 'actor:' || event_head.owner
    where event_id = $1 and state <> 'idle' and wait_event is distinct from 'SyncRep'
      and (epoch = $2 or not exists (
        select from node_lease where node = event_head.owner and expires_at > clock_timestamp()))`,
};
