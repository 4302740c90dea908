import type { TicketFault } from './ticket-code.ts';
import type { PriceKind } from './ticket-payload.ts';

/**
 * Everything a gate can say about a scan. A closed list, the same online and offline: each has one
 * screen, one sound, and one sentence in the operator's language. `light` is what can be seen from
 * two metres away.
 */
export const verdicts = {
  /** Goes in. */
  admitted: { light: 'green' },
  /** Went out. Nobody is ever kept inside, so this is the only answer to an exit. */
  exited: { light: 'green' },
  /** A document must be seen first, or half price topped up to full; then it is scanned again. */
  proof_needed: { light: 'amber' },

  /** It admitted somebody already, and admits once. */
  already_used: { light: 'red' },
  /** Whoever came in with it has not gone out. */
  inside_already: { light: 'red' },
  /** It was refunded or charged back. */
  revoked: { light: 'red' },
  /** It was transferred or issued again: the newer code is the ticket. */
  old_revision: { light: 'red' },
  /** Online only: rightly signed, and the show has no such ticket. */
  unknown_ticket: { light: 'red' },

  wrong_event: { light: 'red' },
  /** Its sector goes in elsewhere; the screen says where. */
  wrong_gate: { light: 'red' },
  /** It is for another day; the screen says which. */
  wrong_day: { light: 'red' },
  not_yet_valid: { light: 'red' },
  expired: { light: 'red' },

  /** Nobody here knows the key: newer than this gate's package, or made up. */
  unknown_key: { light: 'red' },
  revoked_key: { light: 'red' },
  bad_signature: { light: 'red' },
  not_a_ticket: { light: 'red' },
  /** A picture or a print of a ticket that only its own phone may show. */
  rotating_needed: { light: 'red' },
  /** The code has changed since: a screenshot, or a phone whose clock is wrong. */
  stale_code: { light: 'red' },

  /** This gate's package is too old to judge by. The operator decides, and says so. */
  package_expired: { light: 'amber' },
} as const satisfies Record<string, { readonly light: 'green' | 'amber' | 'red' }>;

export type VerdictName = keyof typeof verdicts;

/** What the operator must see with a verdict; one that is not listed has nothing. */
interface VerdictData {
  admitted: { readonly notes: Notes };
  /** Nobody has seen them come in. */
  exited: { readonly isInferred: boolean };
  proof_needed: { readonly notes: Notes };
  /** When and where, if this gate knows. */
  already_used: { readonly last?: Sighting };
  inside_already: { readonly last?: Sighting };
  /** Numbers of gates of this checkpoint. */
  wrong_gate: { readonly gates: readonly number[] };
  /** Days of the show, counted from 0. */
  wrong_day: { readonly days: readonly number[] };
  not_yet_valid: { readonly from: number };
  expired: { readonly until: number };
  not_a_ticket: { readonly fault: TicketFault };
}

/** What whoever admits it must know about a ticket. */
export interface Notes {
  readonly price: PriceKind;
  readonly isNominal: boolean;
  readonly isMinor: boolean;
}

/** A scan that was seen before. */
export interface Sighting {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly gate: number;
}

export type Verdict = {
  [V in VerdictName]: { readonly verdict: V } & (V extends keyof VerdictData
    ? VerdictData[V]
    : unknown);
}[VerdictName];
