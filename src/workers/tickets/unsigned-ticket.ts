import type { LotId, LotView, TicketView } from '@ingressou/protocol';
import type { UnsignedTicket } from './signer.ts';

type Lots = ReadonlyMap<
  LotId,
  Pick<LotView, 'id' | 'isHalf' | 'isNominal' | 'isRotating' | 'isPrintable'>
>;

/** What the code of a ticket says, by the lots of its show in their order. */
export function unsignedTicket(
  lots: Lots,
  { serial, revision, lot: id }: Pick<TicketView, 'serial' | 'revision' | 'lot'>,
): UnsignedTicket {
  const lot = lots.get(id);
  const isRotating = lot?.isRotating === true;
  return {
    serial,
    revision,
    lot: [...lots.keys()].indexOf(id),
    price: lot?.isHalf ? 'half' : 'full',
    isNominal: lot?.isNominal === true,
    isMinor: false,
    isRotating,
    isPrintable: !isRotating || lot?.isPrintable === true,
    notBefore: 0,
    validHours: 0,
  };
}
