import type { SubjectId } from '@ingressou/protocol';
import { bytesIn } from './columns.ts';
import { DataKey } from './data-keys.ts';
import type { Session, Statement } from './database.ts';

/**
 * The key of each person, sealed with the master key. Never remembered: a key that was erased is
 * gone from every process at once.
 */
export class SubjectKeys {
  readonly #master: DataKey;

  constructor(master: DataKey) {
    this.#master = master;
  }

  /** A person's key, made when it is first needed. It cannot be erased before `session` commits. */
  async take(session: Session, subject: SubjectId): Promise<DataKey> {
    const fresh = DataKey.random().wrap(this.#master, placeOf(subject));
    const [columns] = await session.query(insertKey, [subject, fresh]);
    return this.open(bytesIn(columns ?? {}, 'wrapped'), subject);
  }

  /** A person's key from its row. @throws {UnsealError} */
  open(wrapped: Uint8Array, subject: SubjectId): DataKey {
    return DataKey.unwrap(wrapped, this.#master, placeOf(subject));
  }

  async erase(session: Session, subject: SubjectId): Promise<void> {
    await session.query(deleteKey, [subject]);
  }
}

function placeOf(subject: SubjectId): string {
  return `subject_key:${subject}`;
}

// The update changes nothing, but locks the row: an erasure waits until whoever seals has committed,
// and then finds all there is to erase.
const insertKey: Statement = {
  name: 'subject_key_take',
  text: `insert into subject_key (subject, wrapped) values ($1, $2)
    on conflict (subject) do update set wrapped = subject_key.wrapped returning wrapped`,
};

const deleteKey: Statement = {
  name: 'subject_key_erase',
  text: 'delete from subject_key where subject = $1',
};
