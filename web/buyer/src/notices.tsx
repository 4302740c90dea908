import type { LiveShow } from './live-show.ts';
import { texts } from './texts.ts';

/** How holds of mine ended, until I have read it. */
export function Notices({ live }: { readonly live: LiveShow }) {
  return (
    <div role="log" class="notices">
      {live.notices.value.map(({ hold, text }) => (
        <div key={hold} class="notice">
          <p>{text}</p>
          <button
            type="button"
            class="button"
            aria-label={texts.dismiss}
            onClick={() => live.dismiss(hold)}
          >
            ✕
          </button>
        </div>
      ))}
    </div>
  );
}
