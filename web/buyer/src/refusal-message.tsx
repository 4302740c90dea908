import type { Refusal } from '@ingressou/client-sdk';
import { explain } from './explanations.ts';
import type { LiveShow } from './live-show.ts';

/** A no, said where the question was asked. */
export function RefusalMessage({
  refusal,
  live,
  isAboutHold = false,
}: {
  readonly refusal: Refusal;
  readonly live: LiveShow;
  /** The wish was about a hold that is there already. */
  readonly isAboutHold?: boolean;
}) {
  const { what, advice } = explain(refusal, { nameOf: live.nameOf, isAboutHold });
  return (
    <div role="alert" class="refusal">
      <p>
        <strong>{what}</strong>
      </p>
      <p>{advice}</p>
    </div>
  );
}
