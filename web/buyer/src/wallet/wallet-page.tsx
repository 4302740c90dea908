import type { PhoneTicket } from '@ingressou/client-sdk';
import { orderCode } from '@ingressou/protocol';
import { useEffect, useState } from 'preact/hooks';
import { longDate } from '../format.ts';
import { texts } from '../texts.ts';
import { LiveCode } from './live-code.tsx';
import { pathOfOrder, type TicketAddress } from './ticket-address.ts';
import { ask, type ReadyTicket, type Standing, standingOf, UnansweredError } from './wallet.ts';
import { walletTexts } from './wallet-texts.ts';

/** One ticket, as this phone has it, and the way back to its order. */
export function WalletPage({ address }: { readonly address: TicketAddress }) {
  const ticket = useTicket(address);
  const kept = ticket.standing?.at === 'ready' ? ticket.standing.kept.ticket.show.slug : undefined;
  const show = address.show ?? kept;
  return (
    <>
      <Ticket address={address} {...ticket} />
      {show !== undefined && (
        <a class="button" href={pathOfOrder(show)}>
          {walletTexts.toOrder(orderCode(address.order))}
        </a>
      )}
    </>
  );
}

type TicketProps = ReturnType<typeof useTicket> & { readonly address: TicketAddress };

function Ticket({ address, standing, step, take }: TicketProps) {
  if (standing === undefined) {
    return (
      <>
        <h1>{walletTexts.ticket(address.serial)}</h1>
        <p role="status" class="quiet">
          {walletTexts.opening}
        </p>
      </>
    );
  }
  switch (standing.at) {
    case 'ready':
      return <Shown kept={standing.kept} isOffline={step === 'unanswered'} />;
    case 'empty':
      return (
        <Message title={walletTexts.activateTitle} text={walletTexts.activateWhy} step={step}>
          <Action
            label={walletTexts.activate}
            busy={walletTexts.activating}
            step={step}
            run={() => take(false)}
          />
        </Message>
      );
    case 'moved':
    case 'elsewhere':
      return <Elsewhere standing={standing} step={step} take={take} />;
    case 'gone':
      return (
        <Message
          title={walletTexts.goneTitle[standing.why]}
          text={walletTexts.gone[standing.why]}
          step={step}
        />
      );
  }
}

type Step = 'idle' | 'asking' | 'unanswered';

function useTicket(address: TicketAddress) {
  const [standing, setStanding] = useState<Standing>();
  const [step, setStep] = useState<Step>('idle');
  const take = async (mayMove: boolean) => {
    setStep('asking');
    try {
      setStanding(await ask(address, mayMove));
      setStep('idle');
    } catch (error) {
      if (!(error instanceof UnansweredError)) throw error;
      setStep('unanswered');
    }
  };
  useEffect(() => {
    // What this phone has is shown at once, and then looked up where there is a network.
    const look = async () => {
      const known = await standingOf(address);
      setStanding(known);
      if (known.at !== 'ready') return;
      if (navigator.onLine) await take(false);
      else setStep('unanswered');
    };
    const again = () => void look();
    again();
    window.addEventListener('online', again);
    return () => window.removeEventListener('online', again);
  }, []);
  return { standing, step, take };
}

function Shown({ kept, isOffline }: { readonly kept: ReadyTicket; readonly isOffline: boolean }) {
  const { ticket } = kept;
  const { show } = ticket;
  useEffect(() => {
    document.title = `${walletTexts.ticket(ticket.serial)} — ${texts.brand}`;
  }, [ticket.serial]);
  return (
    <article class="card pass">
      <div class="pass-about">
        <h1>{show.title}</h1>
        <p>
          <time dateTime={new Date(show.startsAt).toISOString()}>{longDate(show.startsAt)}</time>
        </p>
        <p class="quiet">{texts.place(show.venue, show.city, show.uf)}</p>
        <Place ticket={ticket} />
      </div>
      <LiveCode kept={kept} />
      <div class="pass-notes">
        <p role="status" class={isOffline ? 'note' : 'note good'}>
          {isOffline ? walletTexts.offline : walletTexts.ready}
        </p>
        <p class="quiet note">
          {walletTexts.bright} {walletTexts.noPhotos}
        </p>
        {ticket.isPrintable && <p class="quiet note">{walletTexts.printable}</p>}
      </div>
    </article>
  );
}

function Place({ ticket }: { readonly ticket: PhoneTicket }) {
  return (
    <>
      <p class="place">
        <strong>{texts.lotName(ticket.sector, ticket.lot)}</strong>
        <span class="quiet">{walletTexts.ticket(ticket.serial)}</span>
      </p>
      {ticket.isHalf && (
        <p class="half">
          <strong>{walletTexts.half}.</strong> {walletTexts.halfNotice}
        </p>
      )}
    </>
  );
}

interface ElsewhereProps {
  readonly standing: Extract<Standing, { readonly at: 'moved' | 'elsewhere' }>;
  readonly step: Step;
  readonly take: (mayMove: boolean) => Promise<void>;
}

function Elsewhere({ standing: { at, isBlocked }, step, take }: ElsewhereProps) {
  const isMoved = at === 'moved';
  const title = isMoved ? walletTexts.movedTitle : walletTexts.elsewhereTitle;
  const text = isMoved ? walletTexts.moved : walletTexts.elsewhere;
  if (isBlocked !== undefined) {
    return <Message title={title} text={walletTexts.blocked[isBlocked]} step={step} />;
  }
  return (
    <Message title={title} text={text} step={step}>
      <Action
        label={walletTexts.move}
        busy={walletTexts.moving}
        step={step}
        run={() => take(true)}
      />
      <p class="quiet note">{walletTexts.moveWarning}</p>
    </Message>
  );
}

interface MessageProps {
  readonly title: string;
  readonly text: string;
  readonly step: Step;
  readonly children?: preact.ComponentChildren;
}

function Message({ title, text, step, children }: MessageProps) {
  return (
    <section class="card message">
      <h1>{title}</h1>
      <p role="status">{text}</p>
      {step === 'unanswered' && (
        <p role="alert" class="few">
          {walletTexts.unanswered}
        </p>
      )}
      {children}
    </section>
  );
}

interface ActionProps {
  readonly label: string;
  readonly busy: string;
  readonly step: Step;
  readonly run: () => Promise<void>;
}

function Action({ label, busy, step, run }: ActionProps) {
  const isAsking = step === 'asking';
  return (
    <button
      type="button"
      class="button primary"
      aria-disabled={isAsking}
      aria-busy={isAsking}
      onClick={() => !isAsking && void run()}
    >
      {isAsking ? busy : label}
    </button>
  );
}
