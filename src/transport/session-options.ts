import type { OrderId, SubjectId } from '@ingressou/protocol';
import type { Clock } from '../ports/clock.ts';
import type { Commands } from '../ports/commands.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { Fanout } from './fanout.ts';
import type { GateDesk } from './gate-desk.ts';
import type { Rate } from './rate.ts';
import type { SessionRegistry } from './session-registry.ts';

/** What a session needs of a socket; `server.ts` makes one of uWebSockets. */
export interface Socket {
  /** Anything but `sent` means that the other side reads too slowly; `dropped`: it is lost. */
  send(frame: Uint8Array | string): 'sent' | 'queued' | 'dropped';
  /** Bytes not yet taken by the other side. */
  bufferedBytes(): number;
  end(code: number, reason: string): void;
}

export interface SessionOptions {
  readonly commands: Commands;
  readonly fanout: Fanout;
  readonly registry: SessionRegistry;
  readonly tokens: AccessTokens;
  /** The time of the shows: what clients count down to. */
  readonly clock: Clock;
  /** The machine's own time. Tokens go by it: a database whose clock is wrong sends nobody away. */
  readonly wallClock: Pick<Clock, 'now'>;
  readonly telemetry: Telemetry;
  /** Whether a buyer has said who buys under this order. Rejects when nobody can know. */
  readonly hasDetails: (order: OrderId, subject: SubjectId) => Promise<boolean>;
  /** Where scanners are served, and those who watch over them. */
  readonly gates: GateDesk;
  readonly commandRate: Rate;
  /** Scans and uploads of one scanner. */
  readonly scanRate: Rate;
  readonly frameRate: Rate;
}
