import { useLayoutEffect } from 'preact/hooks';
import { noKeys, press } from '../reading/wedge.ts';

/** Codes from a hand scanner that types, wherever the focus is. */
export function useWedge(onCode: (code: string) => void): void {
  // It types a code once: who is not there before the screen is seen has lost it.
  useLayoutEffect(() => {
    let wedge = noKeys;
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const keyed = press(wedge, event.key, event.timeStamp);
      wedge = keyed.wedge;
      // A code has spaces, and ends with Enter: both would press the button that has the focus.
      if (keyed.isTaken) event.preventDefault();
      if (keyed.code !== undefined) onCode(keyed.code);
    };
    addEventListener('keydown', listen, { capture: true });
    return () => removeEventListener('keydown', listen, { capture: true });
  }, [onCode]);
}
