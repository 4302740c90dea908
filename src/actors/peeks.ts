import type { EventId } from '@ingressou/protocol';
import { type Question, reply } from '../domain/questions.ts';
import type { Refused, Reply } from '../ports/commands.ts';
import { busy } from './letters.ts';
import { peek, type Recovered, type RecoveryOptions } from './recovery.ts';

/** How long a show's state answers without another look at the journal. */
const peekMs = 1_000;

/** Answers questions about shows that sleep: from the journal, without claiming anything. */
export class Peeks {
  readonly #options: RecoveryOptions;
  readonly #known = new Map<EventId, Peek>();

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  async ask(event: EventId, question: Question): Promise<Reply<Question> | Refused> {
    try {
      const found = await this.#peekOf(event);
      if (found === undefined) return { accepted: false, rejection: { reason: 'show_not_found' } };
      const { generation, position, at, state } = found;
      return { accepted: true, generation, position, at, value: reply(state, question) };
    } catch (cause) {
      // Whoever watches asks again; whoever wakes it seals it if that is what it needs.
      this.#options.telemetry.failed('read a sleeping show', cause);
      return { accepted: false, rejection: busy };
    }
  }

  /** Many watchers of a sleeping show read it once. */
  #peekOf(event: EventId): Promise<Recovered | undefined> {
    const { clock } = this.#options;
    const known = this.#known.get(event);
    if (known !== undefined && known.until > clock.monotonic()) return known.found;
    for (const [old, { until }] of this.#known) {
      if (until <= clock.monotonic()) this.#known.delete(old);
    }
    const found = peek(this.#options, event);
    this.#known.set(event, { found, until: clock.monotonic() + peekMs });
    return found;
  }
}

interface Peek {
  readonly found: Promise<Recovered | undefined>;
  readonly until: number;
}
