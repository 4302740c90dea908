import { ByteReader, BytesError, ByteWriter } from './byte-stream.ts';
import { limits } from './limits.ts';
import { type CardCode, nameCardBytes, openName } from './name-card.ts';

// The entry `@ingressou/protocol/name-cards`: who comes with which ticket, for gates without a
// network. They come in blocks of tickets, so that a gate asks for no more than it can take, and
// for no block again of which it has heard nothing new.
export { type CardCode, nameCardBytes, nonceBytes, openName, sealName } from './name-card.ts';

/** Tickets of one block: number n holds those of the serials from n × this on. */
export const blockTickets = limits.cardBlockTickets;
/** A ticket is shown as it was printed, or by the phone it was bound to. */
const cardsPerTicketMax = 2;
const cardsMax = blockTickets * cardsPerTicketMax;

/**
 *     0 version u8 · 1 event u32 · 5 block u32 · 9 good until u32 (seconds) · 13 cards u16
 *     15 for each card, in ascending order of serials: serial u32 · revision u16 · card
 *
 * Nobody signs it: each card is good for itself or opens for nobody, and no verdict depends on one.
 */
export interface CardBlock {
  /** `eventNumber` of the show. */
  readonly event: number;
  readonly block: number;
  /** Milliseconds since 1970, to the second. Whoever has cards throws them away then. */
  readonly goodUntil: number;
  readonly cards: readonly NameCard[];
}

export interface NameCard {
  readonly serial: number;
  readonly revision: number;
  /** As `sealName` made it. */
  readonly sealed: Uint8Array;
}

/** Why bytes are not taken for a block of cards; a closed list. */
export type CardsFault =
  | 'truncated'
  | 'too_large'
  | 'unknown_version'
  | 'wrong_event'
  | 'wrong_block'
  | 'malformed';

const version = 1;
const headBytes = 15;
const rowBytes = 4 + 2 + nameCardBytes;
export const cardBlockBytesMax = headBytes + cardsMax * rowBytes;

/** The block that a ticket's cards are in. */
export function blockOf(serial: number): number {
  return Math.floor(serial / blockTickets);
}

/** @throws {RangeError} a number does not fit, or the cards are no block */
export function encodeCards({ event, block, goodUntil, cards }: CardBlock): Uint8Array {
  if (!areOfBlock(cards, block)) throw new RangeError('These cards are not those of a block.');
  const writer = new ByteWriter();
  writer.number(version, 1);
  writer.number(event, 4);
  writer.number(block, 4);
  writer.number(goodUntil / 1000, 4);
  writer.number(cards.length, 2);
  for (const { serial, revision, sealed } of cards) {
    if (sealed.length !== nameCardBytes) throw new RangeError('All cards have one length.');
    writer.number(serial, 4);
    writer.number(revision, 2);
    writer.bytes(sealed);
  }
  return writer.whole();
}

/** Bounded work, whatever the bytes are. */
export function decodeCards(
  bytes: Uint8Array,
  expected: Pick<CardBlock, 'event' | 'block'>,
): CardBlock | CardsFault {
  if (bytes.length < headBytes) return 'truncated';
  if (bytes.length > cardBlockBytesMax) return 'too_large';
  const reader = new ByteReader(bytes);
  if (reader.number(1) !== version) return 'unknown_version';
  if (reader.number(4) !== expected.event) return 'wrong_event';
  if (reader.number(4) !== expected.block) return 'wrong_block';
  const goodUntil = reader.number(4) * 1000;
  const cards = cardsIn(reader);
  if (typeof cards === 'string') return cards;
  const { event, block } = expected;
  return areOfBlock(cards, block) ? { event, block, goodUntil, cards } : 'malformed';
}

/** Who comes with a code, if there is a card for it. */
export async function holderIn(
  { event, cards }: CardBlock,
  code: CardCode,
): Promise<string | undefined> {
  const { ticket } = code;
  if (ticket.event !== event) return undefined;
  for (const { serial, revision, sealed } of cards) {
    if (serial !== ticket.serial || revision !== ticket.revision) continue;
    const name = await openName(code, sealed);
    if (name !== undefined) return name;
  }
  return undefined;
}

function cardsIn(reader: ByteReader): NameCard[] | CardsFault {
  try {
    const count = reader.number(2);
    const cards = Array.from({ length: Math.min(count, cardsMax + 1) }, () => ({
      serial: reader.number(4),
      revision: reader.number(2),
      sealed: reader.bytes(nameCardBytes),
    }));
    if (reader.rest.length > 0) return 'malformed';
    return cards;
  } catch (error) {
    if (error instanceof BytesError) return 'truncated';
    throw error;
  }
}

/** Ascending, within the block, and no more of a ticket than it has forms. */
function areOfBlock(cards: readonly NameCard[], block: number): boolean {
  return cards.every(({ serial }, at) => {
    const isInOrder = serial >= (cards[at - 1]?.serial ?? 0);
    const isOneTooMany = serial === cards[at - cardsPerTicketMax]?.serial;
    return blockOf(serial) === block && isInOrder && !isOneTooMany;
  });
}
