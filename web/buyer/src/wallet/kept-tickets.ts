import type { PhoneTicket } from '@ingressou/client-sdk';
import type { HolderKey } from '@ingressou/protocol/ticket-browser';
import { type DBSchema, openDB } from 'idb';
import type { TicketAddress } from './ticket-address.ts';

/** What this phone has of a ticket. */
export interface KeptTicket {
  /** Made before it asks, so that an answer that is lost costs nothing. */
  readonly key: HolderKey;
  /** Absent until the server has said yes. */
  readonly ticket?: PhoneTicket;
  /** What must be added to this phone's clock for the server's time. */
  readonly offset: number;
}

interface WalletData extends DBSchema {
  tickets: { key: string; value: KeptTicket };
}

/** @throws {DOMException} this browser keeps nothing */
export async function keptTicket(address: TicketAddress): Promise<KeptTicket | undefined> {
  const database = await opened();
  return await database.get('tickets', nameOf(address));
}

/** @throws {DOMException} this browser keeps nothing */
export async function keepTicket(address: TicketAddress, kept: KeptTicket): Promise<void> {
  const database = await opened();
  await database.put('tickets', kept, nameOf(address));
}

let opening: ReturnType<typeof open> | undefined;

function opened() {
  opening ??= open();
  return opening;
}

function open() {
  return openDB<WalletData>('ingressou-wallet', 1, {
    upgrade: (database) => void database.createObjectStore('tickets'),
  });
}

function nameOf({ order, serial }: TicketAddress): string {
  return `${order}/${serial}`;
}
