import { type LotId, type ServerMessage, unpack } from '@ingressou/protocol';
import { median } from '../samples.ts';
import type { DeltaResult } from './plan.ts';

type News = Extract<ServerMessage, { readonly type: 'state' | 'delta' }>;

/** One socket that follows a show, and whether what it hears adds up. */
export class Watcher {
  deltas = 0;
  gaps = 0;
  position = -1;
  readonly #available = new Map<LotId, number>();

  hear(news: News): void {
    if (news.type === 'delta') this.#hearDelta(news);
    else this.position = news.position;
    for (const { id, available } of news.lots) this.#available.set(id, available);
  }

  /** Free units as this socket was told last. */
  get available(): Readonly<Record<LotId, number>> {
    return Object.fromEntries(this.#available);
  }

  #hearDelta({ from, to }: Extract<News, { readonly type: 'delta' }>): void {
    this.deltas += 1;
    const isNext = from <= this.position && this.position < to;
    if (!isNext) this.gaps += 1;
    this.position = to;
  }
}

/**
 * Decodes what is broadcast. Thousands of sockets get the same bytes one after the other, so the
 * last frame is compared before it is decoded again.
 */
export class NewsReader {
  #bytes: Buffer = Buffer.alloc(0);
  #news: News | undefined;

  read(bytes: Buffer, begin: number, end: number): News {
    if (this.#news !== undefined && this.#bytes.compare(bytes, begin, end) === 0) return this.#news;
    this.#bytes = Buffer.from(bytes.subarray(begin, end));
    this.#news = unpack(this.#bytes) as News;
    return this.#news;
  }
}

/** All watchers together. */
export function deltaResultOf(watchers: readonly Watcher[]): DeltaResult {
  const deltas = watchers.map((watcher) => watcher.deltas);
  const positions = watchers.map((watcher) => watcher.position);
  const available = watchers.at(-1)?.available ?? {};
  const said = textOf(available);
  return {
    perSocket: { min: Math.min(...deltas), median: median(deltas), max: Math.max(...deltas) },
    gaps: watchers.reduce((sum, watcher) => sum + watcher.gaps, 0),
    positions: { min: Math.min(...positions), max: Math.max(...positions) },
    available,
    disagreeing: watchers.filter((watcher) => textOf(watcher.available) !== said).length,
  };
}

function textOf(available: Readonly<Record<LotId, number>>): string {
  return JSON.stringify(Object.entries(available).sort());
}
