import { cryptoRandom } from '@ingressou/client-sdk/backoff';
import { systemClock } from '@ingressou/client-sdk/clock';
import { type CommandId, type EventId, type ServerMessage, uuid7 } from '@ingressou/protocol';
import { signal } from '@preact/signals';
import { GateLink } from '../link/gate-link.ts';
import { withIncident, withoutIncident } from './changed-incidents.ts';
import type { PanelPass } from './panel-pass.ts';

export type Gates = Extract<ServerMessage, { readonly type: 'gates' }>;

/** Longer than any answer takes. */
const answerMs = 10_000;

/** The gates of one show as they are now, for as long as somebody looks. */
export class WatchedGates {
  readonly latest = signal<Gates | undefined>(undefined);
  readonly refusal = signal<string | undefined>(undefined);
  readonly link: GateLink;
  readonly #event: EventId;

  constructor({ token, event }: PanelPass) {
    this.#event = event;
    this.link = new GateLink({
      url: `${location.origin.replace(/^http/, 'ws')}/v1/live`,
      webSocket: WebSocket,
      clock: systemClock,
      random: cryptoRandom,
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

  /** Somebody has looked at these incidents. False when that could not be noted now. */
  async see(incidents: readonly string[]): Promise<boolean> {
    const id = uuid7<CommandId>(this.now(), crypto.getRandomValues(new Uint8Array(16)));
    const seen = { type: 'see_incidents', id, event: this.#event, incidents } as const;
    const answer = await this.link.ask(seen, answerMs);
    return answer?.type === 'accepted';
  }

  #hear(message: ServerMessage): void {
    if (message.type === 'gates') this.latest.value = message;
    // Only what the watch is told: an answer that came too late is no word about it.
    const isOfWatch = message.type === 'rejected' && message.re === this.#event;
    if (isOfWatch && !message.retryable) this.refusal.value = message.reason;
    if (message.type === 'incident') this.#change((all) => withIncident(all, message.incident));
    if (message.type === 'incident_gone') this.#change((all) => withoutIncident(all, message.id));
  }

  #change(how: (incidents: Gates['incidents']) => Gates['incidents']): void {
    const gates = this.latest.value;
    if (gates !== undefined) this.latest.value = { ...gates, incidents: how(gates.incidents) };
  }
}
