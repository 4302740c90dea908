/**
 * A BR Code: the text of a PIX QR code. Fields of EMV's merchant-presented mode, each an id, the
 * length of its value and the value, ended by a checksum over everything before.
 */
export interface DynamicPix {
  /** Where the payer's bank reads what is to be paid; without its scheme. */
  readonly location: string;
  readonly amountCents: number;
  readonly merchant: string;
  readonly city: string;
  /** At most 25 letters and digits. */
  readonly transaction: string;
}

const merchantLettersMax = 25;
const cityLettersMax = 15;

/** The text for copy and paste, and for the QR code. */
export function brCode({ location, amountCents, merchant, city, transaction }: DynamicPix): string {
  const fields = [
    field('00', '01'),
    field('01', '12'),
    field('26', field('00', 'br.gov.bcb.pix') + field('25', location)),
    field('52', '0000'),
    field('53', '986'),
    field('54', (amountCents / 100).toFixed(2)),
    field('58', 'BR'),
    field('59', plain(merchant, merchantLettersMax)),
    field('60', plain(city, cityLettersMax)),
    field('62', field('05', transaction)),
  ].join('');
  return withChecksum(fields);
}

/** The code with its last field, the checksum over all that is before it, its own head included. */
export function withChecksum(fields: string): string {
  const text = `${fields}6304`;
  return text + crc16(text).toString(16).toUpperCase().padStart(4, '0');
}

/** CRC-16/CCITT-FALSE: polynomial 0x1021, begun with 0xFFFF. */
export function crc16(text: string): number {
  let crc = 0xffff;
  for (const byte of Buffer.from(text)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021;
    }
    crc &= 0xffff;
  }
  return crc;
}

function field(id: string, value: string): string {
  return id + String(value.length).padStart(2, '0') + value;
}

/** Banks show names without accents, and lengths are counted in letters that are one byte each. */
function plain(text: string, lettersMax: number): string {
  const letters = text.normalize('NFD').replace(/[^\x20-\x7e]/g, '');
  return letters.slice(0, lettersMax);
}
