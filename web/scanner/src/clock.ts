/** The only source of time, so that a test can bring its own. */
export interface Clock {
  /** Milliseconds since 1970, as the phone believes. */
  now(): number;
  /** Milliseconds that never step. */
  monotonic(): number;
  /** Runs `task` once after `delayMs`, unless it is cancelled first. */
  after(delayMs: number, task: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};
