import type { CommandId, DeviceId, Direction, SubjectId } from '@ingressou/protocol';
import {
  type OverrideReason,
  overrideReasons,
  type Scan,
  topUpMethodOf,
  type VerdictName,
} from '@ingressou/protocol/admission';
import { eventNumber, type Ticket, type Verified } from '@ingressou/protocol/ticket';
import type { Command } from '../../src/domain/commands.ts';
import type { Decision, VerdictTold } from '../../src/domain/decision.ts';
import { chainOf, DeviceLog } from './device-log.ts';
import { phoneKey, Story } from './story.ts';

/**
 * Stories at the gates, in the rows of a `Story` and these. Lot `M` is half price; serials are the
 * numbers of tickets in the order in which they were bought.
 *
 *     checkpoints c1 reenter daily proof     one checkpoint, 0, with gates A and B, open for 3 days
 *     enrol e1 d1 0 · revoke v1 d1           a scanner at gate 0; it is shut out
 *     scan d1 1 in 7 -> admitted             its number in the log, the ticket; `!` an override,
 *                                            `proof` a document that was seen, `r1` a revision
 *     alone d1 in 7 admitted [topped_up_pix] the device's next scan, while it is cut off
 *     knows d1 in 7 admitted                 the device writes down what it was told
 *     upload d1 [from] -> new double_entry   its log, and the incidents that come out of it
 *     topup t1 d1 7 -> topped_up
 *     see s1 double_entry:… -> incidents_seen
 *     phone b1 7 red -> ticket_bound          a phone takes the ticket, from another one if need be
 */
export class GateStory extends Story {
  readonly logs = new Map<string, DeviceLog>();
  readonly uploaded = new Map<string, number>();
  /** By how much each device's clock is ahead. */
  readonly clocks = new Map<string, number>();
  last: VerdictTold | undefined;

  constructor() {
    super();
    for (const row of ['create c 20 1000 30d rotating', 'lot A 50', 'open o']) this.tell(row);
    const half = { sector: 'Pista', name: 'M', priceCents: 5_000, quantity: 50, isHalf: true };
    this.answerTo(this.decide({ type: 'open_lot', id: this.id('M'), ...half }));
  }

  /** Sells tickets, `count` of a lot. */
  sell(lot: string, count: number): void {
    const name = `${lot}${this.state.tickets.next}`;
    for (const row of [
      `reserve h${name} ${name} ${lot} ${count}`,
      `checkout o${name} ${name} h${name}`,
      `pay k${name} o${name}`,
    ]) {
      this.tell(row);
    }
  }

  override tell(row: string): string | undefined {
    const [verb = '', name = '', ...words] = row.split('->')[0]!.trim().split(/\s+/);
    if (verb === 'sell') return void this.sell(name, Number(words[0]));
    if (verb === 'clock') return void this.clocks.set(name, Number(words[0]) * 1000);
    if (verb === 'alone' || verb === 'knows') return void this.#note(verb, name, words);
    return super.tell(row);
  }

  override answerTo(decision: Decision): string {
    const answer = super.answerTo(decision);
    if (!decision.accepted || decision.told === undefined) return answer;
    const { told } = decision;
    if (told.type === 'verdict') {
      this.last = told;
      return told.override === undefined ? told.verdict : `${told.verdict} !`;
    }
    if (told.type === 'bound') return answer;
    const kinds = decision.facts.flatMap((fact) =>
      fact.type === 'scans_merged' ? fact.incidents.map(({ kind }) => kind) : [],
    );
    return [told.result, ...kinds].join(' ');
  }

  override command(verb: string, words: readonly string[]): Command {
    const [first = '', second = '', third = '', ...rest] = words;
    switch (verb) {
      case 'checkpoints':
        return this.#checkpoints(first, words);
      case 'enrol': {
        const device = this.device(second);
        return { type: 'enrol_device', id: this.id(first), device, gate: Number(third) };
      }
      case 'revoke':
        return { type: 'revoke_device', id: this.id(first), device: this.device(second) };
      case 'report': {
        const device = this.device(first);
        return { type: 'report_device', device, unsent: Number(second), mode: 'normal' };
      }
      case 'scan': {
        const seq = Number(second);
        const override = overrideIn(rest);
        return {
          type: 'scan',
          id: this.id(`${first}.${second}`),
          device: this.device(first),
          seq,
          checkpoint: 0,
          direction: directionOf(third),
          verified: this.#verified(rest),
          hasProof: rest.includes('proof'),
          ...(override === undefined ? {} : { override }),
        };
      }
      case 'see':
        return { type: 'see_incidents', id: this.id(first), incidents: words.slice(1) };
      case 'upload':
        return this.#upload(first, second);
      case 'phone':
        return this.#phone(this.id(first), Number(second), third);
      case 'topup': {
        const device = this.device(second);
        return { type: 'top_up', id: this.id(first), device, serial: Number(third), method: 'pix' };
      }
      default:
        return super.command(verb, words);
    }
  }

  device(name: string): DeviceId {
    return this.id<SubjectId>(name) as string as DeviceId;
  }

  log(name: string): DeviceLog {
    const log = this.logs.get(name) ?? new DeviceLog(this.state.event, this.device(name));
    this.logs.set(name, log);
    return log;
  }

  ticket(serial: number, revision = 0): Ticket {
    return {
      keyId: 1,
      event: eventNumber(this.state.event),
      serial,
      revision,
      lot: this.state.tickets.lotAt(serial) - 1,
      price: this.state.tickets.lotAt(serial) === 2 ? 'half' : 'full',
      isNominal: false,
      isMinor: false,
      isRotating: false,
      isPrintable: true,
      notBefore: 0,
      validHours: 0,
      salt: 0,
    };
  }

  #verified([what = '', ...flags]: readonly string[]): Verified {
    if (what === 'junk') return { isGenuine: false, reason: 'not_a_ticket', fault: 'web_address' };
    const revision = flags.includes('r1') ? 1 : 0;
    const known = Number(what) < this.state.tickets.next;
    const ticket = known
      ? this.ticket(Number(what), revision)
      : { ...this.ticket(1), serial: Number(what) };
    if (flags.includes('forged')) return { isGenuine: false, reason: 'bad_signature', ticket };
    return { isGenuine: true, ticket };
  }

  #checkpoints(id: string, words: readonly string[]): Command {
    const from = Math.floor(this.now / 1000) * 1000 - day / 2;
    const days = [0, 1, 2].map((at) => ({ from: from + at * day, until: from + (at + 1) * day }));
    const rules = {
      checkpoint: 0,
      isDaily: words.includes('daily'),
      mayReenter: words.includes('reenter'),
      needsProof: words.includes('proof'),
      days,
      sectors: [{ gates: 0b11, strictGates: 0b01, days: 0b111 }],
      lotSectors: [0, 0],
    };
    const checkpoints = [{ name: 'Entrada', gates: ['A', 'B'], rules }];
    return { type: 'set_checkpoints', id: this.id(id), checkpoints };
  }

  #note(verb: 'alone' | 'knows', name: string, words: readonly string[]): void {
    const [way = '', serial = '', verdict = '', reason] = words;
    const override = reason as OverrideReason | undefined;
    const ahead = this.clocks.get(name) ?? 0;
    const scan: Omit<Scan, 'seq'> = {
      at: this.now + ahead,
      offset: -ahead,
      ticket: { serial: Number(serial), revision: 0 },
      checkpoint: 0,
      gate: this.state.gates.devices.get(this.device(name))?.gate ?? 0,
      direction: directionOf(way),
      mode: verb === 'knows' ? 'online' : 'normal',
      verdict: verdict as VerdictName,
      override,
      hasProof: override !== undefined && topUpMethodOf(override) !== undefined,
    };
    this.log(name).add(scan);
  }

  #phone(id: CommandId, serial: number, phone: string): Command {
    const order = this.state.orders.at(this.state.tickets.orderAt(serial));
    const subject = this.state.holds.subjectAt(order.hold);
    const holderKey = phoneKey(phone);
    return {
      type: 'bind_ticket',
      ...{ id, subject, order: order.id, serial, holderKey, mayMove: true },
    };
  }

  #upload(name: string, from: string): Command {
    const log = this.log(name);
    const batch = log.batch(from === '' ? (this.uploaded.get(name) ?? 0) : Number(from));
    this.uploaded.set(name, log.length);
    return {
      type: 'merge_scans',
      id: this.id(`up.${name}.${log.length}.${from}`),
      device: this.device(name),
      log: batch,
      chain: chainOf(log.owner, batch),
      offset: -(this.clocks.get(name) ?? 0),
    };
  }
}

const day = 24 * 60 * 60_000;

function overrideIn(words: readonly string[]): OverrideReason | undefined {
  if (words.includes('!')) return 'supervisor';
  return overrideReasons.find((reason) => words.includes(reason));
}

function directionOf(way: string): Direction {
  return way === 'out' ? 'exit' : 'entry';
}
