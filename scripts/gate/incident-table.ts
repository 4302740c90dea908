import type { DeviceView, GatesView, IncidentView } from '@ingressou/protocol';
import { alignedTable } from '../table.ts';

export interface NamedGates extends GatesView {
  readonly devices: readonly (DeviceView & { readonly name: string })[];
}

/** What somebody should look at, one incident a line. */
export function incidentTable(incidents: readonly IncidentView[], gates: NamedGates): string {
  if (incidents.length === 0) return 'no incidents';
  const rows = incidents.map((incident) => [
    new Date(timeOf(incident)).toISOString(),
    incident.isSeen ? 'seen' : 'NEW',
    incident.kind,
    aboutOf(incident, gates),
    incident.id,
  ]);
  return alignedTable([['when', '', 'what', 'about', 'id'], ...rows]);
}

function timeOf(incident: IncidentView): number {
  return incident.kind === 'log_quarantined' ? incident.at : incident.scan.at;
}

function aboutOf(incident: IncidentView, { devices }: NamedGates): string {
  const nameOf = (id: string) => devices.find(({ device }) => device === id)?.name ?? id;
  if (incident.kind === 'log_quarantined') {
    return `${nameOf(incident.device)}, ${incident.scans} scans, ${incident.why}`;
  }
  const { serial, scan, other, isClockSuspect } = incident;
  const places = [scan, ...(other === undefined ? [] : [other])].map((each) => nameOf(each.device));
  return `ticket ${serial}, ${places.join(' and ')}${isClockSuspect ? ', clock not sure' : ''}`;
}
