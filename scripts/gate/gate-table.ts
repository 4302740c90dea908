import { alignedTable } from '../table.ts';
import type { NamedGates } from './incident-table.ts';

/** Checkpoints, gates and scanners as they are now, and how many incidents there are. */
export function gateTable({ checkpoints, devices, incidents }: NamedGates): string {
  const gates = checkpoints.flatMap((checkpoint) =>
    checkpoint.gates.map(({ name, entered, exited }) => [
      checkpoint.name,
      name,
      String(entered),
      String(exited),
      String(checkpoint.occupancy),
    ]),
  );
  const scanners = devices.map(({ name, device, gate, mode, unsent, isRevoked, lastSeenAt }) => [
    name,
    device,
    String(gate),
    isRevoked ? 'revoked' : mode,
    String(unsent),
    new Date(lastSeenAt).toISOString(),
  ]);
  return [
    alignedTable([['checkpoint', 'gate', 'entered', 'exited', 'inside'], ...gates]),
    '',
    alignedTable([['scanner', 'device', 'gate', 'mode', 'unsent', 'last seen'], ...scanners]),
    '',
    `${incidents.total} incidents, ${incidents.unseen} of them not seen`,
  ].join('\n');
}
