import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { listNotes } from '../package-words.ts';
import type { Station } from '../station.ts';
import { restOf } from '../store/rest-of-log.ts';
import { texts } from '../texts.ts';

/** How this gate judges, how old its list is and what is not sent: never hidden. */
export function StatusBar({ station }: { readonly station: Station }) {
  useEverySecond();
  const mode = station.mode.value;
  return (
    <header class={`status ${station.isBlocked.value ? 'blocked' : mode}`} data-mode={mode}>
      <p class="line" role="status">
        <strong>
          <span class="sign" aria-hidden="true">
            {mode === 'online' ? '●' : mode === 'manual' ? '■' : '▲'}
          </span>
          {texts.mode[mode]}
        </strong>
        <span>{texts.age(station.ageMs())}</span>
        <span class="unsent">{restOf(station.log.state.value)}</span>
      </p>
      {notesOf(station).map((note) => (
        <p key={note} class="line strong" role="alert">
          {note}
        </p>
      ))}
    </header>
  );
}

function notesOf(station: Station): readonly string[] {
  const { pending, quarantine } = station.log.state.value;
  const { unseen } = station.incidents.value;
  const validUntil = station.packages.current.value?.validUntil;
  const isLate = validUntil === undefined || station.now() >= validUntil;
  const isOnline = station.mode.value === 'online';
  return [
    ...(station.isBlocked.value ? [texts.blocked] : []),
    ...(quarantine === undefined ? [] : [texts.quarantined]),
    ...(station.link.state.value === 'expired' ? [texts.expired] : []),
    ...(station.isComing.value && !isOnline && pending === undefined ? [texts.coming] : []),
    ...listNotes(station.packages.fault.value),
    ...(isLate && !isOnline ? [texts.packageLate] : []),
    ...(unseen.size > 0 ? [texts.incidents(unseen.size)] : []),
  ];
}

/** Ages grow by themselves. */
export function useEverySecond(): void {
  const tick = useSignal(0);
  useEffect(() => {
    const timer = setInterval(() => {
      tick.value += 1;
    }, 1_000);
    return () => clearInterval(timer);
  }, [tick]);
  // Read, so that whoever calls this is drawn again.
  void tick.value;
}
