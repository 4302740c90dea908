import type { Command } from '../../src/domain/commands.ts';
import type { Fact, FactOf } from '../../src/domain/facts.ts';

/**
 * Which command wished which fact. A command has one cause, a name for ever; its facts carry it,
 * and what time or another fact brings has none.
 */
export function causeOfCommand(command: Command): string | undefined {
  switch (command.type) {
    case 'begin_payment':
      return `begun:${command.charge}`;
    case 'confirm_payment':
      return `charge:${command.charge}`;
    case 'fail_payment':
      return `refused:${command.attempt}`;
    case 'note_signed':
      return `signed:${command.order}`;
    case 'note_refunded':
      return `refunded:${command.refund}`;
    case 'charge_back':
      return `chargeback:${command.charge}`;
    case 'report_device':
    case 'expire':
    case 'open_scheduled_sale':
    case 'undo_next_order':
      return undefined;
    default:
      return command.id;
  }
}

/** The cause of a fact; time and takeovers have none. */
export function causeOfFact(fact: Fact): string | undefined {
  switch (fact.type) {
    case 'paid':
      return isFree(fact) ? fact.order : `charge:${fact.charge}`;
    case 'payment_refused':
      return fact.refusal === 'underpaid' ? fact.id.replace('refused', 'charge') : fact.id;
    case 'refund_due':
      if (fact.why === 'show_cancelled') return undefined;
      return isOfMoney(fact) ? `charge:${fact.charge}` : fact.id;
    case 'order_cancelled':
      return fact.why === 'buyer' ? fact.id : undefined;
    case 'refunded':
      return fact.amountCents === 0 ? undefined : fact.id;
    default:
      return idOfFact(fact);
  }
}

/** No other fact has the same. */
export function idOfFact(fact: Fact): string | undefined {
  return 'id' in fact ? fact.id : undefined;
}

/** Whether this is what its command was for, and not what had to follow. */
export function isMain(fact: Fact): boolean {
  if (fact.type === 'paid') return !isFree(fact);
  if (fact.type === 'refund_due') return fact.why !== 'excess';
  return fact.type !== 'payment_refused' || fact.refusal !== 'underpaid';
}

/** Whether a fact is what this command wished, or follows from it. */
export function isDoneBy(fact: Fact, command: Command): boolean {
  if (causeOfFact(fact) !== causeOfCommand(command)) return false;
  switch (command.type) {
    case 'create_show':
      return (
        fact.type === 'show_created' &&
        isSame(fact, command, [
          'holdMs',
          'extendMs',
          'limit',
          'payMs',
          'feeBasisPoints',
          'startsAt',
          'isRotating',
        ])
      );
    case 'open_lot':
      return (
        fact.type === 'lot_opened' &&
        isSame(fact, command, ['sector', 'name', 'priceCents', 'quantity'])
      );
    case 'open_sale':
      return (
        fact.type === 'sale_opened' ||
        (fact.type === 'sale_scheduled' && fact.opensAt === command.opensAt)
      );
    case 'pause_sale':
      return fact.type === 'sale_paused';
    case 'cancel_show':
      return fact.type === 'show_cancelled';
    case 'reserve':
      return (
        fact.type === 'reserved' &&
        fact.subject === command.subject &&
        JSON.stringify(fact.items) === JSON.stringify(command.items)
      );
    case 'extend':
      return fact.type === 'extended' && isSame(fact, command, ['subject', 'hold']);
    case 'release':
      return fact.type === 'released' && isSame(fact, command, ['subject', 'hold']);
    case 'checkout':
      if (fact.type === 'paid') return isSame(fact, command, ['subject', 'hold']);
      return fact.type === 'checked_out' && isSame(fact, command, ['subject', 'hold', 'method']);
    case 'cancel':
      return fact.type === 'order_cancelled' && isSame(fact, command, ['subject', 'order']);
    case 'refund':
      return fact.type === 'refund_due' && isRefundOf(fact, command);
    case 'bind_ticket':
      return (
        fact.type === 'ticket_bound' &&
        isSame(fact, command, ['subject', 'order', 'serial']) &&
        `${fact.holderKey}` === `${command.holderKey}`
      );
    case 'free_ticket':
      return fact.type === 'ticket_freed' && isSame(fact, command, ['serial']);
    case 'begin_payment':
      return fact.type === 'payment_begun' && isSame(fact, command, ['charge', 'order']);
    case 'confirm_payment':
      return 'order' in fact && fact.order === command.order && isOfAmount(fact, command);
    case 'fail_payment':
      return fact.type === 'payment_refused' && isSame(fact, command, ['order', 'refusal']);
    case 'note_signed':
      return fact.type === 'tickets_signed';
    case 'note_refunded':
      return fact.type === 'refunded' && isSame(fact, command, ['refund', 'order']);
    case 'charge_back':
      return fact.type === 'charged_back' && isSame(fact, command, ['charge', 'order']);
    case 'set_checkpoints':
      return fact.type === 'checkpoints_set';
    case 'enrol_device':
      return fact.type === 'device_enrolled' && isSame(fact, command, ['device', 'gate']);
    case 'revoke_device':
      return fact.type === 'device_revoked' && isSame(fact, command, ['device']);
    case 'scan':
      return 'seq' in fact && isSame(fact, command, ['device', 'seq']);
    case 'merge_scans':
      return 'device' in fact && fact.device === command.device;
    case 'top_up':
      return fact.type === 'topped_up' && isSame(fact, command, ['device', 'serial']);
    case 'see_incidents':
      return fact.type === 'incidents_seen';
    case 'report_device':
    case 'expire':
    case 'open_scheduled_sale':
    case 'undo_next_order':
      return false;
  }
}

type CommandOf<T extends Command['type']> = Extract<Command, { readonly type: T }>;

function isRefundOf(fact: FactOf<'refund_due'>, command: CommandOf<'refund'>): boolean {
  const { order, subject, serials } = command;
  const isBy = fact.why === (subject === undefined ? 'producer' : 'buyer');
  const isMine = subject === undefined || subject === fact.subject;
  const areThese =
    serials === undefined || JSON.stringify(serials) === JSON.stringify(fact.serials);
  return fact.order === order && isBy && isMine && areThese;
}

/** What bought tickets or nothing is all that came in; of too much, some goes back. */
function isOfAmount(fact: Fact, { amountCents }: CommandOf<'confirm_payment'>): boolean {
  if (fact.type === 'payment_refused') return true;
  if (fact.type === 'refund_due' && fact.why === 'excess') return fact.amountCents < amountCents;
  return 'amountCents' in fact && fact.amountCents === amountCents;
}

/** Money that comes back without a ticket. */
function isOfMoney({ why }: FactOf<'refund_due'>): boolean {
  return why !== 'buyer' && why !== 'producer' && why !== 'show_cancelled';
}

/** An order that costs nothing is paid when it is made, by nobody. */
function isFree({ amountCents }: FactOf<'paid'>): boolean {
  return amountCents === 0;
}

function isSame<K extends string>(
  fact: { readonly [key in K]?: unknown },
  command: { readonly [key in K]?: unknown },
  keys: readonly K[],
): boolean {
  return keys.every((key) => fact[key] === command[key]);
}
