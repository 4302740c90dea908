import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { checkoutTexts } from '../checkout-texts.ts';

interface BankDialogProps {
  readonly method: RefObject<HTMLDivElement | null>;
  readonly challenge: RefObject<HTMLDivElement | null>;
  readonly onLeave: () => void;
}

/** The page of the buyer's bank inside ours: open for as long as there is something in it. */
export function BankDialog({ method, challenge, onLeave }: BankDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const { current: place } = challenge;
    if (place === null) return;
    const observer = new MutationObserver(() => {
      if (place.childElementCount === 0) dialog.current?.close();
      else if (dialog.current?.open === false) dialog.current.showModal();
    });
    observer.observe(place, { childList: true });
    return () => observer.disconnect();
  }, [challenge]);
  const leave = () => {
    dialog.current?.close();
    onLeave();
  };
  return (
    <>
      <div ref={method} hidden />
      <dialog
        ref={dialog}
        class="bank"
        aria-labelledby="bank"
        onCancel={(event) => {
          event.preventDefault();
          leave();
        }}
      >
        <div class="title-line">
          <h2 id="bank">{checkoutTexts.bank}</h2>
          <button type="button" class="button" onClick={leave}>
            {checkoutTexts.leaveBank}
          </button>
        </div>
        <p class="quiet note">{checkoutTexts.bankHint}</p>
        <div ref={challenge} class="bank-page" />
      </dialog>
    </>
  );
}
