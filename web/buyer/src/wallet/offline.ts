const cacheName = 'ingressou-wallet';
/** The page without a ticket: the same file whatever its address. */
const shell = '/carteira';

/**
 * Keeps the page and its files, so that the next visit needs no network. The worker cannot do it
 * alone: the first visit loads everything before there is one.
 */
export async function keepForOffline(): Promise<void> {
  if (!('serviceWorker' in navigator) || !navigator.onLine) return;
  await navigator.serviceWorker.register('/wallet-worker.js', { scope: shell });
  const files = [
    ...document.querySelectorAll<HTMLScriptElement>('script[src]'),
    ...document.querySelectorAll<HTMLLinkElement>('link[rel=stylesheet], link[rel=modulepreload]'),
    ...document.querySelectorAll<HTMLLinkElement>('link[rel=icon]'),
  ].map((element) => ('src' in element ? element.src : element.href));
  const cache = await caches.open(cacheName);
  await cache.addAll([shell, ...new Set(files)]);
  await forget(cache, new Set(files));
  // Without it a browser that needs room takes the tickets first.
  await navigator.storage?.persist?.();
}

/** Files of versions that this page does not need. */
async function forget(cache: Cache, files: ReadonlySet<string>): Promise<void> {
  for (const { url } of await cache.keys()) {
    const isNeeded = files.has(url) || new URL(url).pathname === shell;
    if (!isNeeded) await cache.delete(url);
  }
}
