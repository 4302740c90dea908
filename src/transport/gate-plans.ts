import type { LotView } from '@ingressou/protocol';
import type { SectorRule } from '@ingressou/protocol/admission';
import type { CheckpointRequest } from '@ingressou/protocol/requests';
import type { CheckpointPlan } from '../domain/gates.ts';

/**
 * A checkpoint as a producer asks for it, for the show's lots in their order. A sector that nothing
 * is said about goes in everywhere, every day; while the gates are cut off from each other each has
 * one gate of its own, so that no ticket can come in twice.
 */
export function planOf(
  request: CheckpointRequest,
  lots: readonly Pick<LotView, 'sector'>[],
): CheckpointPlan {
  const names = [...new Set(lots.map(({ sector }) => sector))];
  const { checkpoint, name, gates, days, isDaily = false, mayReenter = false } = request;
  const { needsProof = false, hasCards = false } = request;
  return {
    name,
    gates,
    rules: {
      checkpoint,
      isDaily,
      mayReenter,
      needsProof,
      days,
      sectors: names.map((sector, at) => sectorRule(request, sector, at)),
      lotSectors: lots.map(({ sector }) => names.indexOf(sector)),
    },
    ...(hasCards ? { hasCards } : {}),
  };
}

function sectorRule({ gates, days, sectors = [] }: CheckpointRequest, name: string, at: number) {
  const said = sectors.find((sector) => sector.name === name);
  const own = said?.gates ?? gates.map((_, gate) => gate);
  const rule: SectorRule = {
    gates: bitsOf(own),
    strictGates: bitsOf(said?.strictGates ?? own.slice(at % own.length, (at % own.length) + 1)),
    days: bitsOf(said?.days ?? days.map((_, day) => day)),
  };
  return rule;
}

function bitsOf(places: readonly number[]): number {
  return places.reduce((bits, place) => bits | (1 << place), 0) >>> 0;
}
