import { actorMutants } from './actor-mutants.ts';
import { clusterMutants } from './cluster-mutants.ts';
import { domainMutants } from './domain-mutants.ts';
import { holderMutants } from './holder-mutants.ts';
import { journalMutants } from './journal-mutants.ts';
import type { Mutant } from './mutant.ts';
import { orderMutants } from './order-mutants.ts';

/**
 * Mistakes that the simulation must notice. None needs the simulation's help: each is an edit of
 * what production runs, and what the simulated database makes of a statement it reads from the
 * statement's own text.
 *
 * Some guards can be taken out without harm as long as the others stand, and so are not listed:
 * - the position in the append's condition: within an epoch there is one actor, which sends one
 *   row at a time, and the key of `journal` refuses the same row twice;
 * - the epoch in it, and the owner, as long as the position stays: the position alone puts the rows
 *   in one order. They make a late writer stop at once, and the owner counts when a standby promoted
 *   too early gives an epoch out twice; the simulated database loses nothing;
 * - the claim before the read, if the position that was read stays in the append's condition;
 * - the hash that settles a lost reply: somebody else's row can stand in the place of ours only when
 *   our lease is over, and then nothing is told any more;
 * - asking for the outcome before a row is sent again: an append finds its own row;
 * - the claimer's own lease: what a late claim takes, its dead owner gives to whoever comes next;
 * - the look at the lease before a turn is taken: nothing of it is told before the second look;
 * - looking, at rest, whether somebody else writes: the lease or the next row says so in time;
 * - the end of the last turn before a release: both go over one line, one after the other, so that
 *   a turn is durable before the release or refused behind it;
 * - a snapshot that is ahead of the head: the journal has no row for it;
 * - the time of a hold when it is paid: due deadlines come first in every turn;
 * - the chain of hashes at recovery: no disk rots here.
 *
 * Two more are needed, but it takes so much to come together until they are that no seed would show
 * it in time; contracts hold them: the epoch that a forced claim names (two processes must take a
 * dead owner's place in the same instant), and that a no counts only from the node that was asked
 * last (what was refused there must become possible before the next one decides).
 */
export const mutants: readonly Mutant[] = [
  ...journalMutants,
  ...actorMutants,
  ...clusterMutants,
  ...domainMutants,
  ...orderMutants,
  ...holderMutants,
];
