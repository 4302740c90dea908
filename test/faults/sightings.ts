import type { EventId, LotId, LotView } from '@ingressou/protocol';

/** Free units of each lot. */
export type Stock = ReadonlyMap<LotId, number>;

/** A show as it was shown, and where. */
interface View {
  readonly event: EventId;
  readonly generation: number;
  readonly position: number;
  readonly lots: readonly LotView[];
}

/**
 * What people were shown, by show and position. Everybody who sees the same position must see the
 * same stock, and nobody's position may go back.
 */
export class Sightings {
  readonly contradictions: string[] = [];
  readonly #shows = new Map<EventId, Map<number, Stock>>();
  count = 0;

  /** @param before what the same person saw before of the same show */
  add(view: View, before: Pick<View, 'generation' | 'position'> | undefined): void {
    const { event, generation, position } = view;
    const isBack =
      before !== undefined &&
      (generation < before.generation ||
        (generation === before.generation && position < before.position));
    if (isBack) {
      this.contradictions.push(
        `Show ${event} was shown at ${position} after it was shown at ${before.position}.`,
      );
    }
    this.#learn(event, position, new Map(view.lots.map((lot) => [lot.id, lot.available])));
  }

  /** What was shown of a show, by position. */
  of(event: EventId): ReadonlyMap<number, Stock> {
    return this.#shows.get(event) ?? new Map();
  }

  #learn(event: EventId, position: number, stock: Stock): void {
    this.count += 1;
    const seen = this.#shows.get(event) ?? new Map<number, Stock>();
    this.#shows.set(event, seen);
    const earlier = seen.get(position);
    if (earlier === undefined) seen.set(position, stock);
    else if (!isSameStock(earlier, stock)) {
      this.contradictions.push(`Show ${event} was shown at ${position} in two ways.`);
    }
  }
}

export function isSameStock(a: Stock, b: Stock): boolean {
  if (a.size !== b.size) return false;
  for (const [lot, available] of a) if (b.get(lot) !== available) return false;
  return true;
}
