import type { HoldId, OrderId } from '@ingressou/protocol';

/** Moves the focus to an element that the next rendering brings, if it does. */
export function focusSoon(id: string): void {
  requestAnimationFrame(() => document.getElementById(id)?.focus());
}

/** As `focusSoon`, but only for who had the focus on something that is gone by then. */
export function focusIfLost(id: string): void {
  requestAnimationFrame(() => {
    const { activeElement, body } = document;
    if (activeElement === null || activeElement === body) document.getElementById(id)?.focus();
  });
}

export function holdElementId(hold: HoldId): string {
  return `hold-${hold}`;
}

export function orderElementId(order: OrderId): string {
  return `order-${order}`;
}

/** Of the field for something in the details of an order (a JSON Pointer). */
export function fieldElementId(pointer: string): string {
  return `field${pointer.replaceAll('/', '-')}`;
}
