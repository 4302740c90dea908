import type { DeviceId } from '@ingressou/protocol';
import { type ReceivedScan, topUpMethodOf } from '@ingressou/protocol/admission';
import type { CommandOf } from './commands.ts';
import { accept, type Decision, refuse } from './decision.ts';
import type { FactOf } from './facts.ts';
import { earlierAnswer } from './gate-setup.ts';
import { serialIn } from './passages.ts';
import { nowhere } from './row-index.ts';
import { lotNumbered, type ShowState } from './state.ts';
import { wishOf } from './wish.ts';

// Half price that becomes full price at a gate, once for each ticket, however it is told: the
// command is answered before anybody comes in; a gate that could not ask writes it into its log, as
// the reason for which it let them in.

export function topUp(state: ShowState, command: CommandOf<'top_up'>, now: number): Decision {
  const { id, device: deviceId, serial, method } = command;
  const wish = wishOf(command);
  const earlier = earlierAnswer(state, id, wish, now);
  if (earlier !== undefined) return earlier;
  const device = state.gates.devices.get(deviceId);
  if (device === undefined) return refuse({ reason: 'device_not_found' });
  if (device.revokedAt !== undefined) return refuse({ reason: 'device_revoked' });
  if (!state.tickets.isValid(serial)) return refuse({ reason: 'ticket_not_found' });
  const due = dueFor(state, serial);
  if (due === undefined) return refuse({ reason: 'ticket_not_half' });
  return accept({ type: 'topped_up', id, wish, device: deviceId, serial, ...due, method });
}

/**
 * What scans that nobody knew of say was paid. Nobody is asked whether the ticket was still good:
 * whoever stood there has the money. Two who paid for one ticket are an incident; it is booked once.
 */
export function toldTopUps(
  state: ShowState,
  device: DeviceId,
  scans: readonly Pick<ReceivedScan, 'seq' | 'ticket' | 'direction' | 'override'>[],
): FactOf<'topped_up'>[] {
  const told = new Map<number, FactOf<'topped_up'>>();
  for (const { seq, ticket, direction, override } of scans) {
    const serial = serialIn({ ticket });
    const method = override && topUpMethodOf(override);
    if (method === undefined || direction === 'exit') continue;
    if (serial === undefined || told.has(serial) || wasPaid(state, device, seq)) continue;
    const due = dueFor(state, serial);
    if (due === undefined) continue;
    const about = { id: `log:${device}:${seq}`, wish: 0, device, serial, seq };
    const how = method === 'unknown' ? {} : { method };
    told.set(serial, { type: 'topped_up', ...about, ...due, ...how });
  }
  return [...told.values()];
}

/** Whether a number is known for a payment already: it is one scan, whichever ticket it is told of. */
function wasPaid({ gates }: ShowState, device: DeviceId, seq: number): boolean {
  const row = gates.devices.get(device)?.passed.rowOf(seq) ?? nowhere;
  if (row === nowhere) return false;
  const { ticket, override } = gates.scans.at(row, gates.deviceIds);
  return ticket !== undefined && override !== undefined && topUpMethodOf(override) !== undefined;
}

/**
 * What is missing to full price, and of which order; undefined where nothing is. Half price is half
 * of full price, so what it costs is what is missing (Lei 12.933/2013 art. 1).
 */
function dueFor(
  state: ShowState,
  serial: number,
): Pick<FactOf<'topped_up'>, 'order' | 'amountCents'> | undefined {
  const { gates, tickets, orders } = state;
  if (!tickets.isIssued(serial) || gates.toppedUp.has(serial)) return undefined;
  const lot = lotNumbered(state, tickets.lotAt(serial));
  if (!lot.isHalf) return undefined;
  return { order: orders.at(tickets.orderAt(serial)).id, amountCents: lot.priceCents };
}
