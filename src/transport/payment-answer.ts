import { renderSVG } from 'uqr';
import type { ChargeRecord, KnownAttempt } from '../ports/payment-records.ts';
import { privately } from './buyer-orders.ts';
import { type HttpResponse, json } from './http.ts';

/** How soon a page looks again for a PIX code that is being made. */
const retryAfter = { 'retry-after': '1' };

/**
 * What a buyer pays the newest attempt with. 202 while there is nothing yet: the provider has not
 * answered, or nobody has asked it.
 */
export function paymentOf(attempts: readonly KnownAttempt[]): HttpResponse {
  const attempt = attempts.at(-1);
  const charge = attempt?.charges.at(-1);
  if (attempt === undefined || charge === undefined) {
    return json(202, { status: 'preparing' }, { ...privately, ...retryAfter });
  }
  const { method, amountCents, payBy } = attempt;
  const { status } = charge;
  return json(200, { method, status, amountCents, payBy, ...pixOf(charge) }, privately);
}

/** Only while it can be paid: a code that was paid or is over invites to pay twice. */
function pixOf({ pix, isFinal }: ChargeRecord) {
  if (pix === undefined || isFinal) return {};
  return { pix: { ...pix, qrSvg: renderSVG(pix.code, { ecc: 'M', border: 4 }) } };
}
