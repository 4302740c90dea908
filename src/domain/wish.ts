import type { Command } from './commands.ts';

/**
 * A fingerprint of a command's body, to tell a retry from an id used twice. 53 bits, not
 * cryptographic: whoever makes two bodies of their own collide fools only themselves, since the
 * subject is part of the body.
 */
export function wishOf(command: Command): number {
  return fingerprint(bodyOf(command));
}

function bodyOf(command: Command): string {
  switch (command.type) {
    case 'create_show':
      return `create_show|${command.holdMs}|${command.extendMs}|${command.limit}`;
    case 'open_lot':
      return `open_lot|${command.priceCents}|${command.quantity}|${command.sector}|${command.name}`;
    case 'open_sale':
      return `open_sale|${command.opensAt ?? 'now'}`;
    case 'pause_sale':
      return 'pause_sale';
    case 'reserve': {
      let body = `reserve|${command.subject}`;
      for (const { lot, quantity } of command.items) body += `|${lot}|${quantity}`;
      return body;
    }
    case 'extend':
      return `extend|${command.subject}|${command.hold}`;
    case 'release':
      return `release|${command.subject}|${command.hold}`;
    case 'confirm_payment':
      return `confirm_payment|${command.charge}|${command.hold}`;
    case 'expire':
      return `expire|${command.hold}`;
    case 'open_scheduled_sale':
      return 'open_scheduled_sale';
  }
}

/** Two 32-bit multiply-xor lanes (the mixing steps of MurmurHash3) joined to 53 bits. */
function fingerprint(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    high = Math.imul(high ^ unit, 2654435761);
    low = Math.imul(low ^ unit, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}
