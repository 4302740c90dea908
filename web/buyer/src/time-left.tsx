import type { ReadonlySignal } from '@preact/signals';
import { countdown, secondsLeft } from './format.ts';
import { texts } from './texts.ts';

interface TimeLeftProps {
  readonly endsAt: number;
  readonly now: ReadonlySignal<number>;
}

/** Less than this is worth a warning, in seconds. */
const soon = 60;

/** How long something is kept. */
export function TimeLeft({ endsAt, now }: TimeLeftProps) {
  const seconds = secondsLeft(endsAt, now.value);
  if (seconds === 0) return <p class="few">{texts.timeIsUp}</p>;
  return (
    <p class={seconds <= soon ? 'time-left few' : 'time-left'}>
      <span class="unseen">{texts.timeLeft}: </span>
      <span role="timer">{countdown(seconds)}</span>
    </p>
  );
}
