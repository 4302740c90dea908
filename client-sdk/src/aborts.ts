/** Calls `end` when one of the signals is aborted. Returns what ends the listening. */
export function onAbort(signals: readonly AbortSignal[], end: () => void): () => void {
  for (const signal of signals) signal.addEventListener('abort', end);
  return () => {
    for (const signal of signals) signal.removeEventListener('abort', end);
  };
}

/** Throws the reason of the first that is aborted. */
export function throwIfAborted(signals: readonly AbortSignal[]): void {
  for (const signal of signals) signal.throwIfAborted();
}
