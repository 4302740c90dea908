import type { OrderId, SubjectId } from '@ingressou/protocol';
import type { FactOf } from '../../domain/facts.ts';
import type { Complaint } from './promises.ts';

export interface HolderBooks {
  readonly complain: Complaint;
  orderOf(serial: number): { readonly id: OrderId; readonly subject?: SubjectId } | undefined;
  areRotating(): boolean;
}

interface CountedHolder {
  readonly revision: number;
  /** Of the phone that has it; empty when none has. */
  readonly key: string;
}

/** Of 32 bytes. */
const keyLength = 64;

/** Which phone shows which ticket: at one revision one phone, and revisions only grow. */
export class CountedHolders {
  readonly #books: HolderBooks;
  readonly #holders = new Map<number, CountedHolder>();

  constructor(books: HolderBooks) {
    this.#books = books;
  }

  get notes(): number {
    return this.#holders.size;
  }

  count(fact: FactOf<'ticket_bound' | 'ticket_freed'>): void {
    const { serial, revision, order, subject } = fact;
    const { revision: before, key: had } = this.#holders.get(serial) ?? none;
    const key = fact.type === 'ticket_bound' ? Buffer.from(fact.holderKey).toString('hex') : '';
    const owner = this.#books.orderOf(serial);
    if (!this.#books.areRotating()) this.#complain(serial, 'has a phone, and its codes stay');
    if (owner?.id !== order || owner.subject !== subject) {
      this.#complain(serial, `is not one of order ${order} of ${subject}`);
    }
    const isNew = key === '' || (had !== '' && had !== key);
    if (revision !== before + (isNew ? 1 : 0)) {
      this.#complain(serial, `is at revision ${revision} after ${before}`);
    }
    if (fact.type === 'ticket_bound' && key.length !== keyLength) {
      this.#complain(serial, 'is of a phone without a key');
    }
    this.#holders.set(serial, { revision, key });
  }

  #complain(serial: number, what: string): void {
    this.#books.complain('ticket_once', `ticket ${serial} ${what}`);
  }
}

const none: CountedHolder = { revision: 0, key: '' };
