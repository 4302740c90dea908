import { systemClock } from '@ingressou/client-sdk/clock';
import type { IncidentView, ServerMessage } from '@ingressou/protocol';
import { signal } from '@preact/signals';
import { GateLink } from '../link/gate-link.ts';
import type { PanelPass } from './panel-pass.ts';

export type Gates = Extract<ServerMessage, { readonly type: 'gates' }>;

/** The gates of one show as they are now, for as long as somebody looks. */
export class WatchedGates {
  readonly latest = signal<Gates | undefined>(undefined);
  readonly refusal = signal<string | undefined>(undefined);
  readonly link: GateLink;

  constructor({ token, event }: PanelPass) {
    this.link = new GateLink({
      url: `${location.origin.replace(/^http/, 'ws')}/v1/live`,
      webSocket: WebSocket,
      clock: systemClock,
      random: Math.random,
      token: () => Promise.resolve(token),
      greeting: () => ({ type: 'ping' }),
      onWelcome: () => this.link.send({ type: 'watch_gates', event }),
      onMessage: (message) => this.#hear(message),
    });
  }

  start(): void {
    this.link.start();
  }

  close(): void {
    this.link.close();
  }

  /** By the server's time. */
  now(): number {
    return systemClock.now() + (this.link.offsetMs.value ?? 0);
  }

  #hear(message: ServerMessage): void {
    if (message.type === 'gates') this.latest.value = message;
    if (message.type === 'rejected') this.refusal.value = message.reason;
    if (message.type === 'incident') this.#add(message.incident);
  }

  /** It comes before the next `gates` does. */
  #add(incident: IncidentView): void {
    const gates = this.latest.value;
    if (gates === undefined) return;
    const { latest, total } = gates.incidents;
    const others = latest.filter(({ id }) => id !== incident.id);
    const isNew = others.length === latest.length;
    const incidents = { total: total + (isNew ? 1 : 0), latest: [incident, ...others] };
    this.latest.value = { ...gates, incidents };
  }
}
