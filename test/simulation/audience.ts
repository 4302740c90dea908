import type {
  CommandId,
  EventId,
  LotId,
  Rejection,
  Sale,
  ServerMessage,
} from '@ingressou/protocol';
import type { Clock } from '../../src/ports/clock.ts';
import type { Commands, Committed } from '../../src/ports/commands.ts';
import type { Feeds, Standing } from '../../src/ports/feeds.ts';
import type { Telemetry } from '../../src/ports/telemetry.ts';
import { Fanout } from '../../src/transport/fanout.ts';
import { SessionRegistry } from '../../src/transport/session-registry.ts';
import type { Watcher } from '../../src/transport/watcher.ts';
import type { Host } from './host.ts';
import type { World } from './world.ts';

/** How soon somebody who was turned away asks again. */
const againMs = 500;

export interface AudienceOptions {
  readonly world: World;
  readonly host: Host;
  /** Whose sockets these are. */
  readonly process: string;
  readonly commands: Commands;
  readonly feeds: Feeds;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** Somebody at one process who watches every show, through the production fan-out. */
export class Audience {
  readonly #fanout: Fanout;
  readonly #spectator: Spectator;

  constructor(options: AudienceOptions) {
    const registry = new SessionRegistry(1);
    this.#fanout = new Fanout({ ...options, registry });
    this.#spectator = new Spectator(options, (event) => this.watch(event));
  }

  watch(event: EventId): void {
    this.#fanout.watch(this.#spectator, event);
  }

  follow(committed: Committed): void {
    this.#fanout.follow(committed);
  }

  reached(standing: Standing): void {
    this.#fanout.reached(standing);
  }

  missed(event: EventId): void {
    this.#fanout.missed(event);
  }

  close(): void {
    this.#spectator.isOpen = false;
    this.#fanout.leave(this.#spectator);
  }
}

/** Folds what it is sent into what a screen would show, and writes each screen down. */
class Spectator implements Watcher {
  readonly notation = 'json';
  readonly identity = undefined;
  readonly watched = new Set<EventId>();
  isOpen = true;
  readonly #options: AudienceOptions;
  readonly #watchAgain: (event: EventId) => void;
  readonly #screens = new Map<EventId, Screen>();

  constructor(options: AudienceOptions, watchAgain: (event: EventId) => void) {
    this.#options = options;
    this.#watchAgain = watchAgain;
  }

  isAwaiting(): boolean {
    return false;
  }

  send(): void {}

  sendFrame(frame: Uint8Array | string): void {
    this.#options.host.emit(() => this.#see(JSON.parse(String(frame)) as ServerMessage));
  }

  offer(frame: Uint8Array | string): void {
    this.sendFrame(frame);
  }

  refuse(re: CommandId | EventId, _rejection: Rejection): void {
    this.#options.host.after(againMs, () => this.#watchAgain(re as EventId));
  }

  end(): void {}

  sweep(): void {}

  #see(message: ServerMessage): void {
    if (message.type !== 'state' && message.type !== 'delta') return;
    const screen = this.#screens.get(message.event);
    const next = message.type === 'state' ? screenOf(message) : changed(screen, message);
    this.#screens.set(message.event, next);
    const { world, process } = this.#options;
    const { history, scheduler } = world;
    const { event, generation } = message;
    const [order, time] = [history.tick(), scheduler.now];
    history.sights.push({ process, event, generation, screen: next, order, time });
  }
}

/** What a screen shows of one show. */
export interface Screen {
  readonly position: number;
  readonly sale: Sale;
  readonly available: ReadonlyMap<LotId, number>;
  /** It was told of a change to a state that it never had. */
  readonly isTorn: boolean;
}

function screenOf(state: MessageOf<'state'>): Screen {
  const { position, sale, lots } = state;
  const available = new Map(lots.map((lot) => [lot.id, lot.available]));
  return { position, sale, available, isTorn: false };
}

function changed(screen: Screen | undefined, delta: MessageOf<'delta'>): Screen {
  const { from, to, lots } = delta;
  const available = new Map(screen?.available);
  for (const lot of lots) available.set(lot.id, lot.available);
  const isTorn = screen === undefined || from > screen.position;
  const sale = delta.sale ?? screen?.sale ?? { status: 'closed' };
  return { position: to, sale, available, isTorn };
}

type MessageOf<Type> = Extract<ServerMessage, { readonly type: Type }>;
