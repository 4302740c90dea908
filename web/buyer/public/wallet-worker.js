// Lets the wallet open without a network: its page and its files are kept by the page itself
// (`src/wallet/offline.ts`), and given from there when the network has none.

const cacheName = 'ingressou-wallet';
const shell = '/carteira';

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (request.mode === 'navigate') event.respondWith(pageOf(request));
  else if (!pathname.startsWith('/v1/')) event.respondWith(fileOf(request));
});

/** The newest page, or the one that is kept. */
async function pageOf(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(shell, { cacheName });
    if (kept !== undefined) return kept;
    throw error;
  }
}

/** Names of files carry a hash of their content: a kept one is never old. */
async function fileOf(request) {
  return (await caches.match(request, { cacheName })) ?? fetch(request);
}
