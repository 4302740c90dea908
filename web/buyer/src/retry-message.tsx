import { texts } from './texts.ts';

/** Something did not come, and can be asked for again. */
export function RetryMessage({
  text,
  retry,
}: {
  readonly text: string;
  readonly retry: () => void;
}) {
  return (
    <div role="alert" class="message refusal">
      <p>{text}</p>
      <button type="button" class="button" onClick={retry}>
        {texts.tryAgain}
      </button>
    </div>
  );
}
