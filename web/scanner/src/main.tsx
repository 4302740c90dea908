import { registerSW } from 'virtual:pwa-register';
import { render } from 'preact';
import { App } from './app.tsx';
import { Scanner } from './scanner.ts';

const root = document.getElementById('app');
if (root === null) throw new Error('index.html has no #app.');
const scanner = new Scanner();
const reload = registerSW({
  immediate: true,
  onNeedRefresh: () => {
    scanner.update.value = () => void reload(true);
  },
});
// Nothing sounds before the page was touched.
addEventListener('pointerdown', () => scanner.alarm.wake(), { capture: true });
addEventListener('keydown', () => scanner.alarm.wake(), { capture: true });
render(<App scanner={scanner} />, root);
