import { assert } from '../domain/assert.ts';
import { nextDeadline } from '../domain/deadlines.ts';
import { decide } from '../domain/decide.ts';
import type { Decision } from '../domain/decision.ts';
import { evolve } from '../domain/evolve.ts';
import type { Fact } from '../domain/facts.ts';
import { type Question, type ReplyTo, reply } from '../domain/questions.ts';
import type { ShowState } from '../domain/state.ts';
import { type Inquiry, isWish, type Letter } from './letters.ts';

/** Deadlines met in one turn at most; the others wait for the next one. */
const deadlinesMax = 1_000;

/** One synchronous pass over some letters. */
export interface Turn {
  readonly at: number;
  readonly letters: readonly Letter[];
  /** One per letter; undefined for a question. */
  readonly decisions: readonly (Decision | undefined)[];
  /** What the questions are answered: the state after the whole turn. */
  readonly replies: readonly { readonly inquiry: Inquiry; readonly value: ReplyTo<Question> }[];
  readonly facts: readonly Fact[];
}

/** A rule broke on what time brings, not on what somebody asked for. */
export class BrokenDeadlineError extends Error {
  override readonly name = 'BrokenDeadlineError';
}

/**
 * Decides and applies everything at one instant: what opens the turn, then what is due, so that
 * nobody is served from a hold whose time has passed, then the letters in their order. When it
 * throws, the state is half done and must be thrown away.
 */
export function takeTurn(
  state: ShowState,
  letters: readonly Letter[],
  at: number,
  opening: readonly Fact[],
): Turn {
  const facts: Fact[] = [];
  apply(state, opening, at, facts);
  meetDeadlines(state, at, facts);
  const decisions = letters.map((letter) => {
    if (!isWish(letter)) return undefined;
    const decision = decide(state, letter.command, at);
    if (decision.accepted) apply(state, decision.facts, at, facts);
    return decision;
  });
  return { at, letters, decisions, replies: repliesTo(state, letters, at), facts };
}

function repliesTo(state: ShowState, letters: readonly Letter[], at: number): Turn['replies'] {
  return letters
    .filter((letter): letter is Inquiry => !isWish(letter))
    .map((inquiry) => ({ inquiry, value: reply(state, inquiry.question, at) }));
}

/** Whether a turn at `now` would have something to do without any letter. */
export function isDeadlineDue(state: ShowState, now: number): boolean {
  const deadline = nextDeadline(state);
  return deadline !== undefined && deadline.at <= now;
}

function meetDeadlines(state: ShowState, at: number, facts: Fact[]): void {
  try {
    for (let met = 0; met < deadlinesMax; met += 1) {
      const deadline = nextDeadline(state);
      if (deadline === undefined || deadline.at > at) return;
      const decision = decide(state, deadline.command, at);
      assert(decision.accepted, 'what time brings is never refused');
      apply(state, decision.facts, at, facts);
    }
  } catch (cause) {
    throw new BrokenDeadlineError('A deadline broke a rule.', { cause });
  }
}

function apply(state: ShowState, news: readonly Fact[], at: number, facts: Fact[]): void {
  for (const fact of news) {
    evolve(state, fact, at);
    facts.push(fact);
  }
}
