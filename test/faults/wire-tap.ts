import type { WebSocketConstructor } from '@ingressou/client-sdk';
import {
  type ClientMessage,
  type CommandId,
  type ServerMessage,
  unpack,
} from '@ingressou/protocol';
import { WebSocket } from 'undici';

/** How often each command was sent, and what was said to it each time. */
export class Attempts {
  readonly #sent = new Map<CommandId, number>();
  readonly #heard = new Map<CommandId, string[]>();

  sent(id: CommandId): void {
    this.#sent.set(id, this.timesSent(id) + 1);
  }

  heard(id: CommandId, answer: string): void {
    const heard = this.#heard.get(id);
    if (heard === undefined) this.#heard.set(id, [answer]);
    else heard.push(answer);
  }

  timesSent(id: CommandId): number {
    return this.#sent.get(id) ?? 0;
  }

  /** What the server said, in its order. */
  answersTo(id: CommandId): readonly string[] {
    return this.#heard.get(id) ?? [];
  }

  /** Whether every attempt was answered, and none with "unknown": then nothing is still under way. */
  isCertain(id: CommandId): boolean {
    const answers = this.answersTo(id);
    return this.timesSent(id) === answers.length && !answers.includes('outcome_unknown');
  }
}

/** A WebSocket that notes which commands pass, because the SDK repeats them by itself. */
export function tapped(attempts: Attempts): WebSocketConstructor {
  return class extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      this.addEventListener('message', ({ data }: { readonly data: unknown }) => {
        if (data instanceof ArrayBuffer) heard(attempts, unpack(new Uint8Array(data)));
      });
    }

    override send(data: Parameters<WebSocket['send']>[0]): void {
      if (data instanceof Uint8Array) said(attempts, unpack(data));
      super.send(data);
    }
  };
}

function said(attempts: Attempts, message: unknown): void {
  const { type, ...rest } = message as ClientMessage;
  const isCommand = type === 'reserve' || type === 'extend' || type === 'release';
  if (isCommand && 'id' in rest) attempts.sent(rest.id);
}

function heard(attempts: Attempts, message: unknown): void {
  const answer = message as ServerMessage;
  if (answer.type === 'accepted') attempts.heard(answer.re, 'accepted');
  if (answer.type === 'rejected') attempts.heard(answer.re as CommandId, answer.reason);
}
