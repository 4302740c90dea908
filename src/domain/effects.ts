import type { Fact, FactOf } from './facts.ts';

/**
 * What facts tell those who follow them, and a state does not need. A replay does not read it, which
 * is a tenth of its time.
 */
export const forFollowers = {
  extended: ['subject', 'items'],
  released: ['subject', 'items'],
  expired: ['subject', 'items'],
  checked_out: ['subject', 'items'],
  payment_begun: ['hold', 'subject', 'charge'],
  paid: ['id', 'wish', 'hold', 'subject', 'items'],
  tickets_issued: ['hold', 'subject'],
  tickets_signed: ['id', 'wish', 'hold', 'subject'],
} as const satisfies { readonly [T in Fact['type']]?: readonly (keyof FactOf<T>)[] };

/** A fact, as far as it changes a state. */
export type Effect = EffectIn<Fact>;

type EffectIn<F extends Fact> = F extends { readonly type: keyof typeof forFollowers }
  ? Omit<F, (typeof forFollowers)[F['type']][number]>
  : F;

export type EffectOf<T extends Fact['type']> = Extract<Effect, { readonly type: T }>;
