import { type EventId, UUID_PATTERN } from '@ingressou/protocol';

/** What a producer came in with; kept until the window is closed. */
export interface PanelPass {
  readonly token: string;
  readonly event: EventId;
  readonly title: string;
}

const key = 'ingressou.panel';

export function readPass(): PanelPass | undefined {
  try {
    return parse(JSON.parse(sessionStorage.getItem(key) ?? 'null'));
  } catch {
    // Nothing, or nothing of ours, or a browser that keeps nothing: then it is asked for.
    return undefined;
  }
}

export function writePass(pass: PanelPass | undefined): void {
  try {
    if (pass === undefined) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(pass));
  } catch {
    // As above: it is asked for again after a reload.
  }
}

function parse(value: unknown): PanelPass | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { token, event, title } = value as Record<string, unknown>;
  const isPass =
    typeof token === 'string' &&
    typeof title === 'string' &&
    typeof event === 'string' &&
    UUID_PATTERN.test(event);
  return isPass ? { token, title, event: event as EventId } : undefined;
}
