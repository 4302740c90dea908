import {
  PaymentRequestError,
  PaymentsForbiddenError,
  PaymentsUnavailableError,
} from '../ports/payments.ts';
import { isRecord } from './json-fields.ts';

const fieldsMax = 10;
/** A name of a field; anything else might be something that a person typed. */
const FIELD_PATTERN = /^[A-Za-z_][\w.[\]]{0,79}$/;

/** What an answer outside 200–299 means. Only names of fields are taken from its body. */
export function refusalOf(
  operation: string,
  status: number,
  body: unknown,
): PaymentRequestError | PaymentsUnavailableError {
  if (status === 401 || status === 403) return new PaymentsForbiddenError(status);
  // 408, 425 and 429 ask for the same again, and nobody documented an answer below 400.
  const isAsked = status === 408 || status === 425 || status === 429;
  if (isAsked || status < 400 || status >= 500) {
    return new PaymentsUnavailableError(`${operation}: status ${status}`);
  }
  return new PaymentRequestError(status, fieldsIn(body));
}

function fieldsIn(body: unknown): string[] {
  if (!isRecord(body)) return [];
  const errors = isRecord(body.errors) ? Object.keys(body.errors) : [];
  const names = errors.filter((name) => FIELD_PATTERN.test(name)).slice(0, fieldsMax);
  if (names.length > 0) return names;
  // "Could not create credit card. The card verification failed." names no field.
  return typeof body.message === 'string' && /\bcard\b/i.test(body.message) ? ['card'] : [];
}
