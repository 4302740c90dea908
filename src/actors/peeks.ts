import type { EventId } from '@ingressou/protocol';
import { type Question, reply } from '../domain/questions.ts';
import type { Refused, Reply } from '../ports/commands.ts';
import { busy } from './letters.ts';
import { NewerHistoryError, peek, type Recovered, type RecoveryOptions } from './recovery.ts';
import { Turnstile } from './turnstile.ts';

/** How long a show's state answers without another look at the journal. */
const peekMs = 1_000;
/** Journals read at a time: when a bus comes back, watchers of hundreds of shows ask at once. */
const peeksAtOnceMax = 4;

/** Answers questions about shows that sleep: from the journal, without claiming anything. */
export class Peeks {
  readonly #options: RecoveryOptions;
  readonly #known = new Map<EventId, Peek>();
  readonly #turnstile = new Turnstile(peeksAtOnceMax);

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  async ask(event: EventId, question: Question): Promise<Reply<Question> | Refused> {
    try {
      const found = await this.#peekOf(event);
      if (found === undefined) return { accepted: false, rejection: { reason: 'show_not_found' } };
      const { generation, position, at, state } = found;
      return { accepted: true, generation, position, at, value: reply(state, question, at) };
    } catch (cause) {
      // Whoever watches asks again; whoever wakes it seals it if that is what it needs.
      const { telemetry } = this.#options;
      if (cause instanceof NewerHistoryError) telemetry.historyNewer(event, cause);
      else telemetry.failed('read a sleeping show', cause);
      return { accepted: false, rejection: busy };
    }
  }

  /** Many watchers of a sleeping show read it once. */
  #peekOf(event: EventId): Promise<Recovered | undefined> {
    const { clock } = this.#options;
    const now = clock.monotonic();
    for (const [old, { until }] of this.#known) if (until <= now) this.#known.delete(old);
    const known = this.#known.get(event) ?? this.#begin(event);
    return known.found;
  }

  #begin(event: EventId): Peek {
    // Whoever asks while it waits for its place waits for the same one. It ages from when it reads.
    const begun: Peek = {
      found: this.#turnstile.pass(
        () => {
          begun.until = this.#options.clock.monotonic() + peekMs;
          return peek(this.#options, event);
        },
        () => 0,
      ),
      until: Number.POSITIVE_INFINITY,
    };
    this.#known.set(event, begun);
    return begun;
  }
}

interface Peek {
  readonly found: Promise<Recovered | undefined>;
  until: number;
}
