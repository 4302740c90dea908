import type { EventId, IncidentView, ServerMessage } from '@ingressou/protocol';
import { describe, expect, it } from 'vitest';
import { nothingTold, toldBy } from './told-incidents.ts';

const event = '01938f2e-0000-7000-8000-000000000001' as EventId;

const incident = (id: string, isSeen = false, generation = 1): ServerMessage => {
  const view = { id, kind: 'log_quarantined', isSeen, number: 1 } as IncidentView;
  return { type: 'incident', event, generation, position: 1, incident: view };
};
const gone = (id: string, generation = 1): ServerMessage => {
  return { type: 'incident_gone', event, generation, position: 1, id };
};
const after = (...messages: ServerMessage[]) => [...messages.reduce(toldBy, nothingTold).unseen];

describe('the incidents that a scanner shows', () => {
  it('are those that nobody has seen, each once', () => {
    expect(after(incident('a'), incident('b'), incident('a'))).toEqual(['a', 'b']);
    expect(after(incident('a'), incident('b'), incident('a', true))).toEqual(['b']);
  });

  it('are not there any more when they are explained, and may come back', () => {
    expect(after(incident('a'), incident('b'), gone('a'))).toEqual(['b']);
    expect(after(gone('a'))).toEqual([]);
    expect(after(incident('a'), gone('a'), incident('a'))).toEqual(['a']);
  });

  it('are of one history of the show, the newest', () => {
    expect(after(incident('a'), incident('b', false, 2))).toEqual(['b']);
    expect(after(incident('b', false, 2), incident('a'), gone('b'))).toEqual(['b']);
    expect(after(incident('a'), gone('b', 2))).toEqual([]);
  });

  it('are the same after what says nothing of them', () => {
    const known = toldBy(nothingTold, incident('a'));
    expect(toldBy(known, { type: 'pong', at: 1 })).toBe(known);
  });
});
