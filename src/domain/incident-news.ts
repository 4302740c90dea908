import type { IncidentKind } from '@ingressou/protocol';
import type { Fact } from './facts.ts';

/** Kinds of incidents that are news by a fact, each as often as it is. New rules count nothing anew. */
export function kindsOfNews(fact: Fact): IncidentKind[] {
  switch (fact.type) {
    case 'scanned':
    case 'scans_merged':
    case 'refund_due':
    case 'charged_back':
    case 'ticket_freed':
      return (fact.incidents ?? []).map(({ kind }) => kind);
    case 'scans_quarantined':
      return ['log_quarantined'];
    default:
      return [];
  }
}

/** Whether incidents came, went or changed by a fact; or may have, where only the show can say. */
export function mayChangeIncidents(fact: Fact): boolean {
  switch (fact.type) {
    case 'incidents_seen':
    case 'checkpoints_set':
      return true;
    default:
      return kindsOfNews(fact).length > 0 || ('gone' in fact && fact.gone !== undefined);
  }
}
