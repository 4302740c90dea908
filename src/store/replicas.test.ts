import { beforeEach, describe, expect, it } from 'vitest';
import type { Columns, Database, Session, Statement } from './database.ts';
import { ReplicatedDatabase } from './replicas.ts';

const list: Statement = { name: 'list', text: 'select', mayLag: true };
const decision: Statement = { name: 'decision', text: 'select' };

/** A server whose log is as long as the test says; it answers with its name. */
class Server implements Database {
  position = 100;
  isStandby = true;
  isDown = false;
  /** What happens while the answer about its log is on its way. */
  meanwhile: () => Promise<unknown> = async () => {};
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  async query({ name }: Statement): Promise<Columns[]> {
    if (this.isDown) throw new Error('down');
    if (name === 'primary_end') {
      const { position } = this;
      await this.meanwhile();
      return [{ position }];
    }
    if (name === 'replica_replayed') {
      return [{ is_standby: this.isStandby, position: this.position }];
    }
    return [{ server: this.#name }];
  }

  transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return work(this);
  }
}

describe('A database with replicas', () => {
  let primary: Server;
  let near: Server;
  let far: Server;
  let time: number;
  let told: string[];
  let database: ReplicatedDatabase;

  beforeEach(() => {
    [primary, near, far] = [new Server('primary'), new Server('near'), new Server('far')];
    time = 0;
    told = [];
    database = new ReplicatedDatabase({
      primary,
      replicas: [
        { name: 'near', database: near },
        { name: 'far', database: far },
      ],
      clock: { monotonic: () => time },
      onLeft: (replica, cause) => told.push(`${replica}: ${(cause as Error).message}`),
    });
  });

  const look = async (afterMs = 1_000): Promise<void> => {
    time += afterMs;
    await database.look();
  };
  /** Who answers a few questions that may lag. */
  const readers = async (statement = list): Promise<unknown[]> => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => database.query(statement, [])),
    );
    return [...new Set(answers.map(([row]) => row?.server))].sort();
  };
  const write = () => database.transaction(async () => 'done');

  it('asks the primary before it knows anything of the replicas', async () => {
    expect(await readers()).toEqual(['primary']);
  });

  it('lets all replicas that are up to date answer in turns', async () => {
    await look();
    expect(await readers()).toEqual(['far', 'near']);
    expect(told).toEqual([]);
  });

  it('never asks a replica what must be true now', async () => {
    await look();
    expect(await readers(decision)).toEqual(['primary']);
  });

  it('shows what this process has written: first the primary, then who has replayed it', async () => {
    await look();
    await write();
    expect(await readers()).toEqual(['primary']);
    primary.position = 200;
    near.position = 200;
    await look();
    expect(await readers()).toEqual(['near']);
    far.position = 199;
    await look();
    expect(await readers()).toEqual(['near']);
    far.position = 200;
    await look();
    expect(await readers()).toEqual(['far', 'near']);
    expect(told).toEqual([]);
  });

  it('does not mistake the end of the log before a write for one behind it', async () => {
    primary.meanwhile = write;
    await look();
    expect(await readers()).toEqual(['primary']);
    primary.meanwhile = async () => {};
    await look();
    expect(await readers()).toEqual(['far', 'near']);
  });

  it('counts a write that failed, for it may have been kept', async () => {
    await look();
    await database.transaction(() => Promise.reject(new Error('lost'))).catch(() => {});
    expect(await readers()).toEqual(['primary']);
  });

  it('reads a replica that is seconds behind, and leaves one that is five', async () => {
    await look();
    for (let second = 1; second <= 4; second += 1) {
      primary.position += 10;
      near.position = primary.position - 10;
      await look();
    }
    expect(await readers()).toEqual(['far', 'near']);
    primary.position += 10;
    near.position = primary.position - 10;
    await look();
    expect(await readers()).toEqual(['near']);
    expect(told).toEqual(['far: it is behind']);
  });

  it('says once that a replica is behind, takes it back when it is not, and says it again', async () => {
    const fallBehind = async (): Promise<void> => {
      for (let second = 1; second <= 9; second += 1) {
        primary.position += 10;
        near.position = primary.position;
        await look();
      }
    };
    await fallBehind();
    expect(told).toEqual(['far: it is behind']);
    far.position = primary.position;
    await look();
    expect(await readers()).toEqual(['far', 'near']);
    await fallBehind();
    expect(told).toEqual(['far: it is behind', 'far: it is behind']);
  });

  it('does not call a replica behind because nothing is written', async () => {
    await look();
    await look(3_600_000);
    expect(await readers()).toEqual(['far', 'near']);
    expect(told).toEqual([]);
  });

  it('trusts no replica longer than five seconds when nobody looks', async () => {
    await look();
    time += 4_999;
    expect(await readers()).toEqual(['far', 'near']);
    time += 1;
    expect(await readers()).toEqual(['primary']);
  });

  it('asks the primary when a replica breaks under a question, and then leaves it alone', async () => {
    await look();
    for (const each of [near, far]) each.isDown = true;
    expect(await readers()).toEqual(['primary']);
    expect([...told].sort()).toEqual(['far: down', 'near: down']);
    near.isDown = false;
    await look();
    expect(await readers()).toEqual(['near']);
  });

  it.each<[string, (server: Server) => void]>([
    ['it is not a standby', (server) => Object.assign(server, { isStandby: false })],
    ['it has another history', (server) => Object.assign(server, { position: 101 })],
    ['down', (server) => Object.assign(server, { isDown: true })],
  ])('leaves a replica of which it finds: %s', async (why, happens) => {
    await look();
    happens(far);
    await look();
    expect(await readers()).toEqual(['near']);
    expect(told).toEqual([`far: ${why}`]);
  });

  it('measures replicas by the new primary after a promotion that lost something', async () => {
    primary.position = 500;
    await write();
    await look();
    primary.position = 90;
    near.position = 90;
    await look();
    expect(await readers()).toEqual(['near']);
    expect(told).toEqual(['far: it has another history']);
  });

  it('goes on with the replicas it knows while the primary does not answer, for five seconds', async () => {
    await look();
    primary.isDown = true;
    await look();
    expect(await readers()).toEqual(['far', 'near']);
    await look(5_000);
    await expect(database.query(list, [])).rejects.toThrow('down');
  });
});
