import type { EventId } from '../src/ids.ts';
import { type CardCode, encodeCards, nonceBytes, sealName } from '../src/name-cards.ts';
import { bindTicket, decodeTicket, eventNumber, rotatingCode, signTicket } from '../src/ticket.ts';
import { event, golden, signerFor, ticketNumber, wordsOf } from './golden-ground.ts';

/** What `vectors/name-cards.json` is made of: always the same, because all randomness has a seed. */
export interface GoldenNameCards {
  readonly event: EventId;
  readonly goodUntil: number;
  readonly cards: readonly GoldenCard[];
  /** All of them as one block, in hexadecimal. */
  readonly block: string;
}

/** What a code says, who comes with it, and the card, in hexadecimal. */
export type GoldenCard = readonly [name: string, code: string, holder: string, sealed: string];

export const goldenHolders = [
  'Ana Souza',
  "João d'Ávila Conceição",
  'Nguyễn Thị Ánh',
  '李小龍',
  'Ó',
  'Maria Aparecida dos Santos Oliveira de Albuquerque e Melo Figueira',
];

const goodUntil = 1_800_000_000_000;
const now = 1_767_225_600_000;

export async function goldenNameCards(): Promise<GoldenNameCards> {
  const rows = await Promise.all(goldenHolders.map((holder, at) => rowsOf(at, holder)));
  const cards = rows.flat();
  const block = encodeCards({
    event: eventNumber(event),
    block: 0,
    goodUntil,
    cards: cards.map(([, code, , sealed]) => {
      const { serial, revision } = codeRead(code).ticket;
      return { serial, revision, sealed: Uint8Array.from(Buffer.from(sealed, 'hex')) };
    }),
  });
  return { event, goodUntil, cards, block: hexOf(block) };
}

/** A ticket as it is printed and as a phone shows it: a card for each. */
async function rowsOf(at: number, holder: string): Promise<GoldenCard[]> {
  const ticket = ticketNumber(at);
  const sign = signerFor(ticket.keyId);
  const key = Uint8Array.from(Buffer.from(golden.holder.publicKey, 'hex'));
  const bound = bindTicket(ticket, key, sign);
  const turn = await rotatingCode(bound, now, async (message) => golden.holder.sign(message));
  const row = async (name: string, code: string) => {
    const sealed = await sealName(codeRead(code), holder, nonceFor(`${name} ${at}`));
    return [name, code, holder, hexOf(sealed)] as const;
  };
  return [await row('static', signTicket(ticket, sign)), await row('rotating', turn)];
}

export function codeRead(code: string): CardCode {
  const read = decodeTicket(code);
  if (typeof read === 'string') throw new Error(read);
  return read;
}

export function nonceFor(seed: string): Uint8Array {
  return new Uint8Array(wordsOf(`nonce ${seed}`).buffer).slice(0, nonceBytes);
}

export function goldenCardsText({ event: show, cards, ...rest }: GoldenNameCards): string {
  const lines = cards.map((card) => `    ${JSON.stringify(card)}`).join(',\n');
  const { goodUntil: until, block } = rest;
  const head = `  "event": "${show}",\n  "goodUntil": ${until},`;
  return `{\n${head}\n  "cards": [\n${lines}\n  ],\n  "block": "${block}"\n}\n`;
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
