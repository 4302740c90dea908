import { describe, expect, it } from 'vitest';
import { Story } from '../../test/setup/story.ts';
import { evolve } from './evolve.ts';
import { violations } from './invariants.ts';
import { orderView } from './order-view.ts';
import { fromPlain, toPlain } from './snapshot.ts';
import { emptyShow } from './state.ts';

// A tiny house with a fee of 10 %: lot A has 5 places at R$ 100, a buyer may have 4, the doors open
// in 30 days. A hold lives 10 minutes; an order of it must be paid within 10, and word of the
// payment may take 2 more.
const house = ['create c 4 1000 30d', 'lot A 5', 'lot B 2', 'open o'];

const stories: readonly { readonly story: string; readonly rows: string }[] = [
  {
    story: 'a paid order is tickets, and the same payment told again changes nothing',
    rows: `reserve h1 ana A 2  -> reserved
           checkout o1 ana h1  -> checked_out
           begin k1 o1         -> payment_begun
           begin k1 o1         -> again
           pay k1 o1 22000     -> paid+tickets_issued
           pay k1 o1 22000     -> again
           sign o1             -> tickets_signed
           sign o1             -> again
           fail k1 o1          -> again
           checkout o2 ana h1  -> hold_paid`,
  },
  {
    story: 'word of a charge may come after its money, and is no reason to send that back',
    rows: `reserve h1 ana A 2  -> reserved
           checkout o1 ana h1  -> checked_out
           pay k1 o1 22000     -> paid+tickets_issued
           begin k1 o1         -> again
           begin k2 o1         -> order_not_pending
           pay k2 o1 22000     -> refund_due
           begin k2 o1         -> again`,
  },
  {
    story: 'a hold that is checked out waits for its payment, and not for ever',
    rows: `reserve h1 ana A 2  -> reserved
           wait 9m
           checkout o1 ana h1  -> checked_out
           extend x1 ana h1    -> order_open
           release x2 ana h1   -> order_open
           checkout o2 ana h1  -> order_open
           wait 11m
           reserve h2 bia A 4  -> sold_out
           wait 1m
           reserve h2 bia A 4  -> reserved`,
  },
  {
    story: 'a refused card leaves the hold for another try, three times',
    rows: `reserve h1 ana A 2  -> reserved
           checkout o1 ana h1 card -> checked_out
           fail t1 o1          -> payment_refused
           fail t1 o1          -> again
           fail t2 o1          -> again
           begin k1 o1         -> order_not_pending
           extend x1 ana h1    -> already_extended
           checkout o2 ana h1  -> checked_out
           fail t3 o2          -> payment_refused
           checkout o3 ana h1  -> checked_out
           fail t4 o3          -> payment_refused
           checkout o4 ana h1  -> too_many_checkouts
           release x2 ana h1   -> released`,
  },
  {
    story: 'who gives up an order gives the hold back; money that comes then goes back',
    rows: `reserve h1 ana A 4  -> reserved
           checkout o1 ana h1  -> checked_out
           cancel x1 bia o1    -> order_not_found
           cancel x1 ana o1    -> order_cancelled
           cancel x1 ana o1    -> again
           cancel x2 ana o1    -> order_not_pending
           reserve h2 bia A 4  -> reserved
           pay k1 o1           -> refund_due
           pay k1 o1           -> again
           back stray:k1 o1    -> refunded
           back stray:k1 o1    -> again
           pay k1 o1           -> again`,
  },
  {
    story: 'money that comes late buys what is still free',
    rows: `reserve h1 ana A 2  -> reserved
           checkout o1 ana h1  -> checked_out
           wait 12m
           pay k1 o1           -> paid+tickets_issued
           reserve h2 bia A 4  -> sold_out
           wait 26h
           pay k1 o1           -> again
           pay k2 o1           -> refund_due`,
  },
  {
    story: 'money that comes too late goes back',
    rows: `reserve h1 ana A 2  -> reserved
           checkout o1 ana h1  -> checked_out
           wait 12m
           reserve h2 bia A 4  -> reserved
           pay k1 o1           -> refund_due
           pay k1 o1           -> again`,
  },
  {
    story: 'money that comes late buys no more than the limit allows',
    rows: `reserve h1 ana A 2  -> reserved
           checkout o1 ana h1  -> checked_out
           wait 12m
           reserve h2 ana A 3  -> reserved
           pay k1 o1           -> refund_due`,
  },
  {
    story: 'money for an order that nobody knows goes back, once',
    rows: `pay k1 o9 5000      -> refund_due
           pay k1 o9 5000      -> again`,
  },
  {
    story: 'an order that is forgotten is as good as none, and its money goes back',
    rows: `reserve h1 ana A 2  -> reserved
           checkout o1 ana h1  -> checked_out
           wait 12m
           wait 25h
           reserve h2 bia A 1  -> reserved
           pay k1 o1 22000     -> refund_due`,
  },
  {
    story: 'so is one that may be forgotten, though nothing has happened since',
    rows: `reserve h1 ana A 2  -> reserved
           checkout o1 ana h1  -> checked_out
           wait 12m
           wait 1445m
           pay k1 o1           -> refund_due`,
  },
  {
    story: 'paid by two methods: the second payment goes back',
    rows: `reserve h1 ana A 1  -> reserved
           checkout o1 ana h1  -> checked_out
           pay k1 o1           -> paid+tickets_issued
           pay k2 o1           -> refund_due
           chargeback k2 o1    -> again`,
  },
  {
    story: 'a payment that seemed to have failed and came after all is a payment',
    rows: `reserve h1 ana A 1  -> reserved
           checkout o1 ana h1  -> checked_out
           fail t1 o1          -> payment_refused
           pay k1 o1           -> paid+tickets_issued`,
  },
  {
    story: 'it goes back when another order of the hold is open or paid',
    rows: `reserve h1 ana A 1  -> reserved
           checkout o1 ana h1  -> checked_out
           fail t1 o1          -> payment_refused
           checkout o2 ana h1  -> checked_out
           pay k1 o1           -> refund_due
           pay k2 o2           -> paid+tickets_issued
           pay k3 o1           -> refund_due`,
  },
  {
    story: 'too little goes back, and what is too much goes back from enough',
    rows: `reserve h1 ana A 1  -> reserved
           checkout o1 ana h1  -> checked_out
           pay k1 o1 10999     -> refund_due+payment_refused
           checkout o2 ana h1  -> checked_out
           pay k2 o2 11001     -> paid+tickets_issued+refund_due
           pay k2 o2 11001     -> again`,
  },
  {
    story: 'a charge that is paid again and again: each time goes back what came more',
    rows: `reserve h1 ana A 1  -> reserved
           checkout o1 ana h1  -> checked_out
           pay k1 o1           -> paid+tickets_issued
           pay k1 o1 22000     -> refund_due
           pay k1 o1 22000     -> again
           pay k1 o1           -> again
           back stray:k1:22000 o1 -> refunded
           pay k1 o1 22000     -> again
           pay k1 o1 22001     -> refund_due`,
  },
  {
    story: 'so it is with too much, too little, and what is nobody’s',
    rows: `reserve h1 ana A 1  -> reserved
           checkout o1 ana h1  -> checked_out
           pay k1 o1 11001     -> paid+tickets_issued+refund_due
           pay k1 o1 11000     -> again
           pay k1 o1 22001     -> refund_due
           pay k2 o9 5         -> refund_due
           pay k2 o9 6         -> refund_due
           pay k2 o9 6         -> again`,
  },
  {
    story: 'amounts and charges that are none',
    rows: `reserve h1 ana A 1  -> reserved
           checkout o1 ana h1  -> checked_out
           pay k1 o1 -1        -> invalid_parameter
           pay k1 o1 1.5       -> invalid_parameter
           pay ${'k'.repeat(40)} o1 -> invalid_parameter
           fail ${'k'.repeat(40)} o1 -> invalid_parameter
           begin ${'k'.repeat(40)} o1 -> invalid_parameter
           sign o1             -> order_not_paid
           sign o9             -> order_not_found
           fail t1 o9          -> order_not_found
           begin k1 o9         -> order_not_found`,
  },
  {
    story: 'within seven days tickets are given back, some or all, and are on sale again',
    rows: `reserve h1 ana A 3  -> reserved
           checkout o1 ana h1  -> checked_out
           refund r0 ana o1    -> order_not_paid
           pay k1 o1           -> paid+tickets_issued
           refund r1 bia o1    -> order_not_found
           refund r1 ana o1 4  -> invalid_serials
           refund r1 ana o1 1 1 -> invalid_serials
           refund r1 ana o1 2  -> refund_due
           refund r1 ana o1 2  -> again
           refund r1 ana o1 1  -> id_reused
           refund r2 ana o1 2  -> invalid_serials
           reserve h2 bia A 3  -> reserved
           back r1 o1          -> refunded
           wait 7d
           refund r3 ana o1    -> refund_due
           refund r4 ana o1    -> order_not_paid
           reserve h3 ana A 4  -> reserved`,
  },
  {
    story: 'the seventh day ends at midnight where the show is; the producer may refund for ever',
    rows: `reserve h1 ana A 1  -> reserved
           checkout o1 ana h1  -> checked_out
           pay k1 o1           -> paid+tickets_issued
           wait 7d
           wait 7h
           refund r1 ana o1    -> refund_too_late
           refund r2 - o1      -> refund_due`,
  },
  {
    story: 'a bank that takes its money back voids the tickets',
    rows: `reserve h1 ana A 4  -> reserved
           checkout o1 ana h1 card -> checked_out
           pay k1 o1           -> paid+tickets_issued
           refund r1 ana o1 1  -> refund_due
           chargeback k9 o1    -> again
           chargeback k1 o9    -> order_not_found
           chargeback k1 o1    -> charged_back
           chargeback k1 o1    -> again
           reserve h2 bia A 4  -> reserved`,
  },
  {
    story: 'a cancelled show gives everybody everything back by itself',
    rows: `reserve h1 ana A 2  -> reserved
           checkout o1 ana h1  -> checked_out
           pay k1 o1           -> paid+tickets_issued
           reserve h2 bia A 2  -> reserved
           checkout o2 bia h2  -> checked_out
           reserve h3 caio A 1 -> reserved
           undo u1             -> show_cancelled
           undo u1             -> again
           undo u2             -> show_cancelled
           checkout o3 caio h3 -> show_cancelled
           wait 1ms
           refund r1 ana o1    -> order_not_paid
           pay k2 o2           -> refund_due
           back cancelled:o1 o1 -> again
           reserve h4 eva A 1  -> show_cancelled
           open q2             -> show_cancelled
           lot C 4             -> show_cancelled`,
  },
  {
    story: 'a show is cancelled while its buyers still do things with their orders',
    rows: `reserve h1 ana A 1  -> reserved
           checkout o1 ana h1  -> checked_out
           reserve h2 bia A 2  -> reserved
           checkout o2 bia h2  -> checked_out
           pay k2 o2           -> paid+tickets_issued
           reserve h3 caio A 1 -> reserved
           checkout o3 caio h3 -> checked_out
           undo u1             -> show_cancelled
           cancel x1 ana o1    -> order_cancelled
           refund r1 bia o2    -> refund_due
           fail t1 o3          -> payment_refused
           wait 1ms
           pay k1 o1           -> refund_due
           pay k3 o3           -> refund_due`,
  },
  {
    story: 'money that comes while a cancelled show is undone goes back',
    rows: `reserve h1 ana A 1  -> reserved
           checkout o1 ana h1  -> checked_out
           undo u1             -> show_cancelled
           pay k1 o1           -> refund_due
           wait 1ms
           pay k1 o1           -> again
           cancel x1 ana o1    -> order_not_pending`,
  },
  {
    story: 'a charge that has paid one order pays no other',
    rows: `reserve h1 ana A 1  -> reserved
           checkout o1 ana h1  -> checked_out
           reserve h2 ana A 1  -> reserved
           checkout o2 ana h2  -> checked_out
           begin k1 o1         -> payment_begun
           begin k1 o2         -> id_reused
           pay k1 o1           -> paid+tickets_issued
           pay k1 o2           -> again
           pay k2 o2 1         -> refund_due+payment_refused
           pay k2 o2 1         -> again
           pay k2 o1           -> refund_due
           pay free o2         -> invalid_parameter`,
  },
  {
    story:
      'a payment that seemed to have failed buys the hold back when the next order has expired',
    rows: `reserve h1 ana A 1  -> reserved
           checkout o1 ana h1  -> checked_out
           fail t1 o1          -> payment_refused
           checkout o2 ana h1  -> checked_out
           wait 12m
           pay k1 o1           -> paid+tickets_issued
           pay k2 o2           -> refund_due`,
  },
  {
    story: 'what was refused for one order may come, too little, for another',
    rows: `reserve h1 ana A 1  -> reserved
           checkout o1 ana h1  -> checked_out
           reserve h2 ana A 1  -> reserved
           checkout o2 ana h2  -> checked_out
           fail k1 o1          -> payment_refused
           pay k1 o2 1         -> refund_due
           pay k2 o2           -> paid+tickets_issued`,
  },
];

describe('an order', () => {
  it.each(stories)('$story', ({ rows }) => {
    const story = new Story();
    for (const row of house) story.tell(row);
    for (const row of rows.split('\n').map((each) => each.trim())) {
      const [, expected] = row.split('->').map((each) => each.trim());
      const answer = story.tell(row);
      expect(answer, row).toBe(expected);
      expect(violations(story.state), row).toEqual([]);
    }
    const replayed = emptyShow(story.state.event);
    for (const { fact, at } of story.facts) evolve(replayed, fact, at);
    expect(toPlain(replayed)).toEqual(toPlain(story.state));
    expect(toPlain(fromPlain(toPlain(replayed)))).toEqual(toPlain(story.state));
  });

  it('that costs nothing is paid when it is made, and given back without money', () => {
    const story = new Story();
    for (const row of ['create c 4', 'lot A 5 0', 'open o', 'reserve h1 ana A 1']) story.tell(row);
    // A price of nothing must be written as one: an empty word is the usual price.
    expect(story.tell('checkout o1 ana h1')).toBe('checked_out+paid+tickets_issued');
    expect(story.tell('checkout o1 ana h1')).toBe('again');
    expect(story.tell('chargeback free o1')).toBe('again');
    expect(story.tell('refund r1 ana o1')).toBe('refund_due+refunded');
    expect(story.state.refunds.size).toBe(0);
  });

  it('is answered with the same deadline again, whatever became of its hold', () => {
    const story = new Story();
    for (const row of [...house, 'reserve h1 ana A 1', 'extend x1 ana h1']) story.tell(row);
    const ask = () => {
      const decision = story.decide(story.command('checkout', ['o1', 'ana', 'h1']));
      return decision.accepted ? decision.expiresAt : undefined;
    };
    const first = ask();
    for (const row of ['checkout o1 ana h1', 'fail t1 o1', 'checkout o2 ana h1']) story.tell(row);
    expect(ask()).toBe(first);
    expect(first).toBe(story.now + 15 * 60_000);
  });

  it('that failed stays of what it was of, when another one of its hold is given back', () => {
    const story = new Story();
    for (const row of [...house, 'reserve h1 ana A 2', 'checkout o1 ana h1', 'fail t1 o1'])
      story.tell(row);
    for (const row of ['checkout o2 ana h1', 'pay k2 o2', 'refund r1 ana o2 1']) story.tell(row);
    for (const name of ['o1', 'o2']) {
      const { lines } = orderView(story.state, story.state.orders.get(story.id(name))!);
      expect(lines, name).toMatchObject([{ quantity: 2 }]);
    }
  });

  it('that was due while its cancelled show slept has expired', () => {
    const story = new Story();
    for (const row of [...house, 'reserve h1 ana A 1', 'checkout o1 ana h1', 'undo u1'])
      story.tell(row);
    story.tell('wait 1h');
    expect(story.facts.at(-1)?.fact).toMatchObject({ type: 'expired', order: story.id('o1') });
  });

  it('leaves serials out after a restore that may have lost some', () => {
    const story = new Story();
    for (const row of [...house, 'reserve h1 ana A 1', 'checkout o1 ana h1', 'pay k1 o1'])
      story.tell(row);
    const owner = story.id('node') as never;
    evolve(story.state, { type: 'owned', owner, epoch: 2, generation: 1 }, story.now);
    evolve(story.state, { type: 'owned', owner, epoch: 3, generation: 2 }, story.now);
    for (const row of ['reserve h2 bia A 1', 'checkout o2 bia h2', 'pay k2 o2']) story.tell(row);
    expect(story.state.tickets.next).toBe(10_003);
    expect(toPlain(fromPlain(toPlain(story.state)))).toEqual(toPlain(story.state));
  });
});
