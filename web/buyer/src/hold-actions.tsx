import type { Refusal } from '@ingressou/client-sdk';
import type { HoldView } from '@ingressou/protocol';
import { type Signal, useSignal } from '@preact/signals';
import { checkoutTexts } from './checkout-texts.ts';
import { ConfirmQuestion } from './confirm-question.tsx';
import { focusSoon, holdElementId } from './focus.ts';
import type { LiveShow } from './live-show.ts';
import { RefusalMessage } from './refusal-message.tsx';
import { texts } from './texts.ts';

interface HoldActionsProps {
  readonly hold: HoldView;
  readonly live: LiveShow;
}

/** What a card is doing: nothing, asking whether to give back, or waiting for the server. */
type Mode = 'idle' | 'asking' | 'extending' | 'releasing';

/** More time, once; or giving the tickets back, asked twice: they may be gone a moment later. */
export function HoldActions({ hold, live }: HoldActionsProps) {
  const mode = useSignal<Mode>('idle');
  const refusal = useSignal<Refusal | undefined>(undefined);
  const extend = async () => {
    mode.value = 'extending';
    refusal.value = await live.extend(hold.id);
    mode.value = 'idle';
    focusSoon(holdElementId(hold.id));
  };
  const release = async () => {
    mode.value = 'releasing';
    refusal.value = await live.release(hold.id);
    mode.value = 'idle';
    focusSoon(refusal.value === undefined ? 'tickets' : holdElementId(hold.id));
  };
  const keep = () => {
    mode.value = 'idle';
    focusSoon(holdElementId(hold.id));
  };
  const isAboutRelease = mode.value === 'asking' || mode.value === 'releasing';
  return (
    <>
      <p class="quiet">{texts.keptUntil(hold.expiresAt)}</p>
      {refusal.value && <RefusalMessage refusal={refusal.value} live={live} isAboutHold />}
      {isAboutRelease ? (
        <ConfirmQuestion
          id={questionId(hold)}
          question={texts.releaseQuestion}
          confirm={texts.releaseConfirm}
          cancel={texts.releaseCancel}
          isSending={mode.value === 'releasing'}
          onConfirm={() => void release()}
          onCancel={keep}
        />
      ) : (
        <Buttons hold={hold} live={live} mode={mode} extend={extend} />
      )}
    </>
  );
}

interface ButtonsProps extends HoldActionsProps {
  readonly mode: Signal<Mode>;
  readonly extend: () => Promise<void>;
}

function Buttons({ hold, live, mode, extend }: ButtonsProps) {
  const isIdle = mode.value === 'idle';
  const ask = () => {
    mode.value = 'asking';
    focusSoon(questionId(hold));
  };
  return (
    <div class="actions">
      <button
        type="button"
        class="button primary"
        aria-disabled={!isIdle}
        onClick={() => isIdle && live.purchases.open(hold.id)}
      >
        {checkoutTexts.toPayment}
      </button>
      {hold.canExtend && (
        <button
          type="button"
          class="button"
          aria-disabled={!isIdle}
          onClick={() => isIdle && void extend()}
        >
          {isIdle ? texts.extend : texts.sending}
        </button>
      )}
      <button type="button" class="button" aria-disabled={!isIdle} onClick={() => isIdle && ask()}>
        {texts.release}
      </button>
    </div>
  );
}

function questionId({ id }: HoldView): string {
  return `release-${id}`;
}
