import type { CheckoutSettings } from '@ingressou/client-sdk';
import type { RefObject } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { CardDesk } from './card-desk.ts';
import { CardTokenizer } from './card-tokenizer.ts';

export interface OpenDesk {
  readonly status: 'closed' | 'loading' | 'open' | 'failed';
  /** Once it is open. */
  readonly desk: CardDesk | undefined;
  readonly form: RefObject<HTMLFormElement | null>;
  readonly method: RefObject<HTMLDivElement | null>;
  readonly challenge: RefObject<HTMLDivElement | null>;
  readonly retry: () => void;
  readonly leaveBank: () => void;
}

/** Opens the desk for cards when the fields are there; the provider's script comes only then. */
export function useCardDesk(settings: CheckoutSettings, isWanted: boolean): OpenDesk {
  const form = useRef<HTMLFormElement>(null);
  const method = useRef<HTMLDivElement>(null);
  const challenge = useRef<HTMLDivElement>(null);
  const leaving = useRef(new AbortController());
  const [attempt, setAttempt] = useState(0);
  const [desk, setDesk] = useState<CardDesk | 'loading' | 'failed' | undefined>(undefined);
  useEffect(() => {
    if (!isWanted) return;
    let isGone = false;
    setDesk('loading');
    openDesk(settings, { form, method, challenge, leaving }).then(
      (opened) => isGone || setDesk(opened),
      // Said where the fields are, with a button to try again.
      () => isGone || setDesk('failed'),
    );
    return () => {
      isGone = true;
      setDesk(undefined);
    };
  }, [settings, isWanted, attempt]);
  return {
    status: statusOf(desk),
    desk: desk instanceof CardDesk ? desk : undefined,
    form,
    method,
    challenge,
    retry: useCallback(() => setAttempt((count) => count + 1), []),
    leaveBank: useCallback(() => leaving.current.abort(), []),
  };
}

function statusOf(desk: CardDesk | 'loading' | 'failed' | undefined): OpenDesk['status'] {
  if (desk === undefined) return 'closed';
  return desk instanceof CardDesk ? 'open' : desk;
}

interface Places {
  readonly form: RefObject<HTMLFormElement | null>;
  readonly method: RefObject<HTMLDivElement | null>;
  readonly challenge: RefObject<HTMLDivElement | null>;
  readonly leaving: { current: AbortController };
}

async function openDesk(settings: CheckoutSettings, places: Places): Promise<CardDesk> {
  const { tokenizeScriptUrl = '', publicKey } = settings;
  const [form, method, challenge] = [places.form, places.method, places.challenge].map(
    ({ current }) => current,
  );
  if (!(form instanceof HTMLFormElement) || !method || !challenge) {
    throw new Error('The fields of the card are not on the page.');
  }
  const tokenizer = await CardTokenizer.open(form, tokenizeScriptUrl, publicKey);
  const canceled = () => {
    places.leaving.current = new AbortController();
    return places.leaving.current.signal;
  };
  return new CardDesk({ form, tokenizer, method, challenge, canceled });
}
