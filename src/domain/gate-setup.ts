import { type CommandId, limits } from '@ingressou/protocol';
import { daysMax, gatesMax } from '@ingressou/protocol/admission';
import type { CommandOf } from './commands.ts';
import { accept, type Decision, isInTime, refuse } from './decision.ts';
import type { CheckpointPlan, Gates } from './gates.ts';
import { isKnown } from './hold-obstacles.ts';
import type { ShowState } from './state.ts';
import { wishOf } from './wish.ts';

/** What a producer does at the gates, and what devices say of themselves there. */

const nameLengthMax = 40;
const sectorsMax = 255;
const dayMs = 24 * 60 * 60 * 1000;
/** A device that has nothing new to say is noted as seen so often. */
const seenEveryMs = 60_000;

export function setCheckpoints(
  state: ShowState,
  command: CommandOf<'set_checkpoints'>,
  now: number,
): Decision {
  const { id, checkpoints } = command;
  const wish = wishOf(command);
  const earlier = earlierAnswer(state, id, wish, now);
  if (earlier !== undefined) return earlier;
  const numbers = new Set(checkpoints.map(({ rules }) => rules.checkpoint));
  const isValid =
    checkpoints.length <= limits.checkpointsMax &&
    numbers.size === checkpoints.length &&
    checkpoints.every(isPlan);
  if (!isValid) return refuse({ reason: 'invalid_parameter' });
  return accept({ type: 'checkpoints_set', id, wish, checkpoints });
}

/** What a package can say, so that a gate that is alone has the same rules. */
function isPlan({ name, gates, rules }: CheckpointPlan): boolean {
  const { checkpoint, days, sectors, lotSectors } = rules;
  const areDays = days.every(({ from, until }, at) => {
    const isSecond = from % 1000 === 0 && until % 1000 === 0;
    return isSecond && from < until && from >= (days[at - 1]?.until ?? 0);
  });
  return (
    [name, ...gates].every(isName) &&
    isWithin(gates.length, 1, gatesMax) &&
    isWithin(checkpoint, 0, 255) &&
    isWithin(days.length, 1, daysMax) &&
    areDays &&
    sectors.length <= sectorsMax &&
    lotSectors.length <= limits.lotsMax &&
    lotSectors.every((sector) => isWithin(sector, 0, sectorsMax)) &&
    (days.at(-1)?.until ?? 0) - (days[0]?.from ?? 0) < 366 * dayMs
  );
}

export function enrolDevice(
  state: ShowState,
  command: CommandOf<'enrol_device'>,
  now: number,
): Decision {
  const { id, device, gate } = command;
  const wish = wishOf(command);
  const earlier = earlierAnswer(state, id, wish, now);
  if (earlier !== undefined) return earlier;
  const { devices } = state.gates;
  const known = devices.get(device);
  if (known?.revokedAt !== undefined) return refuse({ reason: 'device_revoked' });
  if (known === undefined && devices.size >= limits.devicesMax) {
    return refuse({ reason: 'too_many_devices' });
  }
  if (!hasGate(state.gates, gate)) return refuse({ reason: 'checkpoint_not_found' });
  return accept({ type: 'device_enrolled', id, wish, device, gate });
}

function hasGate({ checkpoints }: Gates, gate: number): boolean {
  return [...checkpoints.values()].some(({ plan }) => isWithin(gate, 0, plan.gates.length - 1));
}

export function revokeDevice(
  state: ShowState,
  command: CommandOf<'revoke_device'>,
  now: number,
): Decision {
  const { id, device } = command;
  const wish = wishOf(command);
  const earlier = earlierAnswer(state, id, wish, now);
  if (earlier !== undefined) return earlier;
  const known = state.gates.devices.get(device);
  if (known === undefined) return refuse({ reason: 'device_not_found' });
  if (known.revokedAt !== undefined) return accept();
  return accept({ type: 'device_revoked', id, wish, device });
}

/** News of a device is a fact; that it has none, once a minute. */
export function reportDevice(
  state: ShowState,
  { device: id, unsent, mode }: CommandOf<'report_device'>,
  now: number,
): Decision {
  const device = state.gates.devices.get(id);
  if (device === undefined) return refuse({ reason: 'device_not_found' });
  const isNews = device.unsent !== unsent || device.mode !== mode;
  if (!isNews && now < device.lastSeenAt + seenEveryMs) return accept();
  return accept({ type: 'device_reported', device: id, unsent, mode });
}

/** What is not there any more is as good as seen; what never was is a mistake. */
export function seeIncidents(
  state: ShowState,
  command: CommandOf<'see_incidents'>,
  now: number,
): Decision {
  const { id } = command;
  const wish = wishOf(command);
  const earlier = earlierAnswer(state, id, wish, now);
  if (earlier !== undefined) return earlier;
  const known = [...new Set(command.incidents)].flatMap(
    (each) => state.gates.incidents.get(each) ?? [],
  );
  if (known.length === 0) return refuse({ reason: 'incident_not_found' });
  const incidents = known.filter(({ isSeen }) => !isSeen).map((each) => each.id);
  return incidents.length === 0
    ? accept()
    : accept({ type: 'incidents_seen', id, wish, incidents });
}

/** The answer to a command that was given before, or that comes at a wrong time. */
export function earlierAnswer(
  state: ShowState,
  id: CommandId,
  wish: number,
  now: number,
): Decision | undefined {
  if (state.rules === undefined) return refuse({ reason: 'show_not_found' });
  if (state.done.get(id)?.wish === wish) return accept();
  if (isKnown(state, id)) return refuse({ reason: 'id_reused' });
  return isInTime(id, now) ? undefined : refuse({ reason: 'id_out_of_time', now });
}

function isWithin(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}

function isName(text: string): boolean {
  return text.length > 0 && text.length <= nameLengthMax && text.isWellFormed();
}
