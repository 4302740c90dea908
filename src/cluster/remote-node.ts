import type { NodeId } from '@ingressou/protocol';
import { type Bus, BusDownError, NobodyListensError } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { frameBytesMax, packCommands } from './frames.ts';
import type { Letter } from './letters.ts';
import { Reach } from './reach.ts';

export interface RemoteNodeOptions {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Who asks. */
  readonly asker: NodeId;
  readonly subject: string;
  /** These letters may not have arrived; why says whether they may have. */
  readonly onLost: (letters: readonly Letter[], why: Loss) => void;
}

/** `silence`: they have arrived or not. Otherwise they have not. */
export type Loss = 'nobody' | 'silence' | 'down';

/** A frame whose arrival is not confirmed within this has not arrived, or its node is frozen. */
const receiptMs = 150;
/** Letters of one frame: packing and unpacking them takes about 2 ms. */
const frameLettersMax = 1_000;

/**
 * The way to one other node: what is sent to it in one pass over the messages that have come goes
 * as one frame. The receipt says only that the frame has arrived; the answers come when they come.
 */
export class RemoteNode {
  readonly node: NodeId;
  readonly reach = new Reach();
  readonly #options: RemoteNodeOptions;
  #outbox: Letter[] = [];
  #framesUnderway = 0;

  constructor(node: NodeId, options: RemoteNodeOptions) {
    this.node = node;
    this.#options = options;
  }

  /** Whether nothing is on its way there. */
  get isIdle(): boolean {
    return this.#outbox.length === 0 && this.#framesUnderway === 0;
  }

  send(letter: Letter, now: number): void {
    letter.node = this.node;
    letter.sentAt = now;
    if (this.#outbox.length === 0) this.#options.clock.soon(() => this.#flush());
    this.#outbox.push(letter);
  }

  #flush(): void {
    const letters = this.#outbox;
    this.#outbox = [];
    for (let from = 0; from < letters.length; from += frameLettersMax) {
      this.#sendFrame(letters.slice(from, from + frameLettersMax));
    }
  }

  #sendFrame(letters: readonly Letter[]): void {
    const bytes = packCommands(this.#options.asker, letters);
    if (bytes.length <= frameBytesMax || letters.length === 1) {
      void this.#deliver(letters, bytes);
      return;
    }
    const half = Math.ceil(letters.length / 2);
    this.#sendFrame(letters.slice(0, half));
    this.#sendFrame(letters.slice(half));
  }

  /** Never rejects. */
  async #deliver(letters: readonly Letter[], bytes: Uint8Array): Promise<void> {
    const { clock, telemetry, onLost } = this.#options;
    this.#framesUnderway += 1;
    const outcome = await this.#request(bytes);
    this.#framesUnderway -= 1;
    telemetry.frameRouted({ letters: letters.length, outcome });
    if (outcome === 'received') return this.reach.arrived();
    this.reach.lost(clock.monotonic());
    onLost(letters, outcome);
  }

  async #request(bytes: Uint8Array): Promise<'received' | Loss> {
    const { bus, subject } = this.#options;
    try {
      await bus.request(subject, bytes, receiptMs);
      return 'received';
    } catch (error) {
      // The router knows what to do with each of them.
      if (error instanceof NobodyListensError) return 'nobody';
      return error instanceof BusDownError ? 'down' : 'silence';
    }
  }
}
