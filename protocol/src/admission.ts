// The entry `@ingressou/protocol/admission`: how gates judge tickets, online and alone, what they
// carry with them for that, and how their scans are put together again.
export * from './admission-rules.ts';
export * from './admission-verdicts.ts';
export * from './admissions.ts';
export * from './bitmap.ts';
export * from './judge.ts';
export * from './log-text.ts';
export * from './offline-package.ts';
export {
  type Expected,
  openDelta,
  openPackage,
  type PackageFault,
  packageBytesMax,
  sealDelta,
  sealPackage,
} from './package-seal.ts';
export type { Incident, Passage, TicketIncidentKind } from './passage.ts';
export * from './received-scan.ts';
export * from './revocations.ts';
export * from './scan.ts';
export * from './scan-ledger.ts';
export * from './scan-log.ts';
