import { createDecipheriv, hkdfSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { event, flipped, golden, signerFor, ticketNumber } from '../test/golden-ground.ts';
import {
  codeRead,
  type GoldenNameCards,
  goldenCardsText,
  goldenHolders,
  goldenNameCards,
  nonceFor,
} from '../test/golden-name-cards.ts';
import {
  type CardBlock,
  type CardCode,
  type CardsFault,
  cardBlockBytesMax,
  decodeCards,
  encodeCards,
  holderIn,
  nameCardBytes,
  openName,
  sealName,
} from './name-cards.ts';
import { eventNumber, signTicket, type Ticket } from './ticket.ts';

const file = new URL('../vectors/name-cards.json', import.meta.url);
const ticket: Ticket = { ...ticketNumber(7), serial: 7, revision: 1 };
const code = codeOf(ticket);
const nonce = nonceFor('a test');

describe('The golden name cards', () => {
  const known: GoldenNameCards = JSON.parse(readFileSync(file, 'utf8'));

  it('are made the same way again', async () => {
    await expect(goldenCardsText(await goldenNameCards())).toMatchFileSnapshot(file.pathname);
  });

  it('are opened by the codes they are for', async () => {
    for (const [, text, holder, sealed] of known.cards) {
      expect(await openName(codeRead(text), bytesOf(sealed))).toBe(shortened(holder));
    }
  });

  it('are opened as it is written down, by an engine of its own', () => {
    for (const [, text, holder, sealed] of known.cards) {
      expect(openedByNode(codeRead(text), bytesOf(sealed))).toBe(shortened(holder));
    }
  });

  it('are found in their block, in either form of a code', async () => {
    const block = decoded(bytesOf(known.block), { event: eventNumber(event), block: 0 });
    expect(block).toMatchObject({ goodUntil: known.goodUntil });
    expect(block.cards).toHaveLength(2 * goldenHolders.length);
    for (const [, text, holder] of known.cards) {
      expect(await holderIn(block, codeRead(text))).toBe(shortened(holder));
    }
  });
});

describe('A name card', () => {
  it('has one length, whoever it is about', async () => {
    for (const name of ['', 'Ó', 'Ana', 'x'.repeat(64), '李'.repeat(64)]) {
      expect(await sealName(code, name, nonce)).toHaveLength(nameCardBytes);
    }
  });

  it.each([
    ['fits', 'x'.repeat(95), 'x'.repeat(95)],
    ['is a letter too long', 'x'.repeat(96), `${'x'.repeat(92)}…`],
    ['has letters of three bytes', '李'.repeat(40), `${'李'.repeat(30)}…`],
    ['has letters of four bytes', '😀'.repeat(30), `${'😀'.repeat(23)}…`],
    ['begins with a mark', '\uFEFFAna', '\uFEFFAna'],
  ])('with a name that %s says as much as there is room for', async (_, name, said) => {
    expect(await openName(code, await sealName(code, name, nonce))).toBe(said);
  });

  it.each<[string, Partial<Ticket>]>([
    ['of another ticket', { serial: 8 }],
    ['of an older revision', { revision: 0 }],
    ['of another show', { event: (ticket.event ^ 1) >>> 0 }],
    ['with another salt', { salt: (ticket.salt ^ 1) >>> 0 }],
  ])('says nothing to a code %s', async (_, changes) => {
    const card = await sealName(code, 'Ana Souza', nonce);
    expect(await openName(codeOf({ ...ticket, ...changes }), card)).toBeUndefined();
    // Not even when all the rest is this code's.
    const nearly = { ticket: { ...ticket, ...changes }, seal: code.seal };
    expect(await openName(nearly, card)).toBeUndefined();
  });

  it('says nothing to whoever makes a code of what is known of the ticket', async () => {
    const card = await sealName(code, 'Ana Souza', nonce);
    const forged = codeRead(signTicket(ticket, golden.stranger.sign));
    expect(await openName(forged, card)).toBeUndefined();
    const zeros = { ticket, seal: { ...code.seal, signature: new Uint8Array(64) } };
    expect(await openName(zeros, card)).toBeUndefined();
  });

  it('of which any bit was flipped says nothing', async () => {
    const card = await sealName(code, 'Ana Souza', nonce);
    for (let at = 0; at < card.length; at += 1) {
      expect(await openName(code, flipped(card, at, at % 8)), `byte ${at}`).toBeUndefined();
    }
    expect(await openName(code, card)).toBe('Ana Souza');
  });

  it('that is too short or too long says nothing', async () => {
    const card = await sealName(code, 'Ana Souza', nonce);
    for (const odd of [card.subarray(1), card.subarray(0, -1), Uint8Array.of(...card, 0)]) {
      expect(await openName(code, odd)).toBeUndefined();
    }
    expect(await openName(code, new Uint8Array())).toBeUndefined();
  });

  it('needs a nonce of its length', async () => {
    await expect(sealName(code, 'Ana', new Uint8Array(11))).rejects.toThrow(RangeError);
  });
});

describe('A block of cards', () => {
  const sealed = new Uint8Array(nameCardBytes).fill(9);
  const card = (serial: number, revision = 0) => ({ serial, revision, sealed });
  const blockOf = (changes: Partial<CardBlock> = {}): CardBlock => ({
    event: 5,
    block: 1,
    goodUntil: 1_800_000_000_000,
    cards: [card(512), card(512, 1), card(1_023)],
    ...changes,
  });
  const expected = { event: 5, block: 1 };

  it('is read as it was written', () => {
    for (const block of [blockOf(), blockOf({ cards: [] })]) {
      expect(decodeCards(encodeCards(block), expected)).toEqual(block);
    }
  });

  it.each<[string, (bytes: Uint8Array) => Uint8Array, CardsFault]>([
    ['is empty', () => new Uint8Array(), 'truncated'],
    ['is too large', () => new Uint8Array(cardBlockBytesMax + 1), 'too_large'],
    ['is of a later version', (it) => flipped(it, 0, 1), 'unknown_version'],
    ['is of another show', (it) => flipped(it, 4, 0), 'wrong_event'],
    ['is another one', (it) => flipped(it, 8, 0), 'wrong_block'],
    ['has more cards than it says', (it) => flipped(it, 14, 0), 'malformed'],
    ['has fewer cards than it says', (it) => flipped(it, 14, 2), 'truncated'],
    ['says that it has no end', (it) => flipped(it, 13, 7), 'truncated'],
    ['has bytes behind its end', (it) => Uint8Array.of(...it, 0), 'malformed'],
    ['has a ticket of another block', (it) => flipped(it, 17, 2), 'malformed'],
    ['is not in order', (it) => flipped(it, 18, 0), 'malformed'],
  ])('that %s is refused', (_, change, fault) => {
    expect(decodeCards(change(encodeCards(blockOf())), expected)).toBe(fault);
  });

  it('is refused wherever it breaks off', () => {
    const whole = encodeCards(blockOf());
    for (let length = 0; length < whole.length; length += 1) {
      expect(decodeCards(whole.subarray(0, length), expected)).toBe('truncated');
    }
  });

  it.each([
    ['in another order', { cards: [card(513), card(512)] }],
    ['of another block', { cards: [card(511)] }],
    ['of three forms', { cards: [card(512), card(512), card(512)] }],
    ['of another length', { cards: [{ ...card(512), sealed: sealed.subarray(1) }] }],
  ])('is never made of cards %s', (_, changes) => {
    expect(() => encodeCards(blockOf(changes))).toThrow(RangeError);
  });

  it('says nothing to a code of another show', async () => {
    const { event: number, serial, revision } = ticket;
    const name = { serial, revision, sealed: await sealName(code, 'Ana Souza', nonce) };
    const block = { ...blockOf({ event: number, block: 0 }), cards: [name] };
    expect(await holderIn(block, code)).toBe('Ana Souza');
    expect(await holderIn({ ...block, event: number ^ 1 }, code)).toBeUndefined();
    expect(await holderIn({ ...block, cards: [] }, code)).toBeUndefined();
  });
});

function codeOf(of: Ticket): CardCode {
  return codeRead(signTicket(of, signerFor(of.keyId)));
}

function decoded(...question: Parameters<typeof decodeCards>): CardBlock {
  const block = decodeCards(...question);
  if (typeof block === 'string') throw new Error(block);
  return block;
}

/** What the doc comment says, spelled out once more. */
function openedByNode({ ticket: of, seal }: CardCode, card: Uint8Array): string {
  const name = Buffer.alloc(10);
  name.writeUInt32BE(of.event, 0);
  name.writeUInt32BE(of.serial, 4);
  name.writeUInt16BE(of.revision, 8);
  const salt = Buffer.alloc(4);
  salt.writeUInt32BE(of.salt);
  const secret = Buffer.concat([salt, seal.signature]);
  const key = hkdfSync('sha256', secret, 'ingressou/name-card/v1\0', name, 32);
  const cipher = createDecipheriv('aes-256-gcm', Buffer.from(key), card.subarray(0, 12));
  cipher.setAAD(Buffer.concat([Buffer.of(1), name])).setAuthTag(card.subarray(-16));
  const opened = Buffer.concat([cipher.update(card.subarray(12, -16)), cipher.final()]);
  return opened.toString('utf8', 1, 1 + (opened[0] ?? 0));
}

/** No name of the vectors is longer than a card in letters, and one is in bytes. */
function shortened(holder: string): string {
  return Buffer.byteLength(holder) <= 95 ? holder : `${holder.slice(0, 92)}…`;
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}
