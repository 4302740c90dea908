import type { Telemetry } from '../../src/ports/telemetry.ts';

/** Nobody listens. */
export const silentTelemetry: Telemetry = {
  turnCommitted() {},
  commandsAnswered() {},
  outcomeSettled() {},
  showServed() {},
  showLeft() {},
  commandPoisonous() {},
  showSealed() {},
  snapshotIgnored() {},
  snapshotSaved() {},
  socketOpened() {},
  socketClosed() {},
  frameRefused() {},
  deltaSent() {},
  socketLagged() {},
  requestAnswered() {},
  failed() {},
};
