import { createHash } from 'node:crypto';
import type { DeviceId, EventId } from '@ingressou/protocol';
import {
  type GateDevice,
  type GateDevices,
  GateDevicesUnavailableError,
} from '../ports/gate-devices.ts';
import { numberIn, textIn } from './columns.ts';
import type { Columns, Database, Statement, Value } from './database.ts';

/** Scanners in PostgreSQL. */
export class DatabaseGateDevices implements GateDevices {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async invite(
    { event, device, name, gate }: GateDevice,
    code: string,
    expiresAt: number,
  ): Promise<boolean> {
    const values = [device, event, name, gate, digestOf(code), expiresAt];
    return (await this.#ask(statements.invite, values)).length === 1;
  }

  async take(code: string, now: number): Promise<GateDevice | undefined> {
    const [row] = await this.#ask(statements.take, [digestOf(code), now]);
    return row && deviceOf(row);
  }

  async list(event: EventId): Promise<readonly GateDevice[]> {
    return (await this.#ask(statements.list, [event])).map(deviceOf);
  }

  async #ask(statement: Statement, values: readonly Value[]): Promise<Columns[]> {
    try {
      return await this.#database.query(statement, values);
    } catch (cause) {
      throw new GateDevicesUnavailableError({ cause });
    }
  }
}

/** Codes are random enough that nothing slower is needed. */
function digestOf(code: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(code).digest());
}

function deviceOf(row: Columns): GateDevice {
  return {
    event: textIn<EventId>(row, 'event_id'),
    device: textIn<DeviceId>(row, 'device'),
    name: textIn(row, 'name'),
    gate: numberIn(row, 'gate'),
  };
}

const statements = {
  invite: {
    name: 'gate_device_invite',
    text: `insert into gate_device as kept (device, event_id, name, gate, code_digest,
        code_expires_at)
      values ($1, $2, $3, $4, $5, to_timestamp($6::float8 / 1000))
      on conflict (device) do update set name = excluded.name, gate = excluded.gate,
        code_digest = excluded.code_digest, code_expires_at = excluded.code_expires_at
      where kept.event_id = excluded.event_id
      returning device`,
  },

  /** Of two who use it at once, one finds the row changed and gets nothing. */
  take: {
    name: 'gate_device_take',
    text: `update gate_device set code_digest = null, code_expires_at = null
      where code_digest = $1 and code_expires_at > to_timestamp($2::float8 / 1000)
      returning event_id, device, name, gate`,
  },

  list: {
    name: 'gate_device_list',
    text: 'select event_id, device, name, gate from gate_device where event_id = $1 order by created_at, device',
  },
} as const satisfies Record<string, Statement>;
