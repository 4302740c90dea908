import { ByteWriter } from './byte-stream.ts';
import { isSame, joined, plain } from './bytes.ts';
import type { ReadCode } from './ticket-code.ts';

/**
 * A name card says who comes with a ticket, to whoever has the ticket and to nobody else:
 *
 *     nonce 12 · AES-256-GCM of (length u8 · name in UTF-8 · zeros: 96 together) · tag 16
 *
 *     key  = HKDF-SHA-256 of (salt of the ticket u32 · signature of the show 64),
 *            salt "ingressou/name-card/v1\0", info (event u32 · serial u32 · revision u16)
 *     sealed in with it: version u8 · event u32 · serial u32 · revision u16
 *
 * The signature is in the code and in no package, list or log, and nobody makes one without the
 * show's private key: a gate that was stolen has the cards and can open none. The salt of a ticket
 * alone has 32 bits, and would be guessed. All cards are of one length, so that theirs tells nothing.
 *
 * A rotating code carries another signature than the static code of the same ticket: the show's over
 * ticket and holder's key. So a card is made for one form of a code, and a ticket that is shown in
 * two forms has two cards; whoever opens them tries those of the ticket, and the tag says which fits.
 */
export const nameCardBytes = 12 + 96 + 16;
export const nonceBytes = 12;
const plainBytes = 96;
const version = 1;

/** What opens a card: a code that was read. */
export type CardCode = Pick<ReadCode, 'ticket' | 'seal'>;

/**
 * Seals a name for whoever shows this code. A name that is too long is cut, and says so.
 *
 * @param nonce `nonceBytes` that were never used with this code
 */
export async function sealName(
  code: CardCode,
  name: string,
  nonce: Uint8Array,
): Promise<Uint8Array> {
  if (nonce.length !== nonceBytes) throw new RangeError(`A nonce has ${nonceBytes} bytes.`);
  const key = await keyOf(code, 'encrypt');
  const sealed = await crypto.subtle.encrypt(paramsOf(code, nonce), key, plain(padded(name)));
  return joined(nonce, new Uint8Array(sealed));
}

/** The name on a card. Undefined when the card is for another code, or was changed. */
export async function openName(code: CardCode, card: Uint8Array): Promise<string | undefined> {
  if (card.length !== nameCardBytes) return undefined;
  const key = await keyOf(code, 'decrypt');
  const params = paramsOf(code, card.subarray(0, nonceBytes));
  try {
    const opened = await crypto.subtle.decrypt(params, key, plain(card.subarray(nonceBytes)));
    return nameIn(new Uint8Array(opened));
  } catch {
    // The tag does not fit: that is the answer, and there is no other reason to throw.
    return undefined;
  }
}

const utf8 = new TextEncoder();
const domain = utf8.encode('ingressou/name-card/v1\0');

async function keyOf({ ticket, seal }: CardCode, use: 'encrypt' | 'decrypt'): Promise<CryptoKey> {
  const writer = new ByteWriter();
  writer.number(ticket.salt, 4);
  writer.bytes(seal.signature);
  const secret = plain(writer.whole());
  const material = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
  const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: plain(domain), info: nameOf({ ticket }) };
  return crypto.subtle.deriveKey(hkdf, material, { name: 'AES-GCM', length: 256 }, false, [use]);
}

function paramsOf(code: CardCode, nonce: Uint8Array): AesGcmParams {
  const additionalData = plain(joined(Uint8Array.of(version), nameOf(code)));
  return { name: 'AES-GCM', iv: plain(nonce), additionalData, tagLength: 128 };
}

/** Which ticket of which show, at which revision. */
function nameOf({ ticket }: Pick<CardCode, 'ticket'>): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  writer.number(ticket.event, 4);
  writer.number(ticket.serial, 4);
  writer.number(ticket.revision, 2);
  return plain(writer.whole());
}

function padded(name: string): Uint8Array {
  const bytes = new Uint8Array(plainBytes);
  const written = utf8.encode(fitting(name));
  bytes[0] = written.length;
  bytes.set(written, 1);
  return bytes;
}

/** As many whole characters as there is room for, and a sign when that is not all. */
function fitting(name: string): string {
  const room = plainBytes - 1;
  if (utf8.encode(name).length <= room) return name;
  let cut = '';
  for (const character of name) {
    if (utf8.encode(`${cut}${character}…`).length > room) break;
    cut += character;
  }
  return `${cut}…`;
}

/** Undefined for what no writer of ours writes, though somebody who has the ticket could. */
function nameIn(bytes: Uint8Array): string | undefined {
  const end = 1 + (bytes[0] ?? 0);
  if (bytes.length !== plainBytes || end > plainBytes) return undefined;
  if (bytes.subarray(end).some((byte) => byte !== 0)) return undefined;
  const written = bytes.subarray(1, end);
  const name = new TextDecoder('utf-8', { ignoreBOM: true }).decode(written);
  return isSame(utf8.encode(name), written) ? name : undefined;
}
