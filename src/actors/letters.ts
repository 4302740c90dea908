import type { Rejection } from '@ingressou/protocol';
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

/** Answers without having tried. */
export function turnAway(letters: readonly Letter[], rejection: Rejection): void {
  for (const letter of letters) letter.answer({ accepted: false, rejection });
}
