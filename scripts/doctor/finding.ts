/** What the doctor saw of one thing. */
export interface Finding {
  readonly name: string;
  /** `warn`: it works and will hurt. `fail`: it does not work, or breaks a promise. */
  readonly verdict: 'ok' | 'warn' | 'fail';
  readonly seen: string;
  /** What to do next; always there unless all is well. */
  readonly next?: string;
}

export function ok(name: string, seen: string): Finding {
  return { name, verdict: 'ok', seen };
}

export function warn(name: string, seen: string, next: string): Finding {
  return { name, verdict: 'warn', seen, next };
}

export function fail(name: string, seen: string, next: string): Finding {
  return { name, verdict: 'fail', seen, next };
}
