import type { EventId, NodeId } from '@ingressou/protocol';
import type { Pin } from '../ports/leases.ts';

/** A process that may take shows. */
export interface Candidate {
  readonly node: NodeId;
  readonly name: string;
}

/**
 * Where a show should live: the same for everybody who knows the same candidates. A pinned show
 * is on the node of that name; a node that a show has for itself takes no other while there is
 * another choice. All others go by highest random weight, so that a node that comes or goes moves
 * only its own share (Thaler & Ravishankar 1998). Undefined when there is no candidate.
 */
export function preferred(
  event: EventId,
  candidates: readonly Candidate[],
  pins: readonly Pin[],
): NodeId | undefined {
  const pin = pins.find((each) => each.event === event);
  const pinned = candidates.filter(({ name }) => name === pin?.name);
  if (pinned.length > 0) return heaviest(event, pinned);
  const reserved = new Set(pins.filter(({ isAlone }) => isAlone).map(({ name }) => name));
  const shared = candidates.filter(({ name }) => !reserved.has(name));
  return heaviest(event, shared.length > 0 ? shared : candidates);
}

function heaviest(event: EventId, candidates: readonly Candidate[]): NodeId | undefined {
  let best: { readonly node: NodeId; readonly weight: number } | undefined;
  for (const { node, name } of candidates) {
    const weight = weightOf(`${name}|${event}`);
    // Two nodes of one name are a mistake that must not make two of us choose differently.
    const isTie = weight === best?.weight && node < best.node;
    if (best === undefined || weight > best.weight || isTie) best = { node, weight };
  }
  return best?.node;
}

/** FNV-1a, stirred at the end: its low bits alone are too regular for names that differ little. */
function weightOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
