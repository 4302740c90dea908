import type { Command } from './commands.ts';
import { nowhere } from './row-index.ts';
import type { ShowState } from './state.ts';

/** What time alone will bring next: the command to decide once `at` has come. */
export interface Deadline {
  readonly at: number;
  readonly command: Command;
}

/** The earliest deadline of a show, if it has any. */
export function nextDeadline(state: ShowState): Deadline | undefined {
  const expiry = state.expiries.peek();
  const { opensAt } = state.sale;
  const { undoing } = state;
  if (undoing !== undefined && undoing.next !== nowhere) {
    return { at: undoing.since, command: { type: 'undo_next_order' } };
  }
  if (opensAt !== undefined && (expiry === undefined || opensAt <= expiry.at)) {
    return { at: opensAt, command: { type: 'open_scheduled_sale' } };
  }
  if (expiry === undefined) return undefined;
  return { at: expiry.at, command: { type: 'expire', hold: state.holds.idAt(expiry.row) } };
}
