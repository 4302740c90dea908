import type { Command } from './commands.ts';

/**
 * A fingerprint of a command's body, to tell a retry from an id used twice. 53 bits, not
 * cryptographic: whoever makes two bodies of their own collide fools only themselves, since the
 * subject is part of the body.
 */
export function wishOf(command: Command): number {
  const wish = new Fingerprint().add(command.type);
  switch (command.type) {
    case 'create_show':
      wish
        .add(command.holdMs)
        .add(command.extendMs)
        .add(command.limit)
        .add(command.payMs ?? '')
        .add(command.feeBasisPoints ?? '')
        .add(command.startsAt ?? '')
        .add(command.zoneMinutes ?? '');
      // What came later is only added where it is wished: wishes that are kept stay what they are.
      if (command.isRotating) wish.add('rotating');
      return wish.value();
    case 'open_lot':
      wish
        .add(command.priceCents)
        .add(command.quantity)
        .add(command.sector)
        .add(command.name)
        .add(command.isHalf ? 'half' : 'full');
      // What came later is only added where it is wished: wishes that are kept stay what they are.
      if (command.isNominal) wish.add('nominal');
      if (command.isPrintable) wish.add('printable');
      return wish.value();
    case 'open_sale':
      return wish.add(command.opensAt ?? 'now').value();
    case 'pause_sale':
    case 'cancel_show':
    case 'open_scheduled_sale':
    case 'undo_next_order':
      return wish.value();
    case 'reserve':
      wish.add(command.subject);
      for (const { lot, quantity } of command.items) wish.add(lot).add(quantity);
      return wish.value();
    case 'extend':
    case 'release':
      return wish.add(command.subject).add(command.hold).value();
    case 'checkout':
      return wish.add(command.subject).add(command.hold).add(command.method).value();
    case 'cancel':
      return wish.add(command.subject).add(command.order).value();
    case 'refund':
      wish.add(command.subject ?? '').add(command.order);
      for (const serial of command.serials ?? []) wish.add(serial);
      return wish.value();
    case 'bind_ticket':
      wish.add(command.subject).add(command.order).add(command.serial);
      for (const byte of command.holderKey) wish.add(byte);
      return wish.add(command.mayMove ? 'move' : 'stay').value();
    case 'free_ticket':
      return wish.add(command.serial).value();
    case 'begin_payment':
    case 'charge_back':
      return wish.add(command.charge).add(command.order).value();
    case 'confirm_payment':
      return wish.add(command.charge).add(command.order).add(command.amountCents).value();
    case 'fail_payment':
      return wish.add(command.attempt).add(command.order).add(command.refusal).value();
    case 'note_signed':
      return wish.add(command.order).value();
    case 'note_refunded':
      return wish.add(command.refund).add(command.order).value();
    case 'set_checkpoints':
      return wish.add(JSON.stringify(command.checkpoints)).value();
    case 'enrol_device':
      return wish.add(command.device).add(command.gate).value();
    case 'revoke_device':
      return wish.add(command.device).value();
    case 'report_device':
      return wish.add(command.device).add(command.unsent).add(command.mode).value();
    // The device and the number say which scan it is, and its log what it was.
    case 'scan':
      return wish.add(command.device).add(command.seq).value();
    case 'merge_scans':
      return wish.add(command.device).add(command.log.before.seq).value();
    case 'see_incidents':
      for (const incident of command.incidents) wish.add(incident);
      return wish.value();
    case 'top_up':
      return wish.add(command.device).add(command.serial).add(command.method).value();
    case 'expire':
      return wish.add(command.hold).value();
  }
}

/** Between two parts: beyond every UTF-16 unit, so that no text can contain it. */
const separator = 0x10000;

/**
 * Two 32-bit multiply-xor lanes (the mixing steps of MurmurHash3) joined to 53 bits. Texts are
 * mixed unit by unit where they are: joining them first would cost more than the rest.
 */
class Fingerprint {
  #high = 0xdeadbeef | 0;
  #low = 0x41c6ce57;

  add(part: string | number): this {
    const text = typeof part === 'string' ? part : String(part);
    let high = this.#high;
    let low = this.#low;
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index);
      high = Math.imul(high ^ unit, 2654435761);
      low = Math.imul(low ^ unit, 1597334677);
    }
    this.#high = Math.imul(high ^ separator, 2654435761);
    this.#low = Math.imul(low ^ separator, 1597334677);
    return this;
  }

  value(): number {
    let high = this.#high;
    let low = this.#low;
    high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
    low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
    return 4294967296 * (2097151 & low) + (high >>> 0);
  }
}
