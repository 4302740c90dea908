import type { HoldView, SubjectId } from '@ingressou/protocol';
import type { ShowState } from './state.ts';
import { holdView, type ShowView, viewOf } from './view.ts';

/** What may be asked of a show without changing it. */
export type Question =
  | { readonly type: 'view' }
  | { readonly type: 'holds'; readonly subject: SubjectId };

/** What each question is answered with. */
export interface Replies {
  readonly view: ShowView;
  /** The subject's live and paid holds. */
  readonly holds: readonly HoldView[];
}

export type ReplyTo<Q extends Question> = Replies[Q['type']];

/** Answers from the state alone; the answer shares nothing with it. */
export function reply<Q extends Question>(state: ShowState, question: Q): ReplyTo<Q>;
export function reply(state: ShowState, question: Question): Replies[Question['type']] {
  switch (question.type) {
    case 'view':
      return viewOf(state);
    case 'holds':
      return state.holds.of(question.subject).map(holdView);
  }
}
