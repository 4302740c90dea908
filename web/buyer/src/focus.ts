import type { HoldId } from '@ingressou/protocol';

/** Moves the focus to an element that the next rendering brings, if it does. */
export function focusSoon(id: string): void {
  requestAnimationFrame(() => document.getElementById(id)?.focus());
}

export function holdElementId(hold: HoldId): string {
  return `hold-${hold}`;
}
