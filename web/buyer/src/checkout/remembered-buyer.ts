import type { Buyer } from '@ingressou/client-sdk';

const storageKey = 'ingressou.buyer';

/** Who bought last in this browser, if they wanted it remembered. */
export function rememberedBuyer(): Partial<Buyer> | undefined {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(storageKey) ?? 'null');
    return typeof kept === 'object' && kept !== null ? textsIn(kept) : undefined;
  } catch {
    // A browser may forbid storage, and anybody may have written into it: nothing is remembered.
    return undefined;
  }
}

export function rememberBuyer({ name, email, cpf, phone }: Buyer): void {
  try {
    localStorage.setItem(storageKey, JSON.stringify({ name, email, cpf, phone }));
  } catch {
    // As above.
  }
}

export function forgetBuyer(): void {
  try {
    localStorage.removeItem(storageKey);
  } catch {
    // As above.
  }
}

function textsIn(kept: object): Partial<Buyer> {
  return Object.fromEntries(Object.entries(kept).filter(([, text]) => typeof text === 'string'));
}
