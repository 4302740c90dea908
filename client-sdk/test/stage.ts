import {
  type EventId,
  type HoldId,
  type HoldView,
  type LotId,
  PROTOCOL_VERSION,
  type ServerMessage,
} from '@ingressou/protocol';
import { type Connection, type ConnectOptions, connect } from '../src/connection.ts';
import type { ShowView } from '../src/show.ts';
import { ScriptedServer, type ScriptedSocket } from './scripted-server.ts';
import { settled, VirtualClock } from './virtual-clock.ts';

export const event = '00000000-0000-7000-8000-00000000000e' as EventId;
export const lot = '00000000-0000-7000-8000-00000000000a' as LotId;
export const heartbeatMs = 20_000;

type Message<T extends ServerMessage['type']> = Extract<ServerMessage, { readonly type: T }>;

/** A server that says what each story needs, and time that passes when told to. No jitter. */
export class Stage {
  readonly clock = new VirtualClock();
  readonly server = new ScriptedServer();

  open(options: Partial<ConnectOptions> = {}): Connection {
    const { clock } = this;
    const { webSocket } = this.server;
    const random = (bytes: number) => new Uint8Array(bytes);
    return connect({ url: 'http://localhost', webSocket, clock, random, ...options });
  }

  /** The newest socket opens and is welcomed. */
  async welcome(change: Partial<Message<'welcome'>> = {}): Promise<ScriptedSocket> {
    await settled();
    const { socket } = this.server;
    socket.open();
    socket.say(this.welcomeMessage(change));
    await settled();
    return socket;
  }

  /** The network breaks once, and the next socket is welcomed. */
  async reconnect(change: Partial<Message<'welcome'>> = {}): Promise<ScriptedSocket> {
    this.server.socket.end(1006);
    await this.clock.advance(0);
    return await this.welcome(change);
  }

  /** A live connection that watches a show, and every view it was given. */
  async watching(options: Partial<ConnectOptions> & { readonly answersWatch?: boolean } = {}) {
    const { answersWatch = true, ...rest } = options;
    const connection = this.open(rest);
    const views: ShowView[] = [];
    const stop = connection.event(event).watch((view) => views.push(view));
    const socket = await this.welcome();
    if (answersWatch) socket.say(state(5));
    return { connection, socket, views, stop };
  }

  welcomeMessage(change: Partial<Message<'welcome'>> = {}): Message<'welcome'> {
    const at = this.clock.now();
    const version = PROTOCOL_VERSION;
    return { type: 'welcome', version, at, heartbeatMs, holds: [], orders: [], ...change };
  }
}

export function state(position: number, { available = 10 } = {}): Message<'state'> {
  const names = { sector: 'Pista', name: '1º lote' };
  const prices = { priceCents: 5_000, feeCents: 500, isHalf: false };
  return {
    type: 'state',
    event,
    generation: 0,
    position,
    at: 0,
    sale: { status: 'open' },
    limit: 4,
    lots: [{ ...names, ...prices, id: lot, quantity: 20, available }],
  };
}

export function delta(
  from: number,
  to: number,
  { available }: { readonly available: number },
): Message<'delta'> {
  return { type: 'delta', event, generation: 0, from, to, lots: [{ id: lot, available }] };
}

export function held(): HoldView {
  const id = '00000000-0000-7000-8000-0000000000aa' as HoldId;
  return { id, status: 'held', items: [{ lot, quantity: 1 }], expiresAt: 1_000, canExtend: true };
}
