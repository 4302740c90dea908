import type { OrderLine } from '@ingressou/protocol';

/** The lines of an order as one value of a job's body, which holds nothing nested. */
export function linesText(lines: readonly OrderLine[]): string {
  const plain = lines.map(({ lot, quantity, priceCents, feeCents }) => {
    return { lot, quantity, priceCents, feeCents };
  });
  return JSON.stringify(plain);
}

/** The lines again. Only our own relay writes them. */
export function linesIn(text: string): OrderLine[] {
  return JSON.parse(text) as OrderLine[];
}
