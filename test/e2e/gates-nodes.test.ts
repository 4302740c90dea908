import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CommandId, DeviceId, GatesView, ServerMessage } from '@ingressou/protocol';
import { parseId } from '@ingressou/protocol';
import { logText } from '@ingressou/protocol/admission';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { createDatabase, type TestPostgres } from '../../scripts/test-postgres.ts';
import { ChaosProxy } from '../faults/chaos-proxy.ts';
import { ClusterView } from '../faults/cluster-view.ts';
import { DeviceLog } from '../setup/device-log.ts';
import { GateRig, type Scanner } from '../setup/gate-rig.ts';
import { newId, openNode, type TestNode } from '../setup/node.ts';
import { skipBecause } from '../setup/skip-because.ts';
import { Random } from '../simulation/random.ts';

// One show, whose scanners come in by two gateways, and which lives on one of three nodes behind them.
// The one it lives on is dead for all others in the middle of the entry, or leaves: another one takes
// it over, gates that are not answered meanwhile go by their own word, and in the end everybody who
// came in is counted once.

const postgresUrl = inject('postgresUrl');
const natsUrl = inject('natsUrl');
const prefix = inject('prefix');

if (postgresUrl === undefined || natsUrl === undefined) {
  const missing = inject('postgresMissing') ?? inject('natsMissing');
  skipBecause('the gates of several nodes', missing ?? 'no PostgreSQL or NATS');
} else {
  describe('the gates of several nodes', { timeout: 120_000 }, () => tests(postgresUrl, natsUrl));
}

const patient = { timeout: 30_000, interval: 200 };
/** Tickets that each gate has to itself, as many as it takes, and those that both see. */
const [own, shared] = [400, 10];
/** Scans of a gate after the show has come to another node. */
const laterScans = 20;

function tests(server: string, nats: string): void {
  let database: TestPostgres;
  let directory: string;
  let gateways: readonly TestNode[];
  let owners: Owner[];
  let view: ClusterView;
  let rig: GateRig;
  const gone = new Set<Owner>();

  beforeAll(async () => {
    database = await createDatabase(server, 'a test');
    directory = await mkdtemp(path.join(tmpdir(), 'ingressou-test-'));
    const scanRate = { perSecond: 1e6, burst: 1e6 };
    const node = (
      name: string,
      roles: readonly ('gateway' | 'actors' | 'workers')[],
      lines = { databaseUrl: database.url, natsUrl: nats },
    ) =>
      openNode({
        ...lines,
        clusterPrefix: `${prefix}gates`,
        nodeName: name,
        roles: new Set(roles),
        tokenKeyFile: path.join(directory, 'token.pem'),
        dataKeyFile: path.join(directory, 'data.key'),
        scanRate,
        frameRate: scanRate,
      });
    // One after the other: the first one makes the keys.
    const first = await node('gateway-1', ['gateway']);
    gateways = [first, await node('gateway-2', ['gateway'])];
    owners = [];
    for (const name of ['owner-1', 'owner-2', 'owner-3']) {
      const lines = [await Line.to(database.url), await Line.to(nats)] as const;
      const [{ url: databaseUrl }, { url: natsUrl }] = lines;
      const made = await node(name, ['actors', 'workers'], { databaseUrl, natsUrl });
      owners.push({ node: made, lines });
    }
    for (const { url } of gateways) {
      const isReady = async () => expect((await fetch(`${url}/readyz`)).status).toBe(200);
      await vi.waitFor(isReady, patient);
    }
    view = new ClusterView(database.url);
  }, 120_000);
  afterAll(async () => {
    const left = owners.filter((owner) => !gone.has(owner));
    for (const line of owners.flatMap((owner) => owner.lines)) line.heal();
    for (const node of [...gateways, ...left.map((owner) => owner.node)]) await node.stop();
    for (const line of owners.flatMap((owner) => owner.lines)) await line.close();
    await view.close();
    await rm(directory, { recursive: true, force: true });
    await database.close();
  });

  it.each([
    ['dies', die],
    ['leaves', leave],
  ])(
    'let a ticket in once, whichever gateway it is shown at, though the node of the show %s',
    async (_, goes) => {
      rig = await GateRig.open(gateways[0]!);
      const [ownOfA, ownOfB, both] = [
        await rig.sell(own),
        await rig.sell(own),
        await rig.sell(shared),
      ];
      const gates = await Promise.all(gateways.map((gateway, at) => Gate.open(rig, gateway, at)));
      const [a, b] = gates as [Gate, Gate];
      for (const serial of both) {
        const verdicts = await Promise.all(gates.map((gate) => gate.scan(serial)));
        expect(verdicts.sort()).toEqual(['admitted', 'already_used']);
      }
      expect(a.alone + b.alone).toBe(0);

      const stopped = { is: false };
      const scanning = [a.scanThrough(ownOfA, stopped), b.scanThrough(ownOfB, stopped)];
      const owner = await ownerNow();
      if (owner === undefined) throw new Error('Nobody owns the show.');
      await goes(owner);
      if (goes === leave) gone.add(owner);
      await expect.poll(isMoved(owner), patient).toBe(true);
      stopped.is = true;
      await Promise.all(scanning);
      // Both are served again, by whoever owns the show now, and what they did alone is told.
      await expect.poll(() => a.upload(), patient).toBe('new');
      await expect.poll(() => b.upload(), patient).toBe('new');
      const inside = new Set([...a.admitted, ...b.admitted]);
      for (const serial of inside) expect(await b.scan(serial)).toBe('already_used');
      const { checkpoints, incidents } = (await rig.ask('GET', 'gates')) as GatesView;
      expect(incidents.total).toBe(0);
      expect(checkpoints[0]?.occupancy).toBe(inside.size);
      expect(checkpoints[0]?.gates.map(({ entered }) => entered)).toEqual([
        a.admitted.size,
        b.admitted.size,
      ]);
      expect(a.admitted.size + b.admitted.size).toBe(inside.size);
    },
  );

  it('hear at every gateway of what happened at another, behind a node that left', async () => {
    const [serial = 0] = await rig.sell(1);
    const gates = await Promise.all(gateways.map((gateway, at) => Gate.open(rig, gateway, at)));
    const [a, b] = gates as [Gate, Gate];
    await a.scan(serial);
    b.scanner.socket.send(
      b.scanner.scanOf(await rig.code(serial), { override: 'supervisor', seq: 1 }),
    );
    const { incident } = await a.scanner.socket.next('incident');
    expect(incident).toMatchObject({ kind: 'double_entry', serial, isSeen: false });
  });

  /** Where the show lives, on a node that is alive. */
  async function ownerNow(): Promise<Owner | undefined> {
    const now = (await view.owners()).find(({ event }) => event === rig.show.event);
    return owners.find(({ node }) => node.config.nodeName === now?.name);
  }

  function isMoved(from: Owner) {
    return async () => {
      const now = await ownerNow();
      return now !== undefined && now !== from;
    };
  }
}

/** A node that owns shows, and its lines to everybody else. */
interface Owner {
  readonly node: TestNode;
  readonly lines: readonly Line[];
}

/** Nobody hears of it any more, and it of nobody. */
async function die({ lines }: Owner): Promise<void> {
  for (const line of lines) line.fall();
}

/** In order, as for a new version. */
async function leave({ node }: Owner): Promise<void> {
  await node.stop();
}

/** The way to a service. */
class Line {
  readonly url: string;
  readonly #proxy: ChaosProxy;

  private constructor(url: string, proxy: ChaosProxy) {
    this.url = url;
    this.#proxy = proxy;
  }

  static async to(service: string): Promise<Line> {
    const url = new URL(service);
    const targets = [{ host: url.hostname, port: Number(url.port || 5432) }];
    const proxy = new ChaosProxy({ targets, random: new Random(1, 'line') });
    url.hostname = '127.0.0.1';
    url.port = String(await proxy.open());
    return new Line(url.href, proxy);
  }

  fall(): void {
    this.#proxy.blackHole(['up', 'down']);
  }

  heal(): void {
    this.#proxy.heal();
  }

  close(): Promise<void> {
    return this.#proxy.close();
  }
}

/** A scanner that goes by its own word when the server has none, and writes down what it said. */
class Gate {
  readonly scanner: Scanner;
  readonly admitted = new Set<number>();
  /** Scans that were judged without the server. */
  alone = 0;
  readonly #rig: GateRig;
  readonly #log: DeviceLog;

  private constructor(rig: GateRig, scanner: Scanner) {
    this.#rig = rig;
    this.scanner = scanner;
    this.#log = new DeviceLog(rig.show.event, parseId<DeviceId>(scanner.enrolled.device));
  }

  static async open(rig: GateRig, gateway: TestNode, gate: number): Promise<Gate> {
    return new Gate(rig, await rig.scanner(gate, gateway.url));
  }

  /** One ticket after the other, until the node is gone and some more have come in. */
  async scanThrough(serials: readonly number[], stopped: { readonly is: boolean }): Promise<void> {
    let later = 0;
    for (const serial of serials) {
      if (later >= laterScans) return;
      expect(await this.scan(serial)).toBe('admitted');
      if (stopped.is) later += 1;
    }
    throw new Error('There are not tickets enough to see the node leave.');
  }

  async scan(serial: number): Promise<string> {
    const { socket } = this.scanner;
    const code = await this.#rig.code(serial);
    const wish = this.scanner.scanOf(code, { seq: this.#log.length + 1 });
    socket.send(wish);
    const answer = await socket.answerOf(wish.id);
    const verdict = answer.type === 'verdict' ? answer.verdict : 'admitted';
    const mode = answer.type === 'verdict' ? 'online' : 'normal';
    if (answer.type !== 'verdict') this.alone += 1;
    if (verdict === 'admitted') this.admitted.add(serial);
    const ticket = { serial, revision: 0 };
    const place = { checkpoint: 0, gate: this.scanner.enrolled.gate, direction: 'entry' } as const;
    const noted = { verdict, override: undefined, hasProof: false } as const;
    this.#log.add({ at: Date.now(), offset: 0, ticket, ...place, mode, ...noted });
    return verdict;
  }

  /** The whole log, as much as goes into one upload at a time. */
  async upload(): Promise<string> {
    let result = '';
    for (let from = 0; from < this.#log.length; from += 100) {
      const { socket } = this.scanner;
      const log = logText(this.#log.batch(from, Math.min(from + 100, this.#log.length)));
      const id = newId<CommandId>();
      socket.send({ type: 'scan_batch', id, event: this.#rig.show.event, at: Date.now(), log });
      const answer: ServerMessage = await socket.answerOf(id);
      result = answer.type === 'merged' ? answer.result : answer.type;
    }
    return result === 'duplicate' ? 'new' : result;
  }
}
