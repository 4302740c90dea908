import { ApiError } from './api.ts';
import { texts } from './texts.ts';

export function Loading() {
  return <output class="quiet loading">{texts.loading}</output>;
}

/** Says what went wrong and what to do about it. */
export function LoadFailed({
  error,
  retry,
}: {
  readonly error: unknown;
  readonly retry: () => void;
}) {
  if (error instanceof ApiError && error.status === 404) return <NotFound />;
  return (
    <div role="alert" class="card message">
      <p>{texts.loadFailed}</p>
      <button type="button" class="button" onClick={retry}>
        {texts.tryAgain}
      </button>
    </div>
  );
}

function NotFound() {
  return (
    <div role="alert" class="card message">
      <h1>{texts.showNotFound}</h1>
      <p>{texts.showNotFoundAdvice}</p>
      <a class="button" href="/">
        {texts.allShows}
      </a>
    </div>
  );
}
