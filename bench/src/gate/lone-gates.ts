import { createHash, randomInt } from 'node:crypto';
import {
  type CommandId,
  type DeviceId,
  type EventId,
  type LotId,
  type SubjectId,
  uuid7,
} from '@ingressou/protocol';
import {
  chained,
  emptyLog,
  encodeScan,
  type LogBatch,
  type LogHead,
  type Scan,
} from '@ingressou/protocol/admission';
import type { Command } from '../../../src/domain/commands.ts';
import { decide } from '../../../src/domain/decide.ts';
import { evolve } from '../../../src/domain/evolve.ts';
import { gatesView } from '../../../src/domain/gates-view.ts';
import { emptyShow, type ShowState } from '../../../src/domain/state.ts';
import { ProgramError } from '../program.ts';

/** Scans of one upload. */
const uploadScans = 100;
const hourMs = 60 * 60 * 1000;
const orderUnits = 20;

/** One part of a device's log, as its gateway hands it over. */
export interface Upload {
  readonly device: DeviceId;
  readonly log: LogBatch;
  readonly chain: Uint8Array;
  readonly offset: number;
}

/** What came out of the same uploads, whatever their order was. */
export interface Merged {
  readonly ms: number;
  readonly people: number;
  readonly used: number;
  readonly incidents: readonly string[];
}

/** A show that is sold, and devices that were alone for two hours. */
export class LoneGates {
  readonly #tickets: number;
  readonly #now = 1_800_000_000_000;
  readonly #event = this.#id<EventId>('show');
  readonly #devices: readonly DeviceId[];

  constructor(tickets: number, devices: number) {
    this.#tickets = tickets;
    this.#devices = Array.from({ length: devices }, (_, at) => this.#id<DeviceId>(`device${at}`));
  }

  /** So many scans of different tickets; `share` of them at a second gate too, by clocks that differ. */
  uploads(scans: number, share: number): Upload[] {
    const clocks = this.#devices.map(() => randomInt(-300_000, 300_001));
    const logs = this.#devices.map(() => [] as Scan[]);
    const doubles = Math.round(scans * share);
    for (let count = 0; count < scans; count += 1) {
      const serial = count < doubles ? count + 1 : count + 1 - doubles;
      const device = (count * 7 + (count < doubles ? 3 : 0)) % logs.length;
      const log = logs[device]!;
      const at = this.#now - 2 * hourMs + log.length * 60_000 + device * 1_000 + count;
      log.push(scanOf(log.length + 1, at, clocks[device]!, serial, device % 2));
    }
    return logs.flatMap((log, at) => this.#uploadsOf(this.#devices[at]!, log, -clocks[at]!));
  }

  /** Merges the uploads in that order; a device's own keep theirs, and each comes `times` times. */
  merge(uploads: readonly Upload[], times: number): Merged {
    const state = this.#sold();
    const begun = performance.now();
    for (const [at, upload] of uploads.entries()) {
      const id = uuid7<CommandId>(this.#now, Uint8Array.from([...Array(8).fill(0), at >> 8, at]));
      for (let time = 0; time < times; time += 1) {
        this.#submit(state, { type: 'merge_scans', id, ...upload });
      }
    }
    const ms = performance.now() - begun;
    const { checkpoints } = gatesView(state, this.#now);
    const { admissions } = state.gates.checkpoints.get(0)!;
    const incidents = [...state.gates.incidents.ids()].sort();
    return {
      ms,
      people: checkpoints[0]!.occupancy,
      used: admissions.tracks(0).used.size,
      incidents,
    };
  }

  #uploadsOf(device: DeviceId, scans: readonly Scan[], offset: number): Upload[] {
    const uploads: Upload[] = [];
    let before: LogHead = emptyLog;
    for (let from = 0; from < scans.length; from += uploadScans) {
      const some = scans.slice(from, from + uploadScans).map(encodeScan);
      const hashes = this.#hashes(device, before, some);
      const hash = hashes.at(-1) ?? before.hash;
      const chain = Buffer.concat(hashes);
      uploads.push({ device, log: { before, scans: some, hash }, chain, offset });
      before = { seq: before.seq + some.length, hash };
    }
    return uploads;
  }

  #hashes(device: DeviceId, before: LogHead, scans: readonly Uint8Array[]): Uint8Array[] {
    const hashes: Uint8Array[] = [];
    for (const scan of scans) {
      const last = hashes.at(-1) ?? before.hash;
      const bytes = chained({ event: this.#event, device }, last, scan);
      hashes.push(new Uint8Array(createHash('sha256').update(bytes).digest()));
    }
    return hashes;
  }

  #sold(): ShowState {
    const state = emptyShow(this.#event);
    const [lot, subject] = [this.#id<LotId>('lot'), this.#id<SubjectId>('buyer')];
    const name = (what: string) => this.#id<CommandId>(what);
    const times = { holdMs: hourMs, extendMs: 0, limit: 1_000_000 };
    this.#submit(state, { type: 'create_show', id: name('create'), ...times });
    const about = { sector: 'Pista', name: 'Lote', priceCents: 1_000, quantity: this.#tickets };
    this.#submit(state, { type: 'open_lot', id: lot, ...about });
    this.#submit(state, { type: 'open_sale', id: name('open') });
    for (let sold = 0; sold < this.#tickets; sold += orderUnits) {
      const [hold, order] = [name(`h${sold}`), name(`o${sold}`)];
      const quantity = Math.min(orderUnits, this.#tickets - sold);
      this.#submit(state, { type: 'reserve', id: hold, subject, items: [{ lot, quantity }] });
      this.#submit(state, { type: 'checkout', id: order, subject, hold, method: 'pix' });
      const amountCents = quantity * 1_000;
      this.#submit(state, { type: 'confirm_payment', charge: `k${sold}`, order, amountCents });
    }
    const rules = {
      checkpoint: 0,
      isDaily: false,
      mayReenter: false,
      needsProof: false,
      days: [{ from: this.#now - 6 * hourMs, until: this.#now + 6 * hourMs }],
      sectors: [{ gates: 0b11, strictGates: 0b01, days: 1 }],
      lotSectors: [0],
    };
    const checkpoints = [{ name: 'Entrada', gates: ['A', 'B'], rules }];
    this.#submit(state, { type: 'set_checkpoints', id: name('gates'), checkpoints });
    for (const [at, device] of this.#devices.entries()) {
      this.#submit(state, { type: 'enrol_device', id: name(`e${at}`), device, gate: at % 2 });
    }
    return state;
  }

  #submit(state: ShowState, command: Command): void {
    const decision = decide(state, command, this.#now);
    if (!decision.accepted) {
      throw new ProgramError(`${command.type} was refused: ${decision.rejection.reason}`);
    }
    for (const fact of decision.facts) evolve(state, fact, this.#now);
  }

  #id<T extends CommandId | DeviceId | EventId | LotId | SubjectId>(name: string): T {
    const random = createHash('sha256').update(name).digest().subarray(0, 10);
    return uuid7<T>(this.#now, random);
  }
}

function scanOf(seq: number, at: number, clock: number, serial: number, gate: number): Scan {
  return {
    seq,
    at: at + clock,
    offset: -clock,
    ticket: { serial, revision: 0 },
    checkpoint: 0,
    gate,
    direction: 'entry',
    mode: 'normal',
    verdict: 'admitted',
    override: undefined,
    hasProof: false,
  };
}
