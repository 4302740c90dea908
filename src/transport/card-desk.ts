import type { EventId, Rejection } from '@ingressou/protocol';
import {
  type CardCode,
  encodeCards,
  type NameCard,
  nonceBytes,
  sealName,
} from '@ingressou/protocol/name-cards';
import { boundSeal, decodeTicket, eventNumber, type Sign } from '@ingressou/protocol/ticket';
import type { CardsQuestion, CardTicket, CardTickets } from '../domain/card-tickets.ts';
import type { Clock } from '../ports/clock.ts';
import type { Commands } from '../ports/commands.ts';
import type { OrderDetailsStore, OrderPeople } from '../ports/order-details.ts';
import type { TicketCodes } from '../ports/ticket-codes.ts';
import type { SigningKeys } from '../ports/ticket-keys.ts';

export interface CardDeskOptions {
  readonly commands: Commands;
  readonly details: Pick<OrderDetailsStore, 'people'>;
  readonly codes: Pick<TicketCodes, 'read'>;
  readonly signing: Pick<SigningKeys, 'current'>;
  /** Signs with a private key. */
  readonly signerOf: (privateKey: Uint8Array) => Sign;
  readonly clock: Pick<Clock, 'now'>;
  /** So many random bytes. */
  readonly random: (bytes: number) => Uint8Array;
}

/** Blocks that are made at once: names are opened and sealed one by one, and sales go first. */
const makingMax = 2;
const retryAfterMs = 500;

/** Names go from their store onto cards here, and nowhere else: not into a log, a fact or a queue. */
export class CardDesk {
  readonly #options: CardDeskOptions;
  #making = 0;

  constructor(options: CardDeskOptions) {
    this.#options = options;
  }

  /**
   * A block of cards as it is sent. `cards_off` when the producer wants none at that checkpoint, or
   * wanted some for a show that is over.
   *
   * @throws {DetailsUnavailableError}, {TicketCodesUnavailableError}, {TicketKeysUnavailableError}
   */
  async block(
    event: EventId,
    question: Omit<CardsQuestion, 'type'>,
  ): Promise<Uint8Array | Rejection | 'cards_off'> {
    if (this.#making >= makingMax) return { reason: 'busy', retryAfterMs };
    this.#making += 1;
    try {
      return await this.#make(event, question);
    } finally {
      this.#making -= 1;
    }
  }

  async #make(event: EventId, question: Omit<CardsQuestion, 'type'>) {
    const { commands, clock } = this.#options;
    const reply = await commands.ask(event, { type: 'name_cards', ...question });
    if (!reply.accepted) return reply.rejection;
    const { value } = reply;
    if (value === null) return { reason: 'checkpoint_not_found' } as const;
    if (value.isDeviceRevoked) return { reason: 'device_revoked' } as const;
    if (!value.hasCards || clock.now() >= value.goodUntil) return 'cards_off' as const;
    const cards = await this.#cards(event, value);
    const { block } = question;
    return encodeCards({ event: eventNumber(event), block, goodUntil: value.goodUntil, cards });
  }

  /** Who was erased has no card, and neither has a ticket that is not signed yet. */
  async #cards(event: EventId, { tickets }: CardTickets): Promise<NameCard[]> {
    const { details, codes, random } = this.#options;
    const orders = [...new Set(tickets.map(({ order }) => order))];
    const people = await details.people(orders);
    const byName = new Map((await codes.read(event, tickets)).map((each) => [nameOf(each), each]));
    const bind = await this.#binder(event, tickets);
    const cards: NameCard[] = [];
    for (const ticket of tickets) {
      const code = decodeTicket(byName.get(nameOf(ticket))?.code ?? '');
      const holder = holderOf(ticket, people.get(ticket.order));
      if (typeof code === 'string' || holder === undefined) continue;
      const { serial, revision } = ticket;
      for (const form of formsOf(code, bind?.(code, ticket))) {
        cards.push({ serial, revision, sealed: await sealName(form, holder, random(nonceBytes)) });
      }
    }
    return cards;
  }

  /** Makes what a phone's codes carry, where phones have some of the tickets. */
  async #binder(event: EventId, tickets: readonly CardTicket[]) {
    if (tickets.every(({ holderKey }) => holderKey === undefined)) return undefined;
    const { signing, signerOf } = this.#options;
    const { keyId, privateKey } = await signing.current(event);
    const sign = signerOf(privateKey);
    return (code: CardCode, { holderKey }: CardTicket): CardCode | undefined => {
      const ticket = { ...code.ticket, keyId };
      return holderKey && { ticket, seal: boundSeal(ticket, holderKey, sign) };
    };
  }
}

/** As it is printed, where paper is enough, and as a phone shows it. */
function formsOf(printed: CardCode, bound: CardCode | undefined): CardCode[] {
  const { isRotating, isPrintable } = printed.ticket;
  return [
    ...(isRotating && !isPrintable ? [] : [printed]),
    ...(bound === undefined ? [] : [bound]),
  ];
}

function nameOf({ serial, revision }: Pick<CardTicket, 'serial' | 'revision'>): string {
  return `${serial} ${revision}`;
}

/** The holders were told in the order of the tickets. */
function holderOf({ place }: CardTicket, people: OrderPeople | undefined): string | undefined {
  return people && (people.holders[place]?.name ?? people.buyer.name);
}
