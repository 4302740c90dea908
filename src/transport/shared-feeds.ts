import type { EventId } from '@ingressou/protocol';
import type { Feeds } from '../ports/feeds.ts';

/** Feeds for several who follow shows: one is let go when nobody follows it any more. */
export class SharedFeeds implements Feeds {
  readonly #feeds: Feeds;
  readonly #followers = new Map<EventId, number>();

  constructor(feeds: Feeds) {
    this.#feeds = feeds;
  }

  follow(event: EventId): void {
    const before = this.#followers.get(event) ?? 0;
    this.#followers.set(event, before + 1);
    if (before === 0) this.#feeds.follow(event);
  }

  unfollow(event: EventId): void {
    const left = (this.#followers.get(event) ?? 0) - 1;
    if (left > 0) return void this.#followers.set(event, left);
    this.#followers.delete(event);
    this.#feeds.unfollow(event);
  }
}
