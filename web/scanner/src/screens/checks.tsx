import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { listCheck } from '../package-words.ts';
import type { Scanner } from '../scanner.ts';
import type { Station } from '../station.ts';
import { texts } from '../texts.ts';

interface Check {
  readonly name: string;
  readonly isGood: boolean;
  readonly good: string;
  readonly advice: string;
}

/** The self-test as a list, each line with a sign, a word and what to do. */
export function Checks({
  scanner,
  station,
}: {
  readonly scanner: Scanner;
  readonly station: Station;
}) {
  const hasCamera = useCameraPresence();
  const test = scanner.test.value;
  const list = listCheck(station.ageMs(), station.packages.fault.value);
  if (test === undefined) return null;
  const { check } = texts;
  const checks: readonly Check[] = [
    { name: check.storage, isGood: test.isWritable, good: check.good, advice: check.storageAdvice },
    {
      name: check.persisted,
      isGood: test.isPersisted,
      good: check.good,
      advice: check.persistedAdvice,
    },
    { name: check.package, isGood: list.isGood, good: list.words, advice: list.words },
    { name: check.camera, isGood: hasCamera, good: check.good, advice: check.cameraAdvice },
    {
      name: check.offline,
      isGood: test.isInstalled,
      good: check.good,
      advice: check.offlineAdvice,
    },
  ];
  return (
    <ul class="checks">
      {checks.map(({ name, isGood, good, advice }) => (
        <li key={name} class={isGood ? 'good' : 'bad'}>
          <span class="sign" aria-hidden="true">
            {isGood ? '✓' : '!'}
          </span>
          <span>
            <strong>{name}</strong>
            <span class="about">{isGood ? good : advice}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Whether there is one at all; whether it may be used shows when it is opened. */
function useCameraPresence(): boolean {
  const isThere = useSignal(false);
  useEffect(() => {
    const look = async () => {
      const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
      isThere.value = devices.some(({ kind }) => kind === 'videoinput');
    };
    // A browser that does not say has none for us.
    look().catch(() => {});
  }, [isThere]);
  return isThere.value;
}
