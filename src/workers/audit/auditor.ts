import type { EventId } from '@ingressou/protocol';
import type { Clock, Timer } from '../../ports/clock.ts';
import { type Head, type Journal, JournalUnavailableError, type Row } from '../../ports/journal.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import { type CountedHistory, countTo, type Finding } from './counted-history.ts';
import { promises } from './promises.ts';
import { RememberedShows } from './remembered-shows.ts';

export interface AuditorOptions {
  readonly journal: Pick<Journal, 'list' | 'read' | 'seal'>;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Whether a show whose stock or record is broken is sealed, so that nothing more is sold. */
  readonly seals: boolean;
  /** From the beginning of one round to that of the next. */
  readonly roundMs?: number;
  /** Facts counted in a second at most: a sale that goes on must not feel it. */
  readonly factsPerSecondMax?: number;
  /** Holds, buyers and ids remembered at most, some 200 bytes each. */
  readonly notesMax?: number;
}

const standard = { roundMs: 60_000, factsPerSecondMax: 25_000, notesMax: 1_000_000 };

/** Heads asked for at a time. */
const pageHeads = 200;
/** Facts between two pauses: some milliseconds, less than a turn may take. */
const sliceFacts = 1_000;

/**
 * Counts every show again, round after round, with rules of its own: what was written since the
 * last round, or everything when it is asked for the first time. A broken promise is an alarm,
 * once per show and promise as long as the process lives. Any number of auditors may run at once:
 * they only read, and sealing twice is sealing once.
 */
export class Auditor {
  readonly #options: AuditorOptions & typeof standard;
  readonly #shows: RememberedShows;
  readonly #told = new Set<string>();
  readonly #mustSeal = new Set<EventId>();
  #sinceSlice = 0;
  #timer: Timer | undefined;
  #isClosed = false;
  #wake = (): void => {};
  #round: Promise<void> = Promise.resolve();

  constructor(options: AuditorOptions) {
    this.#options = { ...standard, ...options };
    this.#shows = new RememberedShows(this.#options.notesMax);
  }

  /** Begins the first round. */
  start(): void {
    const { clock, roundMs, telemetry } = this.#options;
    const begunAt = clock.monotonic();
    this.#round = this.#lookAround().catch((cause: unknown) => {
      // The next round begins where this one broke off: what was counted is remembered.
      telemetry.failed('audit the journal', cause);
    });
    void this.#round.then(() => {
      if (this.#isClosed) return;
      const leftMs = Math.max(0, begunAt + roundMs - clock.monotonic());
      this.#timer = clock.after(leftMs, () => this.start());
    });
  }

  /** Ends the round that runs after the row in hand. Nothing is read or told afterwards. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#wake();
    await this.#round;
  }

  async #lookAround(): Promise<void> {
    await this.#seal();
    let after: EventId | undefined;
    do {
      const heads = await this.#options.journal.list(after, pageHeads);
      for (const head of heads) {
        if (this.#isClosed) return;
        await this.#lookAt(head);
      }
      after = heads.length < pageHeads ? undefined : heads.at(-1)?.event;
    } while (after !== undefined);
  }

  async #lookAt(head: Head): Promise<void> {
    if (this.#shows.isUnchanged(head)) return;
    const history = this.#shows.take(head);
    const isWhole = await this.#count(history, head).finally(() => {
      this.#shows.keep(history, head.generation);
    });
    if (!isWhole) return;
    this.#shows.mark(head);
    this.#tell(head, history);
    await this.#seal();
  }

  async #count(history: CountedHistory, head: Head): Promise<boolean> {
    const { journal, telemetry } = this.#options;
    try {
      return await countTo(journal, history, head, (row) => this.#rest(row));
    } catch (cause) {
      // Without a database there is nothing to look at; one show that cannot be read is one show.
      if (cause instanceof JournalUnavailableError) throw cause;
      telemetry.failed(`audit show ${head.event}`, cause);
      return false;
    }
  }

  #tell({ isSealed }: Head, { event, position, findings }: CountedHistory): void {
    const { telemetry, seals } = this.#options;
    if (findings.size === 0) return telemetry.showAudited(event, position);
    for (const finding of findings.values()) {
      if (!this.#isNews(event, finding)) continue;
      telemetry.promiseBroken(event, finding.invariant, finding.sentence);
      const mustSeal = seals && !isSealed && promises[finding.invariant].seals;
      if (mustSeal) this.#mustSeal.add(event);
    }
  }

  #isNews(event: EventId, { invariant }: Finding): boolean {
    const name = `${event} ${invariant}`;
    if (this.#told.has(name)) return false;
    this.#told.add(name);
    return true;
  }

  /** Tried again in every round until the journal has heard it. */
  async #seal(): Promise<void> {
    for (const event of this.#mustSeal) {
      await this.#options.journal.seal(event);
      this.#mustSeal.delete(event);
      this.#options.telemetry.showSealed(event, 'the auditor found a broken promise');
    }
  }

  /** Lets others run after a slice, for long enough to keep the pace. False once it is over. */
  async #rest({ position, last }: Row): Promise<boolean> {
    this.#sinceSlice += last - position;
    if (this.#sinceSlice >= sliceFacts && !this.#isClosed) {
      const pauseMs = (this.#sinceSlice * 1000) / this.#options.factsPerSecondMax;
      this.#sinceSlice = 0;
      await new Promise<void>((resolve) => {
        const timer = this.#options.clock.after(pauseMs, resolve);
        this.#wake = () => {
          timer.cancel();
          resolve();
        };
      });
    }
    return !this.#isClosed;
  }
}
