import { useSignal } from '@preact/signals';
import { useCallback } from 'preact/hooks';
import { ApiError } from '../api.ts';
import { OtherDeviceError, type Scanner } from '../scanner.ts';
import { texts } from '../texts.ts';
import { Viewfinder } from './viewfinder.tsx';

function problemOf(error: unknown): string {
  if (error instanceof OtherDeviceError) return texts.enrol.otherDevice;
  if (!(error instanceof ApiError)) throw error;
  const isNo = error.status >= 400 && error.status < 500;
  return isNo ? texts.enrol.refused : texts.enrol.unreachable;
}

/** A device that nobody knows yet, or that is to be another, is let in with a code that works once. */
export function EnrolScreen({
  scanner,
  isEnrolled,
}: {
  readonly scanner: Scanner;
  readonly isEnrolled: boolean;
}) {
  const code = useSignal('');
  const isSending = useSignal(false);
  const isScanning = useSignal(false);
  const problem = useSignal('');

  const enrol = useCallback(
    async (entered: string) => {
      if (isSending.value || entered.trim() === '') return;
      isSending.value = true;
      isScanning.value = false;
      problem.value = '';
      try {
        await scanner.enrol(entered.trim());
      } catch (error) {
        problem.value = problemOf(error);
      } finally {
        isSending.value = false;
      }
    },
    [scanner, isSending, isScanning, problem],
  );
  const onLook = useCallback(
    ([first]: readonly string[]) => {
      if (first !== undefined) void enrol(first);
    },
    [enrol],
  );

  return (
    <main class="page">
      <p class="brand">{texts.brand}</p>
      <h1>{texts.enrol.title}</h1>
      {scanner.test.value?.hasLostMemory ? (
        <p class="note danger" role="alert">
          <strong>{texts.check.lost}.</strong> {texts.check.lostAdvice}
        </p>
      ) : null}
      <p>{texts.enrol.about}</p>
      <p class="unseen" role="status">
        {isSending.value ? texts.enrol.submitting : ''}
      </p>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void enrol(code.value);
        }}
      >
        <label class="field">
          <span>{texts.enrol.code}</span>
          <input
            value={code.value}
            onInput={({ currentTarget }) => {
              code.value = currentTarget.value;
            }}
            autocomplete="off"
            autocapitalize="characters"
            spellcheck={false}
            required
          />
        </label>
        {problem.value === '' ? null : (
          <p class="note danger" role="alert">
            {problem.value}
          </p>
        )}
        <button type="submit" class="button primary" disabled={isSending.value}>
          {isSending.value ? texts.enrol.submitting : texts.enrol.submit}
        </button>
      </form>
      {isScanning.value ? <Viewfinder onLook={onLook} /> : null}
      <button
        type="button"
        class="button"
        onClick={() => {
          isScanning.value = !isScanning.value;
        }}
      >
        {isScanning.value ? texts.enrol.stopScanning : texts.enrol.scan}
      </button>
      {isEnrolled ? (
        <button
          type="button"
          class="button"
          disabled={isSending.value}
          onClick={() => void scanner.goOn()}
        >
          {texts.enrol.goOn}
        </button>
      ) : null}
      <a class="button quiet" href="#painel">
        {texts.enrol.panel}
      </a>
    </main>
  );
}
