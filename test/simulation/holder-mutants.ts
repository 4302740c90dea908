import type { Mutant } from './mutant.ts';

/** Getting wrong which phone shows a ticket. */
export const holderMutants: readonly Mutant[] = [
  {
    name: 'saves snapshots without phones',
    edits: [
      {
        file: 'domain/snapshot.js',
        find: 'holders: state.holders.plain(),',
        replace: 'holders: new HolderTable().plain(),',
      },
    ],
  },
  {
    name: 'lets two phones show one revision of a ticket',
    edits: [
      {
        file: 'domain/holders.js',
        find: "bound({ type: 'ticket_bound', ...about, revision: revision + 1 })",
        replace: "bound({ type: 'ticket_bound', ...about, revision })",
      },
      {
        file: 'domain/evolve-holders.js',
        find: "assert(isSame === isFree, 'at one revision a ticket is of one phone');",
        replace: '',
      },
    ],
  },
  {
    name: 'tells a late retry that its phone still has the ticket',
    edits: [
      {
        file: 'domain/holders.js',
        find: 'if (state.done.get(id)?.wish === wish) {',
        replace: 'if (isTheirs && state.done.get(id)?.wish === wish) {',
      },
    ],
  },
];
