import { type EventId, UUID_PATTERN } from '@ingressou/protocol';

const storageKey = 'ingressou.ordered';
/** The oldest are forgotten. */
const keptMax = 50;

/**
 * Whether an order of this show was seen in this browser. Only then is there a list worth asking
 * for: at an opening a crowd comes that has ordered nothing.
 */
export function hasOrdered(event: EventId): boolean {
  return kept().includes(event);
}

export function noteOrdered(event: EventId): void {
  const before = kept();
  if (before.includes(event)) return;
  try {
    localStorage.setItem(storageKey, JSON.stringify([...before, event].slice(-keptMax)));
  } catch {
    // A browser may forbid storage; then only what is live is shown.
  }
}

function kept(): readonly EventId[] {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '[]');
    const isId = (each: unknown): each is EventId =>
      typeof each === 'string' && UUID_PATTERN.test(each);
    return Array.isArray(read) ? read.filter(isId) : [];
  } catch {
    // As above; and anybody may have written into it.
    return [];
  }
}
