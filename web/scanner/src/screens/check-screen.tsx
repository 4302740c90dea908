import { useEffect } from 'preact/hooks';
import { timeOfDay } from '../format.ts';
import type { Scanner } from '../scanner.ts';
import type { Station } from '../station.ts';
import { texts } from '../texts.ts';
import { Checks } from './checks.tsx';

/** Before the first scan: what this device can do. It never stands in the way of a queue. */
export function CheckScreen({
  scanner,
  station,
}: {
  readonly scanner: Scanner;
  readonly station: Station;
}) {
  const { pending } = station.log.state.value;
  useEffect(() => void scanner.check(), [scanner]);
  return (
    <main class="page">
      <p class="brand">{texts.brand}</p>
      <h1>{texts.check.title}</h1>
      {pending === undefined ? null : (
        <p class="note warning" role="alert">
          {texts.interrupted(timeOfDay(pending.at))}
        </p>
      )}
      <Checks scanner={scanner} station={station} />
      <button type="button" class="button primary" onClick={() => scanner.begin(station)}>
        {texts.place.start}
      </button>
    </main>
  );
}
