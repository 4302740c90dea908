import type { Command } from './commands.ts';

/**
 * A fingerprint of a command's body, to tell a retry from an id used twice. 53 bits, not
 * cryptographic: whoever makes two bodies of their own collide fools only themselves, since the
 * subject is part of the body.
 */
export function wishOf(command: Command): number {
  switch (command.type) {
    case 'create_show':
      return fingerprint([command.type, command.holdMs, command.extendMs, command.limit]);
    case 'open_lot': {
      const { type, priceCents, quantity, sector, name } = command;
      return fingerprint([type, priceCents, quantity, sector, name]);
    }
    case 'open_sale':
      return fingerprint([command.type, command.opensAt ?? 'now']);
    case 'pause_sale':
    case 'open_scheduled_sale':
      return fingerprint([command.type]);
    case 'reserve': {
      const parts: Part[] = [command.type, command.subject];
      for (const { lot, quantity } of command.items) parts.push(lot, quantity);
      return fingerprint(parts);
    }
    case 'extend':
    case 'release':
      return fingerprint([command.type, command.subject, command.hold]);
    case 'confirm_payment':
      return fingerprint([command.type, command.charge, command.hold]);
    case 'expire':
      return fingerprint([command.type, command.hold]);
  }
}

type Part = string | number;

/**
 * Two 32-bit multiply-xor lanes (the mixing steps of MurmurHash3) joined to 53 bits. Texts are
 * mixed unit by unit where they are: joining them first would cost more than the rest.
 */
function fingerprint(parts: readonly Part[]): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (const part of parts) {
    const text = typeof part === 'string' ? part : String(part);
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index);
      high = Math.imul(high ^ unit, 2654435761);
      low = Math.imul(low ^ unit, 1597334677);
    }
    high = Math.imul(high ^ separator, 2654435761);
    low = Math.imul(low ^ separator, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}

/** Between two parts: beyond every UTF-16 unit, so that no text can contain it. */
const separator = 0x10000;
