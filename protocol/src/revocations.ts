import { Bitmap } from './bitmap.ts';

/** Which tickets of a show admit nobody any more. Only ever grows. */
export class Revocations {
  /** Serials that are gone, whatever their revision: refunded or charged back. */
  readonly gone = new Bitmap();
  /** Serials that were issued again: codes below this revision are void. */
  readonly #revisions = new Map<number, number>();

  revoke(serial: number): void {
    this.gone.add(serial);
  }

  /** Only codes of this revision and later are good. */
  reissue(serial: number, revision: number): void {
    if (revision > this.revision(serial)) this.#revisions.set(serial, revision);
  }

  revision(serial: number): number {
    return this.#revisions.get(serial) ?? 0;
  }

  /** In ascending order of serials. */
  reissued(): readonly (readonly [serial: number, revision: number])[] {
    return [...this.#revisions].sort(([a], [b]) => a - b);
  }

  /** Undefined for a code that is good. */
  refusal(serial: number, revision: number): 'revoked' | 'old_revision' | undefined {
    if (this.gone.has(serial)) return 'revoked';
    return revision < this.revision(serial) ? 'old_revision' : undefined;
  }
}
