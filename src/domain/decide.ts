import type { Command } from './commands.ts';
import type { Decision } from './decision.ts';
import { confirmPayment, expire, extend, release, reserve } from './holds.ts';
import { createShow, openLot, openSale, openScheduledSale, pauseSale } from './setup.ts';
import type { ShowState } from './state.ts';

/** Answers a command without changing anything. Same state, command and time: same decision. */
export function decide(state: ShowState, command: Command, now: number): Decision {
  switch (command.type) {
    case 'create_show':
      return createShow(state, command);
    case 'open_lot':
      return openLot(state, command);
    case 'open_sale':
      return openSale(state, command, now);
    case 'pause_sale':
      return pauseSale(state, command, now);
    case 'reserve':
      return reserve(state, command, now);
    case 'extend':
      return extend(state, command, now);
    case 'release':
      return release(state, command, now);
    case 'confirm_payment':
      return confirmPayment(state, command, now);
    case 'expire':
      return expire(state, command, now);
    case 'open_scheduled_sale':
      return openScheduledSale(state, now);
  }
}
