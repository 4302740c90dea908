import type { EventId } from '@ingressou/protocol';
import { type Verify, verifyTicket } from '@ingressou/protocol/ticket';
import type { Clock } from '../ports/clock.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { TicketCodes, TicketName } from '../ports/ticket-codes.ts';
import type { KeyRings } from './key-rings.ts';

export interface LookAheadOptions {
  readonly codes: Pick<TicketCodes, 'after'>;
  readonly rings: Pick<KeyRings, 'ring'>;
  /** Remembers what it has found right. */
  readonly verify: Verify;
  /** Whether a scanner of the show is still there. */
  readonly isWanted: (event: EventId) => boolean;
  /** Whether somebody stands at a gate and waits. */
  readonly isBusy: () => boolean;
  readonly clock: Pick<Clock, 'now' | 'monotonic' | 'after'>;
  readonly telemetry: Pick<Telemetry, 'failed' | 'lookedAhead'>;
}

/** Codes that are read at once. */
const pageCodes = 500;
/** Codes that are looked at at once: a scan that comes then waits for no more. */
const sliceCodes = 32;
/** After each of them, so that a sale has most of the machine. */
const restMs = 4;
/** As long as somebody waits at a gate. */
const busyMs = 50;
/** A show is asked for new codes at most so often: those that are sold at the door. */
const againMs = 30_000;
/** Shows that are remembered. */
const showsMax = 500;

interface Progress {
  /** The last ticket that was looked at. */
  reached: TicketName;
  begunAt: number;
  isLooking: boolean;
}

/**
 * Looks at the signatures of a show's tickets before anybody brings them. What a rush at the doors
 * needs of an engine is done when the first scanner is there, at a fraction of the machine: 100 000
 * codes in half a minute. Nothing depends on it: a code that was not looked at is looked at when it
 * comes.
 */
export class LookAhead {
  readonly #options: LookAheadOptions;
  readonly #shows = new Map<EventId, Progress>();

  constructor(options: LookAheadOptions) {
    this.#options = options;
  }

  /** A scanner of the show is there. */
  begin(event: EventId): void {
    const now = this.#options.clock.monotonic();
    const known = this.#shows.get(event);
    if (known !== undefined && (known.isLooking || now < known.begunAt + againMs)) return;
    const progress = known ?? {
      reached: { serial: 0, revision: 0 },
      begunAt: now,
      isLooking: true,
    };
    Object.assign(progress, { begunAt: now, isLooking: true });
    this.#keep(event, progress);
    void this.#look(event, progress)
      .catch((cause: unknown) => this.#options.telemetry.failed('look ahead at tickets', cause))
      .finally(() => {
        progress.isLooking = false;
      });
  }

  async #look(event: EventId, progress: Progress): Promise<void> {
    const { codes, telemetry, isWanted } = this.#options;
    while (isWanted(event)) {
      const page = await codes.after(event, progress.reached, pageCodes);
      for (let at = 0; at < page.length; at += sliceCodes) {
        const slice = page.slice(at, at + sliceCodes);
        await this.#untilQuiet();
        if (!isWanted(event)) return;
        await this.#lookAt(
          event,
          slice.map(({ code }) => code),
        );
        progress.reached = slice.at(-1) ?? progress.reached;
        telemetry.lookedAhead(slice.length);
      }
      if (page.length < pageCodes) return;
    }
  }

  async #lookAt(event: EventId, codes: readonly string[]): Promise<void> {
    const { rings, verify, clock } = this.#options;
    const ring = await rings.ring(event);
    await Promise.all(codes.map((code) => verifyTicket(code, ring, verify, clock.now())));
  }

  async #untilQuiet(): Promise<void> {
    await this.#pause(restMs);
    while (this.#options.isBusy()) await this.#pause(busyMs);
  }

  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => void this.#options.clock.after(ms, resolve));
  }

  #keep(event: EventId, progress: Progress): void {
    this.#shows.delete(event);
    this.#shows.set(event, progress);
    if (this.#shows.size > showsMax) this.#shows.delete(this.#shows.keys().next().value ?? event);
  }
}
