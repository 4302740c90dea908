// The entry `@ingressou/protocol/ticket-browser`: engines and keys for pages. Only they import it.
export * from './browser-verify.ts';
export * from './holder-key.ts';
