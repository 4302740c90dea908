/**
 * What the history of every show keeps, whoever wrote it. The names are labels of metrics and stay
 * for ever. A show whose stock or record is no longer what it says `seals`: going on could sell a
 * place twice.
 */
export const promises = {
  /** At every fact, a lot has no more held and sold than it has, and no less than nothing. */
  no_oversell: { seals: true },
  /** A hold is made once and ends once: released, expired or paid; money may revive an expired one. */
  hold_once: { seals: true },
  /** A hold takes whole units of lots there are, and what changes it repeats whose and what it is. */
  hold_items: { seals: true },
  /** A hold lives for the show's time and is extended once; past its time it only expires. */
  hold_time: { seals: false },
  /** An order is made of one live hold, and ends once; money may bring one back that had ended. */
  order_once: { seals: false },
  /** Money that came in is tickets or goes back, to the cent, and each charge is so once. */
  money_once: { seals: true },
  /** Serials follow each other; each is one ticket of one paid order, and is given back once. */
  ticket_once: { seals: true },
  /** At a gate that is not alone a ticket is admitted once, or once more after it went out. */
  admit_once: { seals: false },
  /** An id does one thing, and is too young to have been forgotten. */
  id_once: { seals: false },
  /** Nobody holds and owns more than the show allows. */
  purchase_limit: { seals: false },
  /** Show, lots and opening come before the first hold; a schedule opens at its time. */
  sale_order: { seals: false },
  /** An epoch has one owner, says so first, and never comes back. */
  one_writer: { seals: true },
  /** Every fact is there, in its place, and what was there once stays. */
  whole_history: { seals: true },
  /** Every row carries the hash of what it says and of all before it. */
  hash_chain: { seals: true },
  /** No turn was taken earlier than the one before it. */
  time_order: { seals: false },
  /** Every row holds facts that this version can count. Behind one that does not, nothing is. */
  readable: { seals: false },
} as const satisfies Record<string, { seals: boolean }>;

/** The name of a promise. */
export type Invariant = keyof typeof promises;

/** Hears of every promise that a fact breaks. */
export type Complaint = (invariant: Invariant, sentence: string) => void;
