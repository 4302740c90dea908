import type { Mutant } from './mutant.ts';

/** Getting the rules wrong: ids, stock, limits, deadlines. */
export const domainMutants: readonly Mutant[] = [
  {
    name: 'saves snapshots without ids',
    edits: [
      {
        file: 'domain/snapshot.js',
        find: 'done: state.done.plain(),',
        replace: 'done: new DoneTable().plain(),',
      },
    ],
  },
  {
    name: 'decides a retry afresh',
    edits: [
      {
        file: 'domain/holds.js',
        find: 'if (earlier !== undefined && earlier.wish === wish)\n        return acceptUntil(earlier.reservedUntil);',
        replace: '',
      },
    ],
  },
  {
    name: 'answers a retry with the present deadline',
    edits: [
      {
        file: 'domain/holds.js',
        find: 'return acceptUntil(earlier.reservedUntil);',
        replace: 'return acceptUntil(earlier.expiresAt);',
      },
    ],
  },
  {
    name: 'takes an id for the wish',
    edits: [
      {
        file: 'domain/holds.js',
        find: 'if (earlier !== undefined && earlier.wish === wish)\n        return acceptUntil(earlier.reservedUntil);',
        replace: 'if (earlier !== undefined)\n        return acceptUntil(earlier.reservedUntil);',
      },
    ],
  },
  {
    name: 'lets a producer use the id of a hold',
    edits: [
      {
        file: 'domain/setup.js',
        find: `if (state.holds.has(id) || state.orders.has(id))
        return refuse({ reason: 'id_reused' });`,
        replace: '',
      },
    ],
  },
  {
    name: 'does not check the stock',
    edits: [
      {
        file: 'domain/holds.js',
        find: `const soldOut = stockObstacle(state, command);`,
        replace: 'const soldOut = undefined;',
      },
    ],
  },
  {
    name: 'checks the stock nowhere',
    edits: [
      {
        file: 'domain/holds.js',
        find: `const soldOut = stockObstacle(state, command);`,
        replace: 'const soldOut = undefined;',
      },
      {
        file: 'domain/evolve.js',
        find: `assert(quantity > 0 && quantity <= available(lot), 'a lot is never oversold');`,
        replace: '',
      },
    ],
  },
  {
    name: 'does not check the purchase limit',
    edits: [
      {
        file: 'domain/holds.js',
        find: 'const limit = limitObstacle(state, rules, command);',
        replace: 'const limit = undefined;',
      },
    ],
  },
  {
    name: 'lets an expired hold be paid',
    edits: [
      {
        file: 'actors/turn.js',
        find: 'meetDeadlines(state, at, facts);\n    const decisions',
        replace: 'const decisions',
      },
      {
        file: 'actors/turn.js',
        find: 'return { at, letters, decisions,',
        replace: 'meetDeadlines(state, at, facts);\n    return { at, letters, decisions,',
      },
      {
        file: 'domain/hold-obstacles.js',
        find: `return hold.expiresAt <= now ? refuse({ reason: 'hold_expired' }) : undefined;`,
        replace: 'return undefined;',
      },
    ],
  },
  {
    name: 'ends a hold before its time',
    edits: [
      {
        file: 'domain/deadlines.js',
        find: 'return { at: expiry.at,',
        replace: 'return { at: expiry.at - 500,',
      },
      {
        file: 'domain/evolve.js',
        find: 'state.holds.expiresAtOf(liveHoldOf(state, fact.hold)) <= at',
        replace: 'true',
      },
      {
        file: 'domain/holds.js',
        find: `hold.status === 'held' && hold.expiresAt <= now`,
        replace: `hold.status === 'held'`,
      },
    ],
  },
];
