import type { Refusal } from '@ingressou/client-sdk';
import type { LiveShow } from './live-show.ts';
import { explain } from './texts.ts';

/** A no, said where the question was asked. */
export function RefusalMessage({
  refusal,
  live,
}: {
  readonly refusal: Refusal;
  readonly live: LiveShow;
}) {
  const { what, advice } = explain(refusal, live);
  return (
    <div role="alert" class="refusal">
      <p>
        <strong>{what}</strong>
      </p>
      <p>{advice}</p>
    </div>
  );
}
