import { texts } from '../texts.ts';
import { type LogState, unsentOf } from './log-rows.ts';

/** What of a log the server does not have: on its way, or held until somebody has looked. */
export function restOf(state: LogState): string {
  const rest = unsentOf(state);
  return state.quarantine === undefined ? texts.unsent(rest) : texts.held(rest);
}
