import type { LotView, Sale, ServerMessage } from '@ingressou/protocol';

/**
 * The rules by which a watched show stays true. `state` is everything at one position; `delta` has
 * absolute values of what changed after `from` up to `to`, so one that begins in my past and ends
 * in my future can be applied. A hole means asking for `state`; a higher generation means that
 * history was restored and nothing known before it counts.
 */
export interface KnownShow {
  readonly generation: number;
  readonly position: number;
  readonly sale: Sale;
  readonly limit: number;
  readonly lots: readonly LotView[];
}

export type Told =
  /** This is the show from now on. */
  | { readonly outcome: 'news'; readonly show: KnownShow }
  /** Nothing that was not known. */
  | { readonly outcome: 'old' }
  /** Something between was missed: what is known stays, but is behind. Ask for `state`. */
  | { readonly outcome: 'gap' }
  /** Another history: forget everything and ask for `state`. */
  | { readonly outcome: 'restored' };

type State = Extract<ServerMessage, { readonly type: 'state' }>;
type Delta = Extract<ServerMessage, { readonly type: 'delta' }>;

export function tellState(known: KnownShow | undefined, state: State): Told {
  if (known !== undefined && isBefore(state, known)) return { outcome: 'old' };
  const { generation, position, sale, limit, lots } = state;
  return { outcome: 'news', show: { generation, position, sale, limit, lots } };
}

function isBefore(state: State, known: KnownShow): boolean {
  if (state.generation !== known.generation) return state.generation < known.generation;
  return state.position < known.position;
}

export function tellDelta(known: KnownShow | undefined, delta: Delta): Told {
  if (known === undefined) return { outcome: 'gap' };
  if (delta.generation > known.generation) return { outcome: 'restored' };
  if (delta.generation < known.generation || delta.to <= known.position) return { outcome: 'old' };
  if (delta.from > known.position) return { outcome: 'gap' };
  const lots = withAvailable(known.lots, delta.lots);
  if (lots === undefined) return { outcome: 'gap' };
  const sale = delta.sale ?? known.sale;
  return { outcome: 'news', show: { ...known, position: delta.to, sale, lots } };
}

/** Undefined when a lot is not known: its name and price were in something that was missed. */
function withAvailable(
  lots: readonly LotView[],
  changed: Delta['lots'],
): readonly LotView[] | undefined {
  const available = new Map(changed.map((lot) => [lot.id, lot.available]));
  const next = lots.map((lot) => {
    const now = available.get(lot.id);
    available.delete(lot.id);
    return now === undefined || now === lot.available ? lot : { ...lot, available: now };
  });
  return available.size === 0 ? next : undefined;
}
