import type { DeviceId, EventId } from '@ingressou/protocol';

/** A scanner and where it is to work. */
export interface GateDevice {
  readonly event: EventId;
  readonly device: DeviceId;
  /** What its people call it. Known here and nowhere else. */
  readonly name: string;
  readonly gate: number;
}

/** The codes by which scanners are let in, and what people call them. */
export interface GateDevices {
  /**
   * Keeps a device and a code for it, which is good once and until `expiresAt`, in place of any it
   * had. False when the device is another show's.
   *
   * @throws {GateDevicesUnavailableError}
   */
  invite(device: GateDevice, code: string, expiresAt: number): Promise<boolean>;

  /**
   * The device that a code is for; the code is used up. Undefined for one that is not good.
   *
   * @throws {GateDevicesUnavailableError} it is used up or not
   */
  take(code: string, now: number): Promise<GateDevice | undefined>;

  /** @throws {GateDevicesUnavailableError} */
  list(event: EventId): Promise<readonly GateDevice[]>;
}

/** They cannot be reached now. */
export class GateDevicesUnavailableError extends Error {
  override readonly name = 'GateDevicesUnavailableError';
  constructor(options: ErrorOptions) {
    super('The scanners of shows cannot be reached.', options);
  }
}
