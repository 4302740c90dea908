import type { ClientCommand, SubjectId } from '@ingressou/protocol';
import type { Command } from '../domain/commands.ts';

/** A buyer's wish as the show is told of it: whose it is, says the token and never the message. */
export function toCommand(message: ClientCommand, subject: SubjectId): Command {
  switch (message.type) {
    case 'reserve':
      return { type: 'reserve', id: message.id, subject, items: message.items };
    case 'extend':
      return { type: 'extend', id: message.id, subject, hold: message.hold };
    case 'release':
      return { type: 'release', id: message.id, subject, hold: message.hold };
    case 'checkout': {
      const { id, hold, method } = message;
      return { type: 'checkout', id, subject, hold, method };
    }
    case 'cancel':
      return { type: 'cancel', id: message.id, subject, order: message.order };
    case 'refund': {
      const { id, order, serials } = message;
      return { type: 'refund', id, subject, order, ...(serials === undefined ? {} : { serials }) };
    }
  }
}
