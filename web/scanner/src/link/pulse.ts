/**
 * Whether the other end is there: it is asked every second, and gone when two questions in a row
 * have no answer. A pure reducer; whoever drives it calls `beat` every `beatMs`.
 */
export const beatMs = 1_000;
const missedMax = 2;

export interface Pulse {
  /** Questions since the last frame that came in. */
  readonly unanswered: number;
}

export const freshPulse: Pulse = { unanswered: 0 };

/** Any frame is a sign of life. */
export function heard(): Pulse {
  return freshPulse;
}

export function beat({ unanswered }: Pulse): { readonly pulse: Pulse; readonly isDead: boolean } {
  if (unanswered >= missedMax) return { pulse: freshPulse, isDead: true };
  return { pulse: { unanswered: unanswered + 1 }, isDead: false };
}
