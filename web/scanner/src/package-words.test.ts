import type { PackageFault } from '@ingressou/protocol/admission';
import { describe, expect, it } from 'vitest';
import { listCheck, listNotes } from './package-words.ts';

/** One of each: the compiler sees to it that none is forgotten. */
const all: Record<PackageFault, true> = {
  truncated: true,
  too_large: true,
  unknown_version: true,
  wrong_kind: true,
  wrong_event: true,
  wrong_checkpoint: true,
  unknown_key: true,
  revoked_key: true,
  bad_signature: true,
  expired: true,
  outdated: true,
  malformed: true,
};
const faults = Object.keys(all) as PackageFault[];

describe('the list of the show', () => {
  it.each(faults)(
    'is not good when the newest was refused: %s says why and what to do',
    (fault) => {
      const { isGood, words } = listCheck(5_000, fault);
      expect(isGood).toBe(false);
      expect(words).toMatch(/^[A-ZÀ-Ú].*[.] .*[.]$/);
    },
  );

  it('is good when it is there, however old, and not when it never came', () => {
    expect(listCheck(5_000, undefined).isGood).toBe(true);
    expect(listCheck(undefined, undefined).isGood).toBe(false);
  });

  it('is a matter for everybody at the gate, unless its age says as much', () => {
    const quiet = faults.filter((fault) => listNotes(fault).length === 0);
    expect(quiet).toEqual(['outdated']);
    expect(listNotes(undefined)).toEqual([]);
  });
});
