import type { NodeId, Rejection } from '@ingressou/protocol';
import type { Command } from '../domain/commands.ts';
import type { Question } from '../domain/questions.ts';
import type { Answer, Refused, Reply } from '../ports/commands.ts';

/** What lies in a mailbox: a wish or a question, and where its answer goes. */
export type Letter = Wish | Inquiry;

export interface Wish {
  readonly command: Command;
  readonly answer: (answer: Answer) => void;
}

export interface Inquiry {
  readonly question: Question;
  readonly answer: (reply: Reply<Question> | Refused) => void;
}

export function isWish(letter: Letter): letter is Wish {
  return 'command' in letter;
}

/** How soon a turned-away buyer may try again. */
const retryAfterMs = 250;

export const busy: Rejection = { reason: 'busy', retryAfterMs };
export const outcomeUnknown: Rejection = { reason: 'outcome_unknown', retryAfterMs };

/** Answers with a no that no rule has decided. */
export function turnAway(letters: readonly Letter[], rejection: Rejection): void {
  for (const letter of letters) letter.answer({ accepted: false, rejection });
}

/** The same for letters that may find an answer elsewhere: on that node, if it is known. */
export function sendOn(letters: readonly Letter[], rejection: Rejection, node?: NodeId): void {
  for (const letter of letters) letter.answer({ accepted: false, rejection, elsewhere: { node } });
}
