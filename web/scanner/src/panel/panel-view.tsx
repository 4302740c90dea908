import type { CheckpointView, DeviceView, GateView } from '@ingressou/protocol';
import { gateNameIn } from '../enrolment.ts';
import { ago, count, duration } from '../format.ts';
import { useEverySecond } from '../screens/status-bar.tsx';
import { texts } from '../texts.ts';
import { countsOf } from './device-counts.ts';
import { PanelIncidents } from './panel-incidents.tsx';
import { panelTexts } from './panel-texts.ts';
import type { Gates, WatchedGates } from './watched-gates.ts';

interface PanelViewProps {
  readonly gates: WatchedGates;
  readonly title: string;
  readonly leave: () => void;
}

export function PanelView({ gates, title, leave }: PanelViewProps) {
  useEverySecond();
  const latest = gates.latest.value;
  return (
    <main class="panel">
      <header>
        <div>
          <p class="brand">{panelTexts.title}</p>
          <h1>{title}</h1>
        </div>
        <button type="button" class="button" onClick={leave}>
          {panelTexts.leave}
        </button>
      </header>
      <Standing gates={gates} />
      {latest === undefined ? null : (
        <Everything latest={latest} now={gates.now()} see={(ids) => gates.see(ids)} />
      )}
    </main>
  );
}

/** Numbers that may be old say so. */
function Standing({ gates }: Pick<PanelViewProps, 'gates'>) {
  const latest = gates.latest.value;
  const state = gates.link.state.value;
  if (state === 'refused' || state === 'expired' || gates.refusal.value !== undefined) {
    return (
      <p class="note danger" role="alert">
        {panelTexts.refused}
      </p>
    );
  }
  if (latest === undefined) return <p role="status">{panelTexts.waiting}</p>;
  if (state === 'live') return <p role="status">● {panelTexts.live}</p>;
  return (
    <p class="note warning" role="alert">
      {panelTexts.stale(duration(gates.now() - latest.at))}
    </p>
  );
}

interface EverythingProps {
  readonly latest: Gates;
  readonly now: number;
  readonly see: WatchedGates['see'];
}

function Everything({ latest, now, see }: EverythingProps) {
  return (
    <>
      {latest.checkpoints.map((checkpoint) => (
        <Checkpoint key={checkpoint.checkpoint} checkpoint={checkpoint} />
      ))}
      <PanelIncidents latest={latest} now={now} see={see} />
      <Devices latest={latest} now={now} />
    </>
  );
}

function Checkpoint({ checkpoint }: { readonly checkpoint: CheckpointView }) {
  const entered = checkpoint.gates.reduce((sum, gate) => sum + gate.entered, 0);
  return (
    <section>
      <h2>{checkpoint.name}</h2>
      <p class="people">
        <strong>{count(checkpoint.occupancy)}</strong> {panelTexts.inside}
        <span>{panelTexts.entered(count(entered))}</span>
      </p>
      <ul class="cards">
        {checkpoint.gates.map((gate) => (
          <Gate key={gate.gate} gate={gate} />
        ))}
      </ul>
    </section>
  );
}

function Gate({ gate }: { readonly gate: GateView }) {
  const newest = gate.perMinute.at(-1) ?? 0;
  return (
    <li class="card">
      <h3>{gate.name}</h3>
      <p class="rate">
        {gate.minute === 0 ? panelTexts.noMinute : panelTexts.perMinute(count(newest))}
      </p>
      <Chart gate={gate} />
      <p>
        {panelTexts.entered(count(gate.entered))} · {panelTexts.exited(count(gate.exited))}
      </p>
    </li>
  );
}

/** So many minutes are told at most. */
const minutesShown = 15;

/** Bars, minute by minute; the numbers are beside it for whoever cannot see them. */
function Chart({ gate }: { readonly gate: GateView }) {
  const most = Math.max(1, ...gate.perMinute);
  const step = 100 / minutesShown;
  const from = minutesShown - gate.perMinute.length;
  return (
    <svg
      class="chart"
      viewBox="0 0 100 30"
      preserveAspectRatio="none"
      role="img"
      aria-label={panelTexts.chart(gate.name)}
    >
      {gate.perMinute.map((people, at) => (
        <rect
          key={at}
          x={(from + at) * step}
          width={step * 0.8}
          y={30 - (people / most) * 30}
          height={(people / most) * 30}
        />
      ))}
    </svg>
  );
}

function Devices({ latest, now }: Omit<EverythingProps, 'see'>) {
  const { devices, checkpoints } = latest;
  return (
    <section>
      <h2>{panelTexts.devices}</h2>
      {devices.length === 0 ? <p>{panelTexts.noDevices}</p> : null}
      <ul class="rows">
        {devices.map((device) => (
          <li key={device.device} data-device={device.device}>
            <strong>{panelTexts.device(device.device.slice(-6))}</strong>
            <span>
              {gateNameIn(checkpoints[0], device.gate)} · {stateOf(device, now)}
            </span>
            <span>{countsOf(device)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Scanners say how they are each second, and it is passed on every five. */
const quietMs = 20_000;

function stateOf({ isRevoked, lastSeenAt, mode }: DeviceView, now: number): string {
  if (isRevoked) return panelTexts.revoked;
  if (lastSeenAt === 0) return panelTexts.never;
  const isQuiet = now - lastSeenAt > quietMs;
  const seen = ago(now - lastSeenAt);
  return isQuiet ? panelTexts.lastSeen(seen) : `${texts.mode[mode]}, ${seen}`;
}
