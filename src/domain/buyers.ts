import type { SubjectId } from '@ingressou/protocol';
import { assert } from './assert.ts';
import { grown, rowsFor, rowsMin } from './columns.ts';
import { nowhere } from './row-index.ts';
import { type PlainUuids, UuidTable } from './uuid-table.ts';

/**
 * Who has what of a show: by subject, the units and the rows of live and paid holds. A subject
 * keeps its row for as long as any remembered hold names it, be it an ended one.
 */
export class Buyers {
  readonly #subjects: UuidTable<SubjectId>;
  /** By the row of the subject. */
  #units = new Uint32Array(rowsMin);
  #mentions = new Uint32Array(rowsMin);
  #newest = new Int32Array(rowsMin);
  /** By the row of the hold: its neighbours in the list of its buyer. */
  #newer = new Int32Array(rowsMin);
  #older = new Int32Array(rowsMin);

  /** As they were saved; nobody has or is named by anything yet. */
  constructor(saved?: PlainUuids) {
    this.#subjects = new UuidTable(saved);
    this.#makeRoom(this.#subjects.rows);
    this.#newest.fill(nowhere);
  }

  /** For so many holds. */
  makeRoom(holds: number): void {
    this.#makeRoomForHold(holds - 1);
  }

  plain(): PlainUuids {
    return this.#subjects.plain();
  }

  get size(): number {
    return this.#subjects.size;
  }

  /** Units in live and paid holds. */
  unitsOf(subject: SubjectId): number {
    const buyer = this.#subjects.rowOf(subject);
    return buyer === nowhere ? 0 : this.#units[buyer]!;
  }

  /** The rows of live and paid holds, the newest first. */
  *holdsOf(subject: SubjectId): Iterable<number> {
    const buyer = this.#subjects.rowOf(subject);
    let hold = buyer === nowhere ? nowhere : this.#newest[buyer]!;
    for (; hold !== nowhere; hold = this.#older[hold]!) yield hold;
  }

  subjectAt(buyer: number): SubjectId {
    return this.#subjects.idAt(buyer);
  }

  /** The row of a subject that a new hold names. */
  mention(subject: SubjectId): number {
    const buyer = this.#subjects.rowFor(subject);
    this.#makeRoom(this.#subjects.rows);
    this.mentionAgain(buyer);
    return buyer;
  }

  mentionAgain(buyer: number): void {
    this.#mentions[buyer]! += 1;
  }

  /** A hold that names this buyer is forgotten. */
  unmention(buyer: number): void {
    this.#mentions[buyer]! -= 1;
    if (this.#mentions[buyer] === 0) this.#subjects.delete(buyer);
  }

  take(buyer: number, hold: number, units: number): void {
    this.#makeRoomForHold(hold);
    const second = this.#newest[buyer]!;
    if (second !== nowhere) this.#newer[second] = hold;
    this.#older[hold] = second;
    this.#newer[hold] = nowhere;
    this.#newest[buyer] = hold;
    this.#units[buyer]! += units;
  }

  giveBack(buyer: number, hold: number, units: number): void {
    assert(this.#units[buyer]! >= units, 'a buyer gives back no more than was taken');
    this.#units[buyer]! -= units;
    const newer = this.#newer[hold]!;
    const older = this.#older[hold]!;
    if (older !== nowhere) this.#newer[older] = newer;
    if (newer !== nowhere) this.#older[newer] = older;
    else this.#newest[buyer] = older;
  }

  /** Some units of a hold that stays are given back. */
  reduce(buyer: number, units: number): void {
    assert(this.#units[buyer]! > units, 'a buyer keeps some units of a hold that stays');
    this.#units[buyer]! -= units;
  }

  #makeRoom(buyers: number): void {
    if (buyers <= this.#units.length) return;
    const rows = rowsFor(buyers);
    this.#units = grown(this.#units, new Uint32Array(rows));
    this.#mentions = grown(this.#mentions, new Uint32Array(rows));
    this.#newest = grown(this.#newest, new Int32Array(rows));
  }

  #makeRoomForHold(hold: number): void {
    if (hold < this.#newer.length) return;
    const rows = rowsFor(hold + 1);
    this.#newer = grown(this.#newer, new Int32Array(rows));
    this.#older = grown(this.#older, new Int32Array(rows));
  }
}
