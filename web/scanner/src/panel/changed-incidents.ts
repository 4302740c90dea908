import type { GatesView, IncidentView } from '@ingressou/protocol';

type Told = GatesView['incidents'];

/** As they are with one that is told; it comes before the next `gates` does. */
export function withIncident({ total, unseen, latest }: Told, incident: IncidentView): Told {
  const known = latest.find(({ id }) => id === incident.id);
  const others = latest.filter((each) => each !== known);
  return {
    total: total + (known === undefined ? 1 : 0),
    unseen: unseen + (incident.isSeen ? 0 : 1) - (known?.isSeen === false ? 1 : 0),
    latest: [incident, ...others].sort((a, b) => Number(a.isSeen) - Number(b.isSeen)),
  };
}

/** As they are without one that is explained. Of one that is not shown, the next `gates` says all. */
export function withoutIncident(told: Told, id: string): Told {
  const known = told.latest.find((each) => each.id === id);
  if (known === undefined) return told;
  return {
    total: told.total - 1,
    unseen: told.unseen - (known.isSeen ? 0 : 1),
    latest: told.latest.filter((each) => each !== known),
  };
}
