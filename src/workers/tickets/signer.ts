import type { EventId } from '@ingressou/protocol';
import {
  bindTicket,
  decodeTicket,
  eventNumber,
  signTicket,
  type Ticket,
} from '@ingressou/protocol/ticket';
import { assert } from '../../domain/assert.ts';
import type { TicketCode, TicketCodes, TicketName } from '../../ports/ticket-codes.ts';
import type { SigningKeys } from '../../ports/ticket-keys.ts';
import { signerOf } from './node-ed25519.ts';

/** What a ticket says, as the order knows it; the rest is the signer's. */
export type UnsignedTicket = Omit<Ticket, 'keyId' | 'event' | 'salt'>;

export interface TicketSignerOptions {
  readonly signing: SigningKeys;
  readonly codes: TicketCodes;
  /** A random whole number below 2³². */
  readonly random: () => number;
}

/** Signs the tickets of orders. The only place where a private key is open. */
export class TicketSigner {
  readonly #options: TicketSignerOptions;

  constructor(options: TicketSignerOptions) {
    this.#options = options;
  }

  /**
   * The codes of these tickets, ordered by serial: those that are kept already as they are, the
   * others signed and kept. However often and wherever it is called, a ticket has one code.
   *
   * @throws {TicketKeysUnavailableError}, {TicketCodesUnavailableError} call it again
   * @throws {RangeError} a number does not fit into a code
   */
  async sign(event: EventId, tickets: readonly UnsignedTicket[]): Promise<readonly TicketCode[]> {
    const { signing, codes } = this.#options;
    const kept = await codes.read(event, tickets);
    const names = new Set(kept.map(nameOf));
    const missing = tickets.filter((ticket) => !names.has(nameOf(ticket)));
    if (missing.length === 0) return kept;
    const { keyId, privateKey } = await signing.current(event);
    const sign = signerOf(privateKey);
    const signed = missing.map((ticket): TicketCode => {
      const salt = this.#options.random();
      const code = signTicket({ ...ticket, keyId, event: eventNumber(event), salt }, sign);
      return { serial: ticket.serial, revision: ticket.revision, keyId, code };
    });
    return [...kept, ...(await codes.save(event, signed))].sort(compareNames);
  }

  /**
   * A ticket bound to its holder's key: what the phone keeps. It says what the ticket's code says, so
   * the same key is given the same until the show's own key changes.
   *
   * @throws {TicketKeysUnavailableError}, {TicketCodesUnavailableError} call it again
   * @throws {KeyError} the holder's key is none to rely on
   */
  async bind(event: EventId, ticket: UnsignedTicket, holderKey: Uint8Array): Promise<string> {
    const [signed] = await this.sign(event, [ticket]);
    const read = decodeTicket(signed?.code ?? '');
    assert(typeof read === 'object', 'what is kept is a code');
    const { keyId, privateKey } = await this.#options.signing.current(event);
    return bindTicket({ ...read.ticket, keyId }, holderKey, signerOf(privateKey));
  }
}

function nameOf({ serial, revision }: TicketName): string {
  return `${serial} ${revision}`;
}

function compareNames(a: TicketName, b: TicketName): number {
  return a.serial - b.serial || a.revision - b.revision;
}
