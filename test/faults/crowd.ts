import type { EventId, SubjectId } from '@ingressou/protocol';
import type { Random } from '../simulation/random.ts';
import { type Answered, Buyer } from './buyer.ts';
import type { History, Outcome } from './history.ts';
import type { SaleShow } from './shows.ts';

export interface CrowdOptions {
  /** Where buyers come in; they are spread over all of them. */
  readonly urls: readonly string[];
  readonly buyers: number;
  /** Wishes a second, of these shows, whatever the answers do. */
  readonly rate: number;
  readonly shows: readonly SaleShow[];
  readonly random: Random;
  readonly history: History;
  readonly newToken: () => Promise<{ readonly token: string; readonly subject: SubjectId }>;
}

/** What a buyer can be told that is about the house and not about the wish. */
const troubles: ReadonlySet<string> = new Set([
  'busy',
  'outcome_unknown',
  'internal_error',
  'sealed',
  'too_fast',
  'show_not_found',
  'lot_not_found',
  'id_out_of_time',
  'id_reused',
  'sign_in_required',
  'forbidden',
]);

const tickMs = 5;
/** Wishes of a run that are repeated after it. */
const repeatsMax = 100;

/** People who arrive at a fixed rate and do not wait for each other, however slow the house is. */
export class Crowd {
  /** Every final answer, in the order they came. */
  readonly answers: readonly Answered[];
  /** Wishes that were not made because their buyer waits for too many answers. */
  shed = 0;
  readonly #options: CrowdOptions;
  readonly #buyers: readonly Buyer[];
  readonly #arrivals: Random;
  /** Wishes without an answer, and when they were made. */
  readonly #wishes = new Map<Promise<void>, number>();
  readonly #known = new Map<EventId, SaleShow>();
  #timer: NodeJS.Timeout | undefined;
  #startedAt = 0;
  #arrived = 0;

  private constructor(
    options: CrowdOptions,
    buyers: readonly Buyer[],
    answers: readonly Answered[],
  ) {
    this.#options = options;
    this.#buyers = buyers;
    this.answers = answers;
    this.#arrivals = options.random.fork('arrivals');
  }

  /** Everybody begins to connect. */
  static async gather(options: CrowdOptions): Promise<Crowd> {
    const answers: Answered[] = [];
    const people = Array.from({ length: options.buyers }, async (_, index) => {
      const { token, subject } = await options.newToken();
      return new Buyer({
        url: options.urls[index % options.urls.length]!,
        token,
        subject,
        random: options.random.fork(`buyer ${index}`),
        history: options.history,
        onAnswer: (answered) => answers.push(answered),
      });
    });
    return new Crowd(options, await Promise.all(people), answers);
  }

  get buyers(): readonly Buyer[] {
    return this.#buyers;
  }

  get areAllLive(): boolean {
    return this.#buyers.every(({ isLive }) => isLive);
  }

  get inFlight(): number {
    return this.#wishes.size;
  }

  /** Lets people arrive from now on. */
  open(): void {
    this.#startedAt = performance.now();
    this.#arrived = 0;
    this.#timer = setInterval(() => this.#arrive(), tickMs);
  }

  /** Nobody arrives any more. Resolves when every wish is answered. */
  async settle(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#wishes.keys());
  }

  /** One wish of one show, by anybody, now. */
  wish(show: SaleShow): void {
    this.#known.set(show.event, show);
    const free = this.#buyers.filter((buyer) => !buyer.isBusy && !buyer.hasFailed);
    if (free.length === 0) {
      this.shed += 1;
      return;
    }
    const wish = this.#arrivals.pick(free).wish(show);
    this.#wishes.set(wish, performance.now());
    void wish.finally(() => this.#wishes.delete(wish));
  }

  /** The answers to wishes that were made after `since`. */
  answersSince(since: number): Answered[] {
    return this.answers.filter(({ invokedAt }) => invokedAt >= since);
  }

  /** How long anybody waited for a final answer, or waits still, to a wish made after `since`. */
  longestWait(since: number): number {
    const now = performance.now();
    const answered = this.answersSince(since).map(({ at, invokedAt }) => at - invokedAt);
    const waiting = [...this.#wishes.values()].filter((at) => at >= since).map((at) => now - at);
    return Math.max(0, ...answered, ...waiting);
  }

  /** What buyers were told that is not about their wish, and how often. */
  troublesSince(since: number): Record<string, number> {
    const told: Record<string, number> = {};
    for (const { outcome, at } of this.answers) {
      if (at < since || outcome.isAccepted || !troubles.has(outcome.reason)) continue;
      told[outcome.reason] = (told[outcome.reason] ?? 0) + 1;
    }
    return told;
  }

  /** Milliseconds from `since` to the first yes to a younger wish, of each of these shows. */
  firstYes(events: ReadonlySet<EventId>, since: number): Map<EventId, number> {
    const first = new Map<EventId, number>();
    for (const { wish, invokedAt, at, outcome } of this.answers) {
      if (invokedAt < since || !outcome.isAccepted || !events.has(wish.event)) continue;
      first.set(
        wish.event,
        Math.min(first.get(wish.event) ?? Number.POSITIVE_INFINITY, at - since),
      );
    }
    return first;
  }

  /**
   * Repeats some accepted wishes with their ids, each in the name it was made in, and tells how
   * many. What is answered otherwise than before is a sentence in `broken`.
   */
  async repeatSome(): Promise<{ readonly count: number; readonly broken: string[] }> {
    const there = new Map(this.#buyers.map((buyer) => [buyer.subject, buyer]));
    for (const [subject, { hasFailed }] of there) if (hasFailed) there.delete(subject);
    const yes = this.answers.filter(
      ({ wish, outcome }) => outcome.isAccepted && there.has(wish.subject),
    );
    const step = Math.max(1, Math.floor(yes.length / repeatsMax));
    const some = yes.filter((_, index) => index % step === 0);
    const broken = await Promise.all(
      some.map(async ({ wish, outcome }) => {
        const again = await there.get(wish.subject)?.repeat(this.#known.get(wish.event)!, wish);
        if (again !== undefined && isSameYes(outcome, again)) return [];
        return [`The ${wish.type} ${wish.id} was repeated and answered ${describe(again)}.`];
      }),
    );
    return { count: some.length, broken: broken.flat() };
  }

  close(): void {
    clearInterval(this.#timer);
    for (const buyer of this.#buyers) buyer.close();
  }

  #arrive(): void {
    const { rate, shows } = this.#options;
    const due = ((performance.now() - this.#startedAt) / 1000) * rate;
    for (; this.#arrived < due; this.#arrived += 1) this.wish(this.#arrivals.pick(shows));
  }
}

function isSameYes(before: Outcome, again: Outcome): boolean {
  if (!before.isAccepted || !again.isAccepted) return false;
  return before.expiresAt === again.expiresAt;
}

function describe(outcome: Outcome | undefined): string {
  if (outcome === undefined) return 'by nobody';
  return outcome.isAccepted ? `yes until ${outcome.expiresAt}` : outcome.reason;
}
