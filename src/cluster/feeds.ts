import type { EventId } from '@ingressou/protocol';
import { type Bus, busBytesMax, type Listening } from '../ports/bus.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import type { Committed } from '../ports/commands.ts';
import type { Feeds, Standing } from '../ports/feeds.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import {
  packAnnouncement,
  packFacts,
  packStandings,
  unpackAnnouncement,
  unpackFacts,
  unpackStandings,
} from './frames.ts';
import { subjects } from './subjects.ts';

export interface FeedPublisherOptions {
  readonly bus: Bus;
  readonly prefix: string;
  readonly clock: Clock;
}

/** How often it is said how far the shows have come that changed lately, and what lately is. */
const beaconMs = 1_000;
const latelyMs = 3_000;
/** Standings of one message. */
const standingsMax = 1_000;

/**
 * Tells the other nodes what the shows of this one make durable. The bus may lose any of it, so
 * for a while it is said again how far each show has come: whoever is behind that asks.
 */
export class FeedPublisher {
  readonly #options: FeedPublisherOptions;
  readonly #changed = new Map<EventId, Changed>();
  #beacon: Timer | undefined;

  constructor(options: FeedPublisherOptions) {
    this.#options = options;
  }

  /** Hears of every row of this node's shows once, in the order of its positions. */
  tell(committed: Committed): void {
    const { bus, prefix, clock } = this.#options;
    const { event, generation, to: position } = committed;
    const standing = { event, generation, position };
    this.#changed.set(event, { standing, at: clock.monotonic() });
    this.#beacon ??= clock.after(beaconMs, () => this.#shine());
    if (!bus.isUp) return;
    const bytes = packFacts(committed);
    if (bytes.length <= busBytesMax) bus.publish(subjects(prefix).facts(event), bytes);
    else bus.publish(subjects(prefix).standings, packStandings([standing]));
    const [first] = committed.facts;
    if (first?.type !== 'owned') return;
    bus.publish(subjects(prefix).owners, packAnnouncement({ ...standing, node: first.owner }));
  }

  close(): void {
    this.#beacon?.cancel();
  }

  /** What changes while the bus is away is told when it is back, however long that takes. */
  #shine(): void {
    const { bus, clock } = this.#options;
    if (bus.isUp) this.#tellStandings();
    const isOver = this.#changed.size === 0;
    this.#beacon = isOver ? undefined : clock.after(beaconMs, () => this.#shine());
  }

  #tellStandings(): void {
    const { bus, prefix, clock } = this.#options;
    const since = clock.monotonic() - latelyMs;
    const standings = [...this.#changed.values()].map(({ standing }) => standing);
    for (let from = 0; from < standings.length; from += standingsMax) {
      const page = standings.slice(from, from + standingsMax);
      bus.publish(subjects(prefix).standings, packStandings(page));
    }
    for (const [event, { at }] of this.#changed) if (at < since) this.#changed.delete(event);
  }
}

interface Changed {
  readonly standing: Standing;
  readonly at: number;
}

export interface FeedFollowerOptions {
  readonly bus: Bus;
  readonly prefix: string;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly onCommitted: (committed: Committed) => void;
  /** A followed show has come this far, whatever was heard of it. */
  readonly onStanding: (standing: Standing) => void;
  /** Facts of a followed show may have been missed. */
  readonly onMissed: (event: EventId) => void;
}

/** How often followed shows are looked at again though nobody says anything about them. */
const lookMs = 15_000;
/** Shows that are looked at again at a time, and the pause before the next ones. */
const recheckShows = 50;
const recheckMs = 100;

/** Hears what other nodes make durable, of the shows that somebody here looks at. */
export class FeedFollower implements Feeds {
  readonly #options: FeedFollowerOptions;
  readonly #followed = new Map<EventId, Listening>();
  readonly #listenings: Listening[] = [];
  #recheck: Timer | undefined;
  #look: Timer | undefined;
  #isClosed = false;

  constructor(options: FeedFollowerOptions) {
    this.#options = options;
  }

  start(): void {
    const { bus, prefix } = this.#options;
    const { standings, owners } = subjects(prefix);
    this.#hear(standings, (bytes) => {
      for (const standing of unpackStandings(bytes)) this.#onStanding(standing);
    });
    this.#hear(owners, (bytes) => this.#onStanding(unpackAnnouncement(bytes)));
    bus.onChange((isUp) => {
      this.#recheck?.cancel();
      if (isUp) this.#recheckAll([...this.#followed.keys()]);
    });
    this.#lookLater();
  }

  follow(event: EventId): void {
    const { prefix, onCommitted } = this.#options;
    if (this.#followed.has(event)) return;
    const heard = (bytes: Uint8Array) => onCommitted(unpackFacts(event, bytes));
    this.#followed.set(event, this.#listen(subjects(prefix).facts(event), heard));
  }

  unfollow(event: EventId): void {
    this.#followed.get(event)?.end();
    this.#followed.delete(event);
  }

  close(): void {
    this.#isClosed = true;
    this.#recheck?.cancel();
    this.#look?.cancel();
    for (const listening of [...this.#listenings, ...this.#followed.values()]) listening.end();
    this.#followed.clear();
  }

  #hear(subject: string, heard: (bytes: Uint8Array) => void): void {
    this.#listenings.push(this.#listen(subject, heard));
  }

  #onStanding({ event, generation, position }: Standing): void {
    const { onStanding } = this.#options;
    if (this.#followed.has(event)) onStanding({ event, generation, position });
  }

  /** The last facts of an owner may be lost together with it, and nobody serves the show since. */
  #lookLater(): void {
    this.#look = this.#options.clock.after(lookMs, () => {
      this.#recheckAll([...this.#followed.keys()]);
      this.#lookLater();
    });
  }

  /** What was said while the bus was away is lost, and nobody says it again. */
  #recheckAll(events: readonly EventId[]): void {
    const { clock, onMissed } = this.#options;
    if (this.#isClosed) return;
    for (const event of events.slice(0, recheckShows)) {
      if (this.#followed.has(event)) onMissed(event);
    }
    const rest = events.slice(recheckShows);
    if (rest.length > 0) this.#recheck = clock.after(recheckMs, () => this.#recheckAll(rest));
  }

  #listen(subject: string, heard: (bytes: Uint8Array) => void): Listening {
    const { bus, telemetry } = this.#options;
    return bus.listen(subject, (bytes) => {
      try {
        heard(bytes);
      } catch (cause) {
        // A node of another version: what it says is missed, and the standings will tell.
        telemetry.failed('follow the facts of a show', cause);
      }
    });
  }
}
