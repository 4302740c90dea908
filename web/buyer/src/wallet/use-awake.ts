import { useEffect } from 'preact/hooks';

/** Keeps the screen on while a code is shown: queues are slower than screens that go dark. */
export function useAwake(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | undefined;
    let isGone = false;
    const take = async () => {
      if (document.hidden || isGone) return;
      lock = await navigator.wakeLock?.request('screen');
      if (isGone) await lock?.release();
    };
    // A phone that saves its battery says no; then it goes dark as it always does.
    const again = () => void take().catch(() => {});
    again();
    document.addEventListener('visibilitychange', again);
    return () => {
      isGone = true;
      document.removeEventListener('visibilitychange', again);
      lock?.release().catch(() => {});
    };
  }, []);
}
