import type { NodeId, Rejection } from '@ingressou/protocol';
import type { Command } from '../domain/commands.ts';
import type { Question } from '../domain/questions.ts';
import type { Commands } from '../ports/commands.ts';
import type { Answered, NumberedLetter } from './frames.ts';

/** What somebody on this node asked, until it is answered from wherever the show lives. */
export interface Letter extends NumberedLetter {
  /** Of those that wait here, the ones with smaller numbers came earlier. */
  readonly order: number;
  /** What the newest copy carries; the first one carries `order`. */
  number: number;
  /** What earlier copies carry, when there are any. */
  earlierNumbers: number[] | undefined;
  readonly tell: (answer: Answered) => void;
  /** By the monotonic clock. */
  readonly bornAt: number;
  /** Who was asked last. Undefined while that is being found out. */
  node: NodeId | undefined;
  /** When, by the monotonic clock. Undefined before the first time. */
  sentAt: number | undefined;
  /** How often it was told to ask elsewhere. */
  hops: number;
  /** It may have been done somewhere without our hearing of it. */
  isInDoubt: boolean;
}

/** How soon somebody who was turned away may try again. */
const retryAfterMs = 250;

export const busy: Rejection = { reason: 'busy', retryAfterMs };
export const outcomeUnknown: Rejection = { reason: 'outcome_unknown', retryAfterMs };

const questionTypes: Readonly<Record<Question['type'], true>> = {
  view: true,
  holds: true,
  orders: true,
  order: true,
  holder: true,
  gates: true,
  incidents: true,
  package: true,
  name_cards: true,
};

const commandTypes: Readonly<Record<Command['type'], true>> = {
  create_show: true,
  open_lot: true,
  open_sale: true,
  pause_sale: true,
  reserve: true,
  extend: true,
  release: true,
  checkout: true,
  cancel: true,
  refund: true,
  cancel_show: true,
  bind_ticket: true,
  free_ticket: true,
  begin_payment: true,
  fail_payment: true,
  note_signed: true,
  note_refunded: true,
  charge_back: true,
  confirm_payment: true,
  set_checkpoints: true,
  enrol_device: true,
  revoke_device: true,
  report_device: true,
  scan: true,
  merge_scans: true,
  see_incidents: true,
  top_up: true,
  expire: true,
  open_scheduled_sale: true,
  undo_next_order: true,
};

/** Questions change nothing: they are never in doubt, and anybody who knows may answer them. */
export function isQuestion(body: Command | Question): body is Question {
  return Object.hasOwn(questionTypes, body.type);
}

/** Whether somebody here can do or answer it: a newer node may ask for more. */
export function isUnderstood(body: Command | Question): boolean {
  return isQuestion(body) || Object.hasOwn(commandTypes, body.type);
}

/** Hands a letter over, and resolves with what becomes of it. Never rejects. */
export function handTo(commands: Commands, { event, body }: NumberedLetter): Promise<Answered> {
  return isQuestion(body) ? commands.ask(event, body) : commands.submit(event, body);
}
