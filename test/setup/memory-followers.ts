import type { EventId, NodeId } from '@ingressou/protocol';
import type { Followers, Place } from '../../src/ports/followers.ts';
import type { Head, Journal } from '../../src/ports/journal.ts';

export interface MemoryFollowersOptions {
  readonly journal: Pick<Journal, 'head' | 'list'>;
  readonly isAlive: (node: NodeId) => boolean;
}

/** The places without a database; `advances` counts what a database would have written. */
export class MemoryFollowers implements Followers {
  readonly #options: MemoryFollowersOptions;
  readonly #places = new Map<string, Place & { readonly isFree: boolean }>();
  advances = 0;
  /** Thrown by every question while it is there. */
  failure: Error | undefined;

  constructor(options: MemoryFollowersOptions) {
    this.#options = options;
  }

  async behind(names: readonly string[], node: NodeId, max: number): Promise<EventId[]> {
    this.#check();
    const heads = await this.#options.journal.list(undefined, Number.POSITIVE_INFINITY);
    const isBehind = (head: Head, name: string): boolean => {
      const place = this.placeOf(head.event, name);
      const lags = head.position > (place?.position ?? 0);
      const isOld = place !== undefined && place.generation < head.generation;
      return (lags || isOld) && this.#isFor(place, node);
    };
    const behind = heads.filter((head) => names.some((name) => isBehind(head, name)));
    return behind.slice(0, max).map(({ event }) => event);
  }

  async claim(names: readonly string[], event: EventId, node: NodeId): Promise<Place[]> {
    this.#check();
    const head = await this.#options.journal.head(event);
    if (head === undefined || !this.#options.isAlive(node)) return [];
    const free = names.filter((name) => this.#isFor(this.placeOf(event, name), node));
    return free.map((name) => this.#claim(head, name, node));
  }

  async advance(place: Place, position: number): Promise<Place | undefined> {
    this.#check();
    const kept = this.placeOf(place.event, place.name);
    if (kept?.owner !== place.owner || kept.epoch !== place.epoch || kept.isFree) return undefined;
    this.advances += 1;
    return this.#keep({ ...place, position: Math.max(kept.position, position) });
  }

  async release(places: readonly Place[]): Promise<void> {
    this.#check();
    for (const { event, name, owner, epoch } of places) {
      const kept = this.placeOf(event, name);
      if (kept?.owner === owner && kept.epoch === epoch) this.#keep(kept, true);
    }
  }

  placeOf(event: EventId, name: string) {
    return this.#places.get(`${event} ${name}`);
  }

  #claim({ event, position: end, generation }: Head, name: string, owner: NodeId): Place {
    const kept = this.placeOf(event, name);
    const position = kept?.position ?? 0;
    return this.#keep({
      name,
      event,
      owner,
      epoch: (kept?.epoch ?? 0) + 1,
      position: kept?.generation === generation ? position : Math.min(position, end),
      generation,
    });
  }

  #keep(place: Place, isFree = false): Place {
    const { name, event, owner, epoch, position, generation } = place;
    const kept = { name, event, owner, epoch, position, generation };
    this.#places.set(`${event} ${name}`, { ...kept, isFree });
    return kept;
  }

  #isFor(place: (Place & { readonly isFree: boolean }) | undefined, node: NodeId): boolean {
    if (place === undefined || place.isFree || place.owner === node) return true;
    return !this.#options.isAlive(place.owner);
  }

  #check(): void {
    if (this.failure !== undefined) throw this.failure;
  }
}
