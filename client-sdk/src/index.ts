/** Watch a show live and hold its tickets, from a browser or Node. The README has the tour. */
export type {
  AcceptedCancel,
  AcceptedCheckout,
  AcceptedExtend,
  AcceptedRefund,
  AcceptedRelease,
  AcceptedReserve,
  CancelAnswer,
  CheckoutAnswer,
  ExtendAnswer,
  RefundAnswer,
  Refusal,
  ReleaseAnswer,
  ReserveAnswer,
} from './answers.ts';
export type { Random } from './backoff.ts';
export type { Clock, Timer } from './clock.ts';
export { type Connection, type ConnectOptions, connect } from './connection.ts';
export type { Token } from './credentials.ts';
export { ConnectionEndedError, type Flaw, MisuseError, RequestError } from './errors.ts';
export type { CommandOptions, EventHandle, WantedItem } from './event-handle.ts';
export type {
  CheckoutSettings,
  ListedOrder,
  Payment,
  PhoneTicket,
  PixCode,
  SignOfShow,
  Ticket,
} from './order-answers.ts';
export type { BillingAddress, Buyer, Card, OrderDetails } from './order-details.ts';
export type { Orders, RequestOptions, TakeTicket } from './orders.ts';
export type { Fetch } from './requests.ts';
export type { AbsentShow, PresentShow, ShowView } from './show.ts';
export type { WebSocketConstructor, WebSocketLike } from './socket.ts';
export type { ConnectionState, StateListener, StateReason } from './states.ts';
export {
  type UnwrapOptions,
  unwrapWebhook,
  WebhookError,
  type WebhookErrorCode,
  type WebhookEvent,
  type WebhookEventType,
  type WebhookHeaders,
} from './webhooks.ts';
