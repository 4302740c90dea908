import type { Mutant } from './mutant.ts';

const payments = 'domain/payments.js';
const orders = 'domain/orders.js';
const refunds = 'domain/refunds.js';
const evolve = 'domain/evolve-orders.js';
const snapshot = 'domain/snapshot.js';

/** Getting money and tickets wrong: what comes in, what is issued for it, what goes back. */
export const orderMutants: readonly Mutant[] = [
  {
    name: 'remembers in memory only whose money went back',
    edits: [{ file: snapshot, find: 'strays: [...state.strays],', replace: 'strays: [],' }],
  },
  {
    name: 'saves snapshots without refunds',
    edits: [{ file: snapshot, find: 'refunds: [...state.refunds],', replace: 'refunds: [],' }],
  },
  {
    name: 'saves snapshots without tickets',
    edits: [
      {
        file: snapshot,
        find: 'tickets: state.tickets.plain(),',
        replace: 'tickets: new TicketTable().plain(),',
      },
    ],
  },
  {
    name: 'saves snapshots without charges',
    edits: [
      {
        file: 'domain/order-table.js',
        find: 'charges: this.#charges.plain(rows),',
        replace: 'charges: new ShortTexts().plain(rows),',
      },
    ],
  },
  {
    name: 'forgets which charge has paid',
    edits: [
      {
        file: 'domain/order-table.js',
        find: 'const row = this.#byCharge.rowOf(charge);',
        replace: 'const row = nowhere;',
      },
    ],
  },
  {
    name: 'knows a payment by its order',
    edits: [
      {
        file: payments,
        find: `return accept(stray(state, command, 'double', order));`,
        replace: 'return accept();',
      },
    ],
  },
  {
    name: 'issues tickets for each of two payments',
    edits: [
      {
        file: payments,
        find: `if (order.charge !== '')\n        return accept(stray(state, command, 'double', order));`,
        replace: '',
      },
      {
        file: payments,
        find: `const isLive = order.status === 'pending' ||`,
        replace: `const isLive = order.status === 'pending' || order.status === 'paid' ||`,
      },
      {
        file: evolve,
        find: `assert(!orders.wasPaidAt(row), 'an order is paid once');`,
        replace: '',
      },
      {
        file: evolve,
        find: `assert(holds.statusAt(hold) === 'held', 'only a live hold is sold in time');`,
        replace: '',
      },
      {
        file: evolve,
        find: `assert(lot.held >= 0, 'no more is sold than was held');`,
        replace: '',
      },
    ],
  },
  {
    name: 'sells late what others have',
    edits: [
      { file: payments, find: 'return isFree && taken <=', replace: 'return taken <=' },
      {
        file: evolve,
        find: `assert(!fact.isLate || quantity <= available(lot), 'a lot is never oversold');`,
        replace: '',
      },
    ],
  },
  {
    name: 'sells late beyond the purchase limit',
    edits: [
      {
        file: payments,
        find: 'return isFree && taken <= (rules?.limit ?? 0);',
        replace: 'return isFree;',
      },
    ],
  },
  {
    name: 'keeps money that came too late',
    edits: [
      {
        file: payments,
        find: `return accept(stray(state, command, 'late', order));`,
        replace: 'return accept();',
      },
    ],
  },
  {
    name: 'keeps money for orders that it does not know',
    edits: [
      {
        file: payments,
        find: `return accept(stray(state, command, 'foreign'));`,
        replace: `return refuse({ reason: 'order_not_found' });`,
      },
    ],
  },
  {
    name: 'keeps what was paid too much',
    edits: [
      {
        file: payments,
        find: 'facts.push(excess(state, command, order, excessCents));',
        replace: '{}',
      },
    ],
  },
  {
    name: 'takes too little for enough',
    edits: [
      {
        file: payments,
        find: 'if (excessCents < 0)\n        return accept(...short(state, command, order));',
        replace: '',
      },
      {
        file: evolve,
        find: `assert(fact.amountCents >= fact.ticketsCents + fact.feeCents, 'an order is paid whole');`,
        replace: '',
      },
    ],
  },
  {
    name: 'leaves serials out',
    edits: [
      {
        file: orders,
        find: 'const from = state.tickets.next;',
        replace: 'const from = state.tickets.next + 1;',
      },
      {
        file: evolve,
        find: `assert(fact.from === tickets.next, 'serials are dense');`,
        replace: 'tickets.skip(1);',
      },
    ],
  },
  {
    name: 'issues serials twice',
    edits: [
      {
        file: orders,
        find: 'const from = state.tickets.next;',
        replace: 'const from = Math.max(1, state.tickets.next - 1);',
      },
      {
        file: evolve,
        find: `assert(fact.from === tickets.next, 'serials are dense');`,
        replace: '',
      },
    ],
  },
  {
    name: 'puts nothing that was given back on sale',
    edits: [{ file: evolve, find: 'lotOf(state, lot).sold -= quantity;', replace: '{}' }],
  },
  {
    name: 'lets in who has given a ticket back',
    edits: [{ file: evolve, find: 'tickets.revoke(serial);', replace: '' }],
  },
  {
    name: 'gives money back without the fee',
    edits: [
      {
        file: refunds,
        find: 'amountCents: totalOf(amounts),',
        replace: 'amountCents: amounts.ticketsCents,',
      },
    ],
  },
  {
    name: 'lets anybody give tickets back',
    edits: [{ file: orders, find: 'return isMine ? order : undefined;', replace: 'return order;' }],
  },
  {
    name: 'takes money back as often as it is told so',
    edits: [{ file: evolve, find: 'state.refunds.delete(refund);', replace: '' }],
  },
  {
    name: 'keeps the hold of an order that was given up',
    edits: [
      { file: evolve, find: `state.holds.end(hold, 'released', at);`, replace: '' },
      { file: evolve, find: 'lotOf(state, lot).held -= quantity;', replace: '{}' },
    ],
  },
  {
    name: 'ends a hold before its order is due',
    edits: [
      {
        file: orders,
        find: 'expiresAt: Math.max(hold.expiresAt, payBy + Math.min(payMs, graceMsMax)),',
        replace: 'expiresAt: hold.expiresAt,',
      },
    ],
  },
  {
    name: 'answers the retry of a checkout with another deadline',
    edits: [
      {
        file: orders,
        find: 'return acceptUntil(earlier.expiresAt);',
        replace: 'return acceptUntil(earlier.payBy);',
      },
    ],
  },
  {
    name: 'lets a hold be given back while its order is open',
    edits: [
      {
        file: 'domain/holds.js',
        find: `return isOpen ? refuse({ reason: 'order_open' }) : hold;`,
        replace: 'return hold;',
      },
    ],
  },
  {
    name: 'sells for a cancelled show',
    edits: [
      {
        file: payments,
        find: 'if (state.undoing !== undefined)\n        return undefined;',
        replace: '',
      },
    ],
  },
  {
    name: 'leaves pending orders to a cancelled show',
    edits: [
      {
        file: 'domain/state.js',
        find: `if (status === 'pending' || status === 'paid')`,
        replace: `if (status === 'paid')`,
      },
    ],
  },
  {
    name: 'gives nothing back when the show is cancelled',
    edits: [
      {
        file: 'domain/state.js',
        find: `if (status === 'pending' || status === 'paid')`,
        replace: `if (status === 'pending')`,
      },
    ],
  },
  {
    name: 'passes an order over when something else happens',
    edits: [
      {
        file: 'domain/evolve.js',
        find: 'undoing.next = nextToUndo(state, undoing.next);',
        replace: 'undoing.next = nextToUndo(state, undoing.next + 1);',
      },
    ],
  },
  {
    name: 'undoes an order that its buyer has given up',
    edits: [
      {
        file: 'domain/evolve.js',
        find: 'undoing.next = nextToUndo(state, undoing.next);',
        replace: `if (fact.why === 'show_cancelled')
        undoing.next = nextToUndo(state, undoing.next + 1);`,
      },
      {
        file: 'domain/evolve.js',
        find: 'passUndone(state);\n}',
        replace: 'passUndone(state, fact);\n}',
      },
      {
        file: 'domain/evolve.js',
        find: 'function passUndone(state) {',
        replace: 'function passUndone(state, fact) {',
      },
    ],
  },
];
