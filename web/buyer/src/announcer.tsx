import type { LiveShow } from './live-show.ts';

/** What is said aloud and not shown: everything it says is on the page too, but may go unseen. */
export function Announcer({ live }: { readonly live: LiveShow }) {
  return <output class="unseen">{live.announcement.value}</output>;
}
