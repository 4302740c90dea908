import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Link, LiveShow } from './live-show.ts';
import { texts } from './texts.ts';

/** Tells the truth about the numbers on the page while the connection is not live. */
export function ConnectionBanner({ live }: { readonly live: LiveShow }) {
  const link = live.link.value;
  switch (link.state) {
    case 'idle':
    case 'connecting':
    case 'closed':
      return null;
    case 'live':
      return live.view.value?.isStale ? <Strip>{texts.catchingUp}</Strip> : null;
    case 'resuming':
      return <Strip>{texts.reconnecting}</Strip>;
    case 'stale':
      return <Stale lostAt={link.lostAt ?? performance.now()} retry={() => live.retryNow()} />;
    case 'failed':
      return <Failed reason={link.reason} />;
  }
}

function Stale({ lostAt, retry }: { readonly lostAt: number; readonly retry: () => void }) {
  const seconds = useSecondsSince(lostAt);
  return (
    <Strip isWarning>
      <span>{texts.offlineFor(seconds)}</span>
      <button type="button" class="button" onClick={retry}>
        {texts.retryNow}
      </button>
    </Strip>
  );
}

function Failed({ reason }: Pick<Link, 'reason'>) {
  const isKnown = reason === 'replaced' || reason === 'newer_server';
  return (
    <Strip isWarning>
      <span role="alert">{texts.failed[isKnown ? reason : 'other']}</span>
      <button type="button" class="button" onClick={() => location.reload()}>
        {texts.reload}
      </button>
    </Strip>
  );
}

function Strip({
  isWarning = false,
  children,
}: {
  readonly isWarning?: boolean;
  readonly children: ComponentChildren;
}) {
  return <div class={isWarning ? 'strip warning' : 'strip'}>{children}</div>;
}

/** The server cannot be asked for the time now, and seconds of absence need no server. */
function useSecondsSince(start: number): number {
  const secondsNow = () => Math.floor((performance.now() - start) / 1000);
  const [seconds, setSeconds] = useState(secondsNow);
  useEffect(() => {
    const timer = setInterval(
      () => setSeconds(Math.floor((performance.now() - start) / 1000)),
      500,
    );
    return () => clearInterval(timer);
  }, [start]);
  return seconds;
}
