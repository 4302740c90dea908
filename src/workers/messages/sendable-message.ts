import { DeliveryRefusedError } from '../../ports/mail.ts';
import type { OutgoingMessage } from '../../ports/messages.ts';
import { oneLine } from '../texts/one-line.ts';
import { placesIn } from './message-texts.ts';

/** Country code and number, E.164 without the plus sign. */
const PHONE_PATTERN = /^[1-9]\d{9,14}$/;
const SUFFIX_PATTERN = /^[A-Za-z0-9_./?=&-]{1,200}$/;
/** Carriers refuse values that are empty, and cut long ones. */
const parameterLengthMax = 200;

/**
 * A message that every carrier takes: each value is one line.
 *
 * @throws {DeliveryRefusedError} the number, the link or the count of values is wrong
 */
export function sendableMessage(message: OutgoingMessage): OutgoingMessage {
  const { phone, template, parameters, linkSuffix } = message;
  if (!PHONE_PATTERN.test(phone)) throw new DeliveryRefusedError('The number is malformed.');
  if (parameters.length !== placesIn(template)) {
    throw new DeliveryRefusedError(`The template ${template} does not take so many values.`);
  }
  if (linkSuffix !== undefined && !SUFFIX_PATTERN.test(linkSuffix)) {
    throw new DeliveryRefusedError('The link is malformed.');
  }
  const values = parameters.map((value) => oneLine(value, parameterLengthMax) || '–');
  return { ...message, parameters: values };
}
