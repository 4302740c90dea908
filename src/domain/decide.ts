import type { Command } from './commands.ts';
import type { Decision } from './decision.ts';
import {
  enrolDevice,
  reportDevice,
  revokeDevice,
  seeIncidents,
  setCheckpoints,
} from './gate-setup.ts';
import { bindTicket, freeTicket } from './holders.ts';
import { expire, extend, release, reserve } from './holds.ts';
import { mergeScans } from './merges.ts';
import { cancel, checkout } from './orders.ts';
import { beginPayment, confirmPayment, failPayment, noteSigned } from './payments.ts';
import { cancelShow, chargeBack, noteRefunded, refund, undoNextOrder } from './refunds.ts';
import { scan } from './scans.ts';
import { createShow, openLot, openSale, openScheduledSale, pauseSale } from './setup.ts';
import type { ShowState } from './state.ts';
import { topUp } from './top-ups.ts';

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
    case 'checkout':
      return checkout(state, command, now);
    case 'cancel':
      return cancel(state, command, now);
    case 'refund':
      return refund(state, command, now);
    case 'cancel_show':
      return cancelShow(state, command, now);
    case 'bind_ticket':
      return bindTicket(state, command, now);
    case 'free_ticket':
      return freeTicket(state, command, now);
    case 'begin_payment':
      return beginPayment(state, command);
    case 'fail_payment':
      return failPayment(state, command);
    case 'note_signed':
      return noteSigned(state, command);
    case 'note_refunded':
      return noteRefunded(state, command);
    case 'charge_back':
      return chargeBack(state, command, now);
    case 'confirm_payment':
      return confirmPayment(state, command, now);
    case 'set_checkpoints':
      return setCheckpoints(state, command, now);
    case 'enrol_device':
      return enrolDevice(state, command, now);
    case 'revoke_device':
      return revokeDevice(state, command, now);
    case 'report_device':
      return reportDevice(state, command, now);
    case 'scan':
      return scan(state, command, now);
    case 'merge_scans':
      return mergeScans(state, command, now);
    case 'see_incidents':
      return seeIncidents(state, command, now);
    case 'top_up':
      return topUp(state, command, now);
    case 'expire':
      return expire(state, command, now);
    case 'open_scheduled_sale':
      return openScheduledSale(state, now);
    case 'undo_next_order':
      return undoNextOrder(state, now);
  }
}
