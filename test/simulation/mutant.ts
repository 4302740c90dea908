import type { Trouble } from './knobs.ts';

/** One way to get the protocol wrong: edits of the compiled production code. */
export interface Mutant {
  readonly name: string;
  readonly edits: readonly Edit[];
  /** The troubles in which it soon does harm; without them it does in many. */
  readonly troubles?: readonly Trouble[];
}

export interface Edit {
  /** The compiled file, under `dist/src`. */
  readonly file: string;
  /** A text that is in the file exactly once. */
  readonly find: string;
  readonly replace: string;
}
