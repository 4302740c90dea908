import { actorMutants } from './actor-mutants.ts';
import { clusterMutants } from './cluster-mutants.ts';
import { domainMutants } from './domain-mutants.ts';
import { journalMutants } from './journal-mutants.ts';
import type { Mutant } from './mutant.ts';

/**
 * Mistakes that the simulation must notice. None needs the simulation's help: each is an edit of
 * what production runs, and what the simulated database makes of a statement it reads from the
 * statement's own text.
 *
 * Some guards can be taken out without harm as long as the others stand, and so are not listed:
 * - the position in the append's condition: within an epoch there is one actor, which sends one
 *   row at a time, and the key of `journal` refuses the same row twice;
 * - the owner beside the epoch: it counts only when a standby promoted too early gives an epoch
 *   out twice, and the simulated database loses nothing;
 * - the claim before the read, if the position that was read stays in the append's condition;
 * - asking for the outcome before a row is sent again: an append finds its own row;
 * - the time of a hold when it is paid: due deadlines come first in every turn;
 * - the chain of hashes at recovery: no disk rots here.
 */
export const mutants: readonly Mutant[] = [
  ...journalMutants,
  ...actorMutants,
  ...clusterMutants,
  ...domainMutants,
];
