/** Watch a show live and hold its tickets, from a browser or Node. The README has the tour. */
export type {
  AcceptedExtend,
  AcceptedRelease,
  AcceptedReserve,
  ExtendAnswer,
  Refusal,
  ReleaseAnswer,
  ReserveAnswer,
} from './answers.ts';
export type { Random } from './backoff.ts';
export type { Clock, Timer } from './clock.ts';
export { type Connection, type ConnectOptions, connect } from './connection.ts';
export type { Token } from './credentials.ts';
export { ConnectionEndedError, MisuseError } from './errors.ts';
export type { CommandOptions, EventHandle, WantedItem } from './event-handle.ts';
export type { AbsentShow, PresentShow, ShowView } from './show.ts';
export type { WebSocketConstructor, WebSocketLike } from './socket.ts';
export type { ConnectionState, StateListener, StateReason } from './states.ts';
