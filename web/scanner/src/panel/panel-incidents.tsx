import type { IncidentView, ScanView } from '@ingressou/protocol';
import { useSignal } from '@preact/signals';
import { gateNameIn } from '../enrolment.ts';
import { ago, count, timeOfDay } from '../format.ts';
import { texts } from '../texts.ts';
import { panelTexts } from './panel-texts.ts';
import type { Gates, WatchedGates } from './watched-gates.ts';

interface PanelIncidentsProps {
  readonly latest: Gates;
  readonly now: number;
  readonly see: WatchedGates['see'];
}

/** What somebody should look at; what nobody has seen is at the top. */
export function PanelIncidents({ latest, now, see }: PanelIncidentsProps) {
  const { total, unseen, latest: newest } = latest.incidents;
  const isFailed = useSignal(false);
  const mark = (ids: readonly string[]) => {
    isFailed.value = false;
    void see(ids).then((isSeen) => {
      isFailed.value = !isSeen;
    });
  };
  const news = newest.filter(({ isSeen }) => !isSeen).map(({ id }) => id);
  return (
    <section>
      <div class="heading">
        <h2>
          {panelTexts.incidents} ({count(total)})
          {unseen > 0 ? <span class="badge">{panelTexts.unseen(count(unseen))}</span> : null}
        </h2>
        {news.length > 1 ? (
          <button type="button" class="button" onClick={() => mark(news)}>
            {panelTexts.seeAll}
          </button>
        ) : null}
      </div>
      {isFailed.value ? (
        <p class="note danger" role="alert">
          {panelTexts.notSeen}
        </p>
      ) : null}
      {newest.length === 0 ? <p>{panelTexts.noIncidents}</p> : null}
      <ul class="rows incidents">
        {newest.map((incident) => (
          <Incident
            key={incident.id}
            incident={incident}
            latest={latest}
            now={now}
            see={() => mark([incident.id])}
          />
        ))}
      </ul>
      {total > newest.length ? <p>{panelTexts.more(count(total - newest.length))}</p> : null}
    </section>
  );
}

interface IncidentProps {
  readonly incident: IncidentView;
  readonly latest: Gates;
  readonly now: number;
  readonly see: () => void;
}

function Incident({ incident, latest, now, see }: IncidentProps) {
  const { kind, isSeen } = incident;
  return (
    <li data-incident={kind} class={isSeen ? 'seen' : 'news'}>
      <p>
        {isSeen ? null : <span class="badge">{panelTexts.new}</span>}
        <strong>{panelTexts.kinds[kind]}</strong>
      </p>
      <div class="about">
        {linesOf(incident, latest, now).map((line) => (
          <span key={line}>{line}</span>
        ))}
      </div>
      {isSeen ? null : (
        <button type="button" class="button" onClick={see}>
          {panelTexts.see}
        </button>
      )}
    </li>
  );
}

function linesOf(incident: IncidentView, latest: Gates, now: number): string[] {
  if (incident.kind === 'log_quarantined') {
    const { at, gate, device, why, scans } = incident;
    const place = gateNameIn(latest.checkpoints[0], gate);
    const who = panelTexts.device(device.slice(-6)).toLowerCase();
    const when = `${timeOfDay(at)} (${ago(now - at)}), ${place}, ${who}`;
    return [panelTexts.log[why], `${panelTexts.logScans(count(scans))}.`, when];
  }
  const { serial, scan, other, isClockSuspect } = incident;
  return [
    panelTexts.serial(serial),
    whereAndWhen(scan, latest, now),
    ...(other === undefined ? [] : [whereAndWhen(other, latest, now)]),
    ...(isClockSuspect ? [panelTexts.clockSuspect] : []),
  ];
}

function whereAndWhen(scan: ScanView, { checkpoints }: Gates, now: number): string {
  const { at, gate, device, mode, override, checkpoint } = scan;
  const place = checkpoints.find((each) => each.checkpoint === checkpoint);
  const reason = override === undefined ? '' : `, ${texts.reasons[override].toLowerCase()}`;
  const who = panelTexts.device(device.slice(-6)).toLowerCase();
  const how = `${who}, ${texts.mode[mode].toLowerCase()}${reason}`;
  return `${timeOfDay(at)} (${ago(now - at)}), ${gateNameIn(place, gate)}, ${how}`;
}
