import { createHash } from 'node:crypto';
import type { EventId, NodeId } from '@ingressou/protocol';
import { unpack } from '@ingressou/protocol';
import type { Fact } from '../../domain/facts.ts';
import type { Head, Journal, Row } from '../../ports/journal.ts';
import type { Invariant } from './promises.ts';
import { ReferenceModel } from './reference-model.ts';

/** A promise that a history breaks. */
export interface Finding {
  readonly invariant: Invariant;
  /** Number of the fact where it shows first. */
  readonly position: number;
  /** What is wrong there. Names things by their ids; never says who. */
  readonly sentence: string;
  /** How many facts break it. */
  count: number;
}

/** A place in a history: whatever is written later, it stays as it is. */
export interface Mark {
  readonly position: number;
  readonly hash: Uint8Array;
}

/**
 * The history of one show, counted row by row. It goes on when something is wrong, because what
 * comes behind may be worse, but not behind a row that it cannot read: there nothing counted since
 * would mean anything, and only the record itself is still checked.
 */
export class CountedHistory {
  readonly event: EventId;
  readonly model: ReferenceModel;
  /** Each broken promise once. */
  readonly findings = new Map<Invariant, Finding>();
  /** Number of the last fact. */
  position = 0;
  hash: Uint8Array = new Uint8Array();
  /** Owners there were, one after the other. */
  epochs = 0;
  readonly #through: Mark | undefined;
  #at = 0;
  #epoch = 0;
  #owner: NodeId | undefined;
  /** Number of the fact that is being counted. */
  #fact = 0;
  #isReadable = true;

  /** `through` is a place that was seen in this history before, and so must be in it. */
  constructor(event: EventId, through?: Mark) {
    this.event = event;
    this.#through = through;
    this.model = new ReferenceModel((invariant, what) => this.#find(invariant, what));
  }

  /** Counts the next row and gives the facts it holds, none when they cannot be read. */
  add(row: Row): readonly Fact[] {
    this.#fact = row.position + 1;
    const facts = this.#read(row);
    this.#checkRecord(row, facts);
    this.#checkWriter(row, facts);
    this.#count(row, facts);
    this.#checkPassage(row);
    this.position = row.last;
    this.hash = row.hash;
    this.#at = row.at;
    return facts;
  }

  /** Compares with where the show's head says that its history ends. */
  end({ position, hash, epoch }: Head): void {
    this.#fact = this.position;
    const seen = this.#through?.position ?? 0;
    if (this.position !== position) {
      this.#find('whole_history', `the history ends here, but its head at fact ${position}`);
    } else if (!isSameHash(this.hash, hash)) {
      this.#find('hash_chain', 'the last row is not the one that its head names');
    }
    if (this.position < seen) this.#find('whole_history', `it went on to fact ${seen} once`);
    if (epoch < this.#epoch) this.#find('one_writer', `its head is back in epoch ${epoch}`);
  }

  #checkRecord(row: Row, facts: readonly Fact[]): void {
    if (row.position !== this.position) {
      this.#find('whole_history', `a row stands behind fact ${this.position}`);
    }
    const count = row.last - row.position;
    if (this.#isReadable && (count !== facts.length || count < 1)) {
      this.#find('whole_history', `a row of ${count} facts holds ${facts.length}`);
    }
    if (row.at < this.#at) {
      this.#find('time_order', `a turn is ${this.#at - row.at} ms earlier than the one before it`);
    }
    if (!isSameHash(row.hash, hashOf(this.hash, row))) {
      this.#find('hash_chain', 'a row does not continue the chain of hashes');
    }
  }

  #checkWriter({ epoch, owner }: Row, facts: readonly Fact[]): void {
    const isNew = epoch !== this.#epoch;
    if (epoch < this.#epoch) {
      this.#find('one_writer', `a row of epoch ${epoch} stands behind epoch ${this.#epoch}`);
    }
    if (!isNew && owner !== this.#owner) {
      this.#find('one_writer', `epoch ${epoch} has a second owner`);
    }
    const openings = facts.filter(({ type }) => type === 'owned').length;
    if (this.#isReadable && openings !== (isNew ? 1 : 0)) {
      this.#find('one_writer', `epoch ${epoch} is opened ${openings} times in a row`);
    }
    const [first] = facts;
    if (isNew && this.#isReadable && !isOpening(first, epoch, owner)) {
      this.#find('one_writer', `epoch ${epoch} does not begin with its owner`);
    }
    if (isNew) this.epochs += 1;
    this.#epoch = epoch;
    this.#owner = owner;
  }

  #count(row: Row, facts: readonly Fact[]): void {
    try {
      for (const fact of facts) {
        this.model.count(fact, row.at);
        this.#fact += 1;
      }
      this.#fact = row.last;
      this.model.endTurn();
    } catch {
      // A fact that lacks what its type should have is a finding, not a failure of the count.
      this.#loseTrack('a fact lacks what its kind has');
    }
  }

  /** A place that was seen once must be met again, exactly. */
  #checkPassage(row: Row): void {
    const through = this.#through;
    if (through === undefined || row.last < through.position) return;
    if (this.position >= through.position) return;
    const isMet = row.last === through.position && isSameHash(row.hash, through.hash);
    if (!isMet) {
      this.#find('whole_history', `what was at fact ${through.position} before is not there now`);
    }
  }

  #read(row: Row): readonly Fact[] {
    if (!this.#isReadable) return [];
    try {
      const facts = unpack(row.facts);
      if (isFacts(facts)) return facts;
      this.#loseTrack('a row holds something else than facts this version knows');
    } catch {
      // Whatever a decoder says about bytes that `pack` did not write.
      this.#loseTrack('the bytes of a row are no facts');
    }
    return [];
  }

  #loseTrack(why: string): void {
    this.#find('readable', why);
    this.#isReadable = false;
  }

  #find(invariant: Invariant, what: string): void {
    const known = this.findings.get(invariant);
    if (known !== undefined) {
      known.count += 1;
      return;
    }
    const sentence = `Fact ${this.#fact}: ${what}.`;
    this.findings.set(invariant, { invariant, position: this.#fact, sentence, count: 1 });
  }
}

/**
 * Reads on from where a history stands to `head`, and compares the two. After each row it shows
 * what it counted and asks whether to go on, which may take its time; false when it was told not to.
 *
 * @throws {JournalUnavailableError} it may be called again
 */
export async function countTo(
  journal: Pick<Journal, 'read'>,
  history: CountedHistory,
  head: Head,
  goesOn: (row: Row, facts: readonly Fact[]) => Promise<boolean>,
): Promise<boolean> {
  for await (const row of journal.read(head.event, history.position, head.position)) {
    const facts = history.add(row);
    if (!(await goesOn(row, facts))) return false;
  }
  history.end(head);
  return true;
}

/** The chain as the journal's port describes it, written a second time on purpose. */
function hashOf(previous: Uint8Array, row: Row): Uint8Array {
  const { event, position, last, epoch, owner, at, facts } = row;
  return createHash('sha256')
    .update(previous)
    .update([event, position, last, epoch, owner, at, ''].join('|'))
    .update(facts)
    .digest();
}

function isSameHash(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function isOpening(fact: Fact | undefined, epoch: number, owner: NodeId): boolean {
  return fact?.type === 'owned' && fact.epoch === epoch && fact.owner === owner;
}

/** Every kind of fact this version can count. */
const kinds = {
  owned: true,
  show_created: true,
  lot_opened: true,
  sale_scheduled: true,
  sale_opened: true,
  sale_paused: true,
  reserved: true,
  extended: true,
  released: true,
  expired: true,
  paid: true,
  checked_out: true,
  payment_begun: true,
  payment_refused: true,
  order_cancelled: true,
  tickets_issued: true,
  tickets_signed: true,
  ticket_bound: true,
  ticket_freed: true,
  refund_due: true,
  refunded: true,
  charged_back: true,
  show_cancelled: true,
  checkpoints_set: true,
  device_enrolled: true,
  device_revoked: true,
  device_reported: true,
  scanned: true,
  scans_merged: true,
  scans_quarantined: true,
  incidents_seen: true,
  topped_up: true,
} as const satisfies Record<Fact['type'], true>;

const kindNames: ReadonlySet<unknown> = new Set(Object.keys(kinds));

function isFacts(value: unknown): value is readonly Fact[] {
  return Array.isArray(value) && value.every((fact) => kindNames.has(fact?.type));
}
