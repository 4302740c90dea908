import preact from '@preact/preset-vite';
import { defaultClientConditions, defineConfig } from 'vite';

/** A node at its default address answers what the page asks for while it is being worked on. */
const node = 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [preact()],
  // Our own packages are built from their sources.
  resolve: { conditions: ['source', ...defaultClientConditions] },
  build: {
    // The page's policy forbids inline anything; every asset is a file with a hash in its name.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ['index.html', 'wallet.html'] },
  },
  server: { proxy: { '/v1': { target: node, ws: true } } },
});
