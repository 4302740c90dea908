import { DeliveryRefusedError, type OutgoingMail } from '../../ports/mail.ts';
import { oneLine, personName } from '../texts/one-line.ts';
import { isAddress } from './mailbox.ts';

/** As long as an id may be where words about it are kept. */
const idLengthMax = 200;
/** Of all attachments together, before they are encoded; providers end at 20 to 30 MB. */
const attachmentBytesMax = 15 * 1024 * 1024;

/**
 * A mail whose values make headers and nothing else, whoever delivers it: each is one line.
 *
 * @throws {DeliveryRefusedError} there is nobody to send it to, or it is too large for anybody
 */
export function sendable(mail: OutgoingMail): OutgoingMail {
  const { id, to, subject, attachments } = mail;
  if (!isAddress(to.email)) throw new DeliveryRefusedError('The address is malformed.');
  const size = attachments.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (size > attachmentBytesMax) throw new DeliveryRefusedError('The attachments are too large.');
  return {
    ...mail,
    id: oneLine(id, idLengthMax),
    to: { name: personName(to.name), email: to.email },
    subject: oneLine(subject),
    attachments: attachments.map((each) => ({
      ...each,
      name: oneLine(each.name).replace(/["/\\]/g, '_'),
      type: oneLine(each.type),
    })),
  };
}
