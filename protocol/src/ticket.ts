// The entry `@ingressou/protocol/ticket`: codes of tickets, for whoever signs or checks them. The
// engine that signs and verifies is handed in, so that servers load none but their own.
export * from './ed25519.ts';
export * from './key-ring.ts';
export * from './rotating-code.ts';
export {
  decodeTicket,
  encodeTicket,
  type ReadCode,
  rotatingCodeLength,
  type Seal,
  signTicket,
  slotMs,
  type TicketFault,
  type Turn,
  ticketCodeLength,
  ticketMessage,
} from './ticket-code.ts';
export * from './ticket-payload.ts';
export * from './ticket-verify.ts';
