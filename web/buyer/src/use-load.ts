import { useCallback, useEffect, useState } from 'preact/hooks';

export type Load<T> =
  | { readonly status: 'loading' }
  | { readonly status: 'loaded'; readonly value: T }
  | { readonly status: 'failed'; readonly error: unknown };

/** Loads once, and again when asked to. What comes after the component is gone is disposed of. */
export function useLoad<T>(
  load: () => Promise<T>,
  dispose: (value: T) => void = () => {},
): readonly [Load<T>, retry: () => void] {
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState<Load<T>>({ status: 'loading' });
  // `load` and `dispose` are those of the first render: the page has one address for life.
  useEffect(() => {
    let isGone = false;
    let loaded: T | undefined;
    load().then(
      (value) => {
        if (isGone) return dispose(value);
        loaded = value;
        setState({ status: 'loaded', value });
      },
      (error: unknown) => isGone || setState({ status: 'failed', error }),
    );
    return () => {
      isGone = true;
      if (loaded !== undefined) dispose(loaded);
    };
  }, [attempt]);
  const retry = useCallback(() => {
    setState({ status: 'loading' });
    setAttempt((count) => count + 1);
  }, []);
  return [state, retry];
}
