import { randomUUID } from 'node:crypto';
import type {
  ClientMessage,
  CommandId,
  DeviceId,
  EventId,
  LotId,
  SubjectId,
} from '@ingressou/protocol';
import { eventNumber, keyRing, signTicket, type Ticket } from '@ingressou/protocol/ticket';
import { signerOf, verifyOnNode } from '../../src/workers/tickets/node-ed25519.ts';
import { newId, type OpenShow, type ShowSetup, type TestNode } from './node.ts';
import { RawSocket } from './raw-socket.ts';

export interface EnrolledScanner {
  readonly token: string;
  readonly device: DeviceId;
  readonly gate: number;
  readonly event: EventId;
}

/** A show with gates A and B, tickets that are signed, and scanners. */
export class GateRig {
  readonly house: TestNode;
  readonly show: OpenShow;
  readonly #admin: string;

  private constructor(house: TestNode, show: OpenShow, admin: string) {
    this.house = house;
    this.show = show;
    this.#admin = admin;
  }

  static async open(
    house: TestNode,
    rules: object = {},
    setup: Partial<ShowSetup> = {},
  ): Promise<GateRig> {
    const lots = [{ quantity: 1_000 }, { quantity: 1_000, isHalf: true }];
    const rig = await GateRig.of(house, await house.createShow({ lots, limit: 500, ...setup }));
    const hour = 60 * 60 * 1000;
    const from = Math.floor(Date.now() / hour) * hour - hour;
    const days = [{ from, until: from + 24 * hour }];
    const plan = { checkpoint: 0, name: 'Entrada', gates: ['A', 'B'], days, ...rules };
    await rig.ask('PUT', 'checkpoints', { checkpoints: [plan] });
    return rig;
  }

  /** At a show that has its gates. */
  static async of(house: TestNode, show: OpenShow): Promise<GateRig> {
    return new GateRig(house, show, await house.mintToken({ role: 'ADMIN' }));
  }

  /** A request of an operator's; what it answers must be good. */
  async ask(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await this.tryAs(this.#admin, method, path, body);
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  tryAs(token: string, method: string, path: string, body?: object): Promise<Response> {
    return fetch(`${this.house.url}/v1/shows/${this.show.event}/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** The serials of tickets of a lot that somebody has bought. */
  async sell(count: number, lot: LotId = this.show.lots[0]!): Promise<number[]> {
    const { commands } = this.house.node;
    const { event } = this.show;
    const subject = newId<SubjectId>();
    const [hold, order] = [newId<CommandId>(), newId<CommandId>()];
    const items = [{ lot, quantity: 1 }];
    const serials: number[] = [];
    for (let left = count; left > 0; left -= 20) {
      const quantity = Math.min(20, left);
      const [own, its] = left === count ? [hold, order] : [newId<CommandId>(), newId<CommandId>()];
      const wish = { id: own, subject, items: [{ ...items[0]!, quantity }] };
      await commands.submit(event, { type: 'reserve', ...wish });
      const about = { id: its, subject, hold: own, method: 'pix' as const };
      await commands.submit(event, { type: 'checkout', ...about });
      const found = await commands.ask(event, { type: 'order', order: its });
      if (!found.accepted || found.value === null) throw new Error('There is no such order.');
      const { ticketsCents, feeCents } = found.value.order;
      const charge = `ch_${randomUUID()}`;
      const amountCents = ticketsCents + feeCents;
      await commands.submit(event, { type: 'confirm_payment', charge, order: its, amountCents });
      const paid = await commands.ask(event, { type: 'order', order: its });
      if (!paid.accepted || paid.value === null) throw new Error('It is gone.');
      serials.push(...paid.value.order.tickets.map(({ serial }) => serial));
    }
    return serials;
  }

  async code(serial: number, changes: Partial<Ticket> = {}): Promise<string> {
    const { event } = this.show;
    const { keyId, privateKey } = await this.house.node.signing.current(event);
    const ticket: Ticket = {
      keyId,
      event: eventNumber(event),
      serial,
      revision: 0,
      lot: 0,
      price: 'full',
      isNominal: false,
      isMinor: false,
      isRotating: false,
      isPrintable: true,
      notBefore: 0,
      validHours: 0,
      salt: 7,
      ...changes,
    };
    return signTicket(ticket, signerOf(privateKey));
  }

  /** What a scanner of the first checkpoint judges a package by. */
  async expectation() {
    const { keys } = (await this.ask('GET', 'ticket-keys')) as {
      keys: { keyId: number; publicKey: string; isRevoked: boolean }[];
    };
    const listed = keys.map((key) => ({
      ...key,
      publicKey: new Uint8Array(Buffer.from(key.publicKey, 'base64')),
    }));
    const ring = keyRing(this.show.event, listed);
    return { ring, checkpoint: 0, now: Date.now(), verify: verifyOnNode };
  }

  async enrol(gate: number, device?: DeviceId): Promise<EnrolledScanner> {
    const wish = { name: `Leitor ${gate}`, gate, ...(device === undefined ? {} : { device }) };
    const { code } = (await this.ask('POST', 'devices', wish)) as { code: string };
    const answer = await this.use(code);
    if (!answer.ok) throw new Error(`enrol: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as EnrolledScanner;
  }

  use(code: string): Promise<Response> {
    const url = `${this.house.url}/v1/devices/enrol`;
    return fetch(url, { method: 'POST', body: JSON.stringify({ code }) });
  }

  /** `url` is the gateway by which it comes in. */
  async scanner(gate: number, url = this.house.url): Promise<Scanner> {
    const enrolled = await this.enrol(gate);
    return new Scanner(await RawSocket.live(url, enrolled.token), enrolled);
  }
}

/** A scanner that is online. */
export class Scanner {
  readonly socket: RawSocket;
  readonly enrolled: EnrolledScanner;
  #seq = 0;

  constructor(socket: RawSocket, enrolled: EnrolledScanner) {
    this.socket = socket;
    this.enrolled = enrolled;
  }

  scanOf(code: string, changes: Partial<ScanMessage> = {}): ScanMessage {
    this.#seq += 1;
    return {
      type: 'scan',
      id: newId<CommandId>(),
      event: this.enrolled.event,
      seq: this.#seq,
      checkpoint: 0,
      direction: 'entry',
      code,
      at: Date.now(),
      ...changes,
    };
  }

  async scan(code: string, changes: Partial<ScanMessage> = {}) {
    this.socket.send(this.scanOf(code, changes));
    return this.socket.next('verdict');
  }
}

type ScanMessage = Extract<ClientMessage, { readonly type: 'scan' }>;
