import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { figuresOf } from '../metrics.ts';
import type { Scanner } from '../scanner.ts';
import type { Station } from '../station.ts';
import { restOf } from '../store/rest-of-log.ts';
import { saveLog } from '../store/save-log.ts';
import { texts } from '../texts.ts';
import { Checks } from './checks.tsx';
import { useEverySecond } from './status-bar.tsx';

interface DeviceScreenProps {
  readonly scanner: Scanner;
  readonly station: Station;
  readonly close: () => void;
}

/** How this device is, and what is seldom done with it. */
export function DeviceScreen({ scanner, station, close }: DeviceScreenProps) {
  useEverySecond();
  useEffect(() => void scanner.check(), [scanner]);
  const { device } = texts;
  const update = scanner.update.value;
  return (
    <section class="device" role="dialog" aria-label={device.title}>
      <div class="page">
        <div class="heading">
          <h2>{device.title}</h2>
          <button type="button" class="button primary" onClick={close}>
            {texts.back}
          </button>
        </div>
        {update === undefined ? null : (
          <p class="note">
            {device.update}{' '}
            <button type="button" class="button" onClick={update}>
              {device.updateNow}
            </button>
          </p>
        )}
        <QuarantineNote station={station} />
        <Facts station={station} />
        <Checks scanner={scanner} station={station} />
        <button type="button" class="button" onClick={() => scanner.leavePlace(station)}>
          {device.changePlace}
        </button>
        <button type="button" class="button" onClick={() => scanner.enrolAgain(station)}>
          {device.enrolAgain}
        </button>
        <Free scanner={scanner} station={station} />
      </div>
    </section>
  );
}

function Facts({ station }: { readonly station: Station }) {
  const { device } = texts;
  const { state } = station.log;
  const figures = figuresOf(station.metrics.samples.value);
  const { isOn, cards, missing } = station.cards.state.value;
  const facts: readonly (readonly [name: string, value: string])[] = [
    [device.number, station.enrolment.device.slice(-6)],
    [device.log, device.logCounts(state.value.head.seq, restOf(state.value))],
    [device.names, isOn ? device.namesHeld(cards, missing) : device.namesOff],
    [device.speed, device.speedOf(figures.p50Ms, figures.p95Ms)],
    [device.answered, device.answeredOf(figures.answeredPercent, figures.onlinePercent)],
  ];
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Nothing that was scanned is ever lost without a word. */
function QuarantineNote({ station }: { readonly station: Station }) {
  const { quarantine } = station.log.state.value;
  if (quarantine === undefined) return null;
  const { device } = texts;
  return (
    <div class="note danger" role="alert">
      <p>
        <strong>
          {device.quarantine}: {station.log.unsent}.
        </strong>{' '}
        {device.quarantineAbout[quarantine]} {device.quarantineAction}
      </p>
      <button type="button" class="button" onClick={() => void saveLog(station)}>
        {device.save}
      </button>
    </div>
  );
}

function Free({ scanner, station }: Omit<DeviceScreenProps, 'close'>) {
  const isAsking = useSignal(false);
  const { device } = texts;
  const { quarantine } = station.log.state.value;
  if (station.log.unsent > 0 && quarantine === undefined) {
    return <p class="about">{device.freeBlocked}</p>;
  }
  if (!isAsking.value) {
    return (
      <button type="button" class="button quiet" onClick={() => (isAsking.value = true)}>
        {device.free}
      </button>
    );
  }
  return (
    <div class="note warning">
      <p>{quarantine === undefined ? device.freeQuestion : device.freeQuarantined}</p>
      <button type="button" class="button" onClick={() => void scanner.setFree(station)}>
        {device.freeConfirm}
      </button>
      <button type="button" class="button" onClick={() => (isAsking.value = false)}>
        {texts.back}
      </button>
    </div>
  );
}
