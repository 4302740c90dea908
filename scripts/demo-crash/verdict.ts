import type { HoldId, HoldView } from '@ingressou/protocol';
import type { Recount } from '../../bench/src/recount.ts';
import type { Ledger, Promised } from './ledger.ts';

/** Sentences about promises that the journal does not keep. */
export function brokenByJournal({ holds }: Ledger, journal: Recount): string[] {
  const broken: string[] = [];
  for (const [id, promised] of holds) {
    const kept = journal.holds.get(id as HoldId);
    if (kept === undefined) broken.push(`Hold ${id} was acknowledged and is not in the journal.`);
    else if (!isSame(promised, kept)) broken.push(`Hold ${id} is not what was acknowledged.`);
    else if (!isPossible(promised, kept.status)) {
      broken.push(
        `Hold ${id} is ${kept.status} in the journal; its buyer asked for no such thing.`,
      );
    }
  }
  return [...broken, ...journal.violations];
}

/** Sentences about promises that a buyer's screen does not show. */
export function brokenByScreen(
  { holds }: Ledger,
  screens: ReadonlyMap<string, HoldView>,
): string[] {
  const broken: string[] = [];
  for (const [id, { release }] of holds) {
    const shown = screens.get(id)?.status;
    const isShown = shown === 'held';
    if (release === 'none' && !isShown) broken.push(`Hold ${id} is on no screen.`);
    if (release === 'done' && isShown) broken.push(`Hold ${id} was given back and is still shown.`);
  }
  return broken;
}

function isSame(promised: Promised, kept: Pick<Promised, 'subject' | 'items'>): boolean {
  const isSameItems = JSON.stringify(promised.items) === JSON.stringify(kept.items);
  return promised.subject === kept.subject && isSameItems;
}

function isPossible({ release, expiresAt }: Promised, status: HoldView['status']): boolean {
  if (status === 'expired') return release !== 'done' && expiresAt <= Date.now();
  if (release === 'asked') return status === 'held' || status === 'released';
  return status === (release === 'done' ? 'released' : 'held');
}
