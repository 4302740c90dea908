import { texts } from '../texts.ts';

/** One sentence, and what to do about it. */
export function MessageScreen({
  title,
  advice,
}: {
  readonly title: string;
  readonly advice?: string;
}) {
  return (
    <main class="page centred">
      <p class="brand">{texts.brand}</p>
      <h1 aria-live="polite">{title}</h1>
      {advice === undefined ? null : (
        <>
          <p>{advice}</p>
          <button type="button" class="button" onClick={() => location.reload()}>
            {texts.tryAgain}
          </button>
        </>
      )}
    </main>
  );
}
