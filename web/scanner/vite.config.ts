import { createRequire } from 'node:module';
import preact from '@preact/preset-vite';
import { defaultClientConditions, defineConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { icons } from './build/icons.ts';

/** A node at its default address answers what the page asks for while it is being worked on. */
const node = 'http://127.0.0.1:8080';

/**
 * The decoder's WebAssembly has to be the one that the decoder itself depends on: a newer one beside
 * it would load and then say "Barcode detection service unavailable".
 */
const detector = createRequire(createRequire(import.meta.url).resolve('barcode-detector'));
const decoderWasm = detector.resolve('zxing-wasm/reader/zxing_reader.wasm');

export default defineConfig({
  base: '/scanner/',
  plugins: [
    preact(),
    icons(),
    VitePWA({
      // A gate in the middle of a queue is never reloaded under its operator's hands.
      registerType: 'prompt',
      injectRegister: false,
      manifest: {
        id: '/scanner/',
        name: 'Ingressou Portaria',
        short_name: 'Portaria',
        description: 'Lê ingressos na portaria, com ou sem internet.',
        lang: 'pt-BR',
        start_url: '/scanner/',
        scope: '/scanner/',
        display: 'standalone',
        orientation: 'any',
        background_color: '#0b0d12',
        theme_color: '#0b0d12',
        icons: [
          { src: 'icons/icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: 'icons/icon-512.png', sizes: '512x512', type: 'image/png' },
          {
            src: 'icons/maskable-512.png',
            sizes: '512x512',
            type: 'image/png',
            purpose: 'maskable',
          },
        ],
      },
      workbox: {
        globPatterns: ['**/*.{html,js,css,png,wasm}'],
        // zxing's decoder is 931 kB, and without it a phone that is offline reads nothing.
        maximumFileSizeToCacheInBytes: 2 * 1024 * 1024,
        navigateFallback: 'index.html',
        // The first visit must be enough: a scanner is set up minutes before the network goes.
        clientsClaim: true,
        cleanupOutdatedCaches: true,
        inlineWorkboxRuntime: true,
        sourcemap: false,
      },
    }),
  ],
  resolve: {
    // Our own packages are built from their sources.
    conditions: ['source', ...defaultClientConditions],
    alias: { 'virtual:decoder-wasm': `${decoderWasm}?url` },
  },
  build: {
    // The page's policy forbids inline anything; every asset is a file with a hash in its name.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // How long the plugins take is no news for whoever starts a clone.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  server: { proxy: { '/v1': { target: node, ws: true } } },
});
