/** The only source of time. Production has one, a simulation its own. */
export interface Clock {
  /** Milliseconds since 1970. May step; what is decided with it is made monotone by the actor. */
  now(): number;
  /** Milliseconds that never step, for deadlines of this process. */
  monotonic(): number;
  /** Runs `task` once after `delayMs`, unless cancelled first. */
  after(delayMs: number, task: () => void): Timer;
  /** Runs `task` when the messages that have already arrived were handed over. */
  soon(task: () => void): void;
}

export interface Timer {
  cancel(): void;
}
