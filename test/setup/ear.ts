import {
  type CommandId,
  decode,
  type EventId,
  type IncidentView,
  type Notation,
  type ServerMessage,
  serverFrameBounds,
} from '@ingressou/protocol';
import type { Identity } from '../../src/transport/access-tokens.ts';
import type { Watcher } from '../../src/transport/watcher.ts';

/** The end of somebody's socket. */
export class Ear implements Watcher {
  readonly notation: Notation = 'msgpack';
  readonly isOpen = true;
  readonly watched = new Set<EventId>();
  readonly frames: ServerMessage[] = [];
  readonly endings: string[] = [];
  readonly identity: Identity;
  readonly #onEnd: (ear: Ear) => void;

  /** @param onEnd whoever must be told that the socket is closed */
  constructor(identity: Omit<Identity, 'expiresAt'>, onEnd: (ear: Ear) => void) {
    this.#onEnd = onEnd;
    this.identity = { ...identity, expiresAt: Number.POSITIVE_INFINITY };
  }

  /** Incidents in the order in which they were told. */
  get told(): (IncidentView & { readonly serial?: number })[] {
    return this.frames.flatMap((each) => (each.type === 'incident' ? [each.incident] : []));
  }

  /** Ids of those that were told to be explained. */
  get gone(): string[] {
    return this.frames.flatMap((each) => (each.type === 'incident_gone' ? [each.id] : []));
  }

  isAwaiting(): boolean {
    return false;
  }
  send(message: ServerMessage): void {
    this.frames.push(message);
  }
  sendFrame(frame: Uint8Array | string): void {
    this.frames.push(decode(Buffer.from(frame), this.notation, serverFrameBounds) as ServerMessage);
  }
  offer(frame: Uint8Array | string): void {
    this.sendFrame(frame);
  }
  refuse(re: CommandId, rejection: { readonly reason: 'busy'; readonly retryAfterMs: number }) {
    this.frames.push({ type: 'rejected', re, retryable: true, ...rejection });
  }
  end(_name: string, reason: string): void {
    this.endings.push(reason);
    this.#onEnd(this);
  }
  sweep(): void {}
}
