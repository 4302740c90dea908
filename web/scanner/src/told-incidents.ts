import type { ServerMessage } from '@ingressou/protocol';

/** Ids of the incidents that nobody has seen, as far as this device was told. */
export interface ToldIncidents {
  /** Of the show's history: what was told of an older one may never have happened. */
  readonly generation: number;
  readonly unseen: ReadonlySet<string>;
}

/** On a new socket the newest are told again, and what happened meanwhile to the others is not. */
export const nothingTold: ToldIncidents = { generation: 0, unseen: new Set() };

/** What is known after this message; the same when it says nothing about incidents. */
export function toldBy(known: ToldIncidents, message: ServerMessage): ToldIncidents {
  if (message.type !== 'incident' && message.type !== 'incident_gone') return known;
  const { generation } = message;
  if (generation < known.generation) return known;
  const unseen = new Set(generation > known.generation ? [] : known.unseen);
  if (message.type === 'incident_gone') unseen.delete(message.id);
  else if (message.incident.isSeen) unseen.delete(message.incident.id);
  else unseen.add(message.incident.id);
  return { generation, unseen };
}
