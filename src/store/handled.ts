import type { Database, Session, Statement } from './database.ts';

/**
 * Runs `effect` in the transaction that records the message as handled by this consumer. False when
 * it was handled before: nothing is run. Of two at once the second waits for the first.
 */
export function once(
  database: Database,
  consumer: string,
  messageId: string,
  effect: (session: Session) => Promise<void>,
): Promise<boolean> {
  return database.transaction(async (session) => {
    const fresh = await session.query(insertHandled, [consumer, messageId]);
    if (fresh.length === 0) return false;
    await effect(session);
    return true;
  });
}

export async function forgetHandled(session: Session, olderThan: number): Promise<void> {
  await session.query(deleteHandled, [olderThan]);
}

const insertHandled: Statement = {
  name: 'handled_insert',
  text: `insert into handled (consumer, message_id) values ($1, $2)
    on conflict do nothing returning consumer`,
};

const deleteHandled: Statement = {
  name: 'handled_forget',
  text: 'delete from handled where at < to_timestamp($1::float8 / 1000)',
};
