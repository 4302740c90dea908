import type { Ticket } from '@ingressou/client-sdk';
import { checkoutTexts } from '../checkout-texts.ts';
import type { LiveShow } from '../live-show.ts';
import { RetryMessage } from '../retry-message.tsx';
import { useLoad } from '../use-load.ts';
import { pathOfTicket } from '../wallet/ticket-address.ts';
import type { OrderProps } from './order-props.ts';
import { QrCode } from './qr-code.tsx';

/** The tickets of an order, to be shown at the gate. */
export function Tickets({ order, live }: OrderProps) {
  const [load, retry] = useLoad(() => live.purchases.orders.tickets(order.id));
  if (load.status === 'loading') return <output class="waiting">{checkoutTexts.signing}</output>;
  if (load.status === 'failed') {
    return <RetryMessage text={checkoutTexts.ticketsMissing} retry={retry} />;
  }
  const isAnyPrinted = load.value.some(({ qrSvg }) => qrSvg !== undefined);
  const isValid = new Set(order.tickets.flatMap((t) => (t.status === 'valid' ? [t.serial] : [])));
  return (
    <>
      {isAnyPrinted && <p class="quiet">{checkoutTexts.showAtGate}</p>}
      <ul class="tickets">
        {load.value.map((ticket) => (
          <TicketCard
            key={ticket.serial}
            ticket={ticket}
            isValid={isValid.has(ticket.serial)}
            live={live}
            walletPath={pathOfTicket({
              order: order.id,
              serial: ticket.serial,
              show: live.show.slug,
            })}
          />
        ))}
      </ul>
    </>
  );
}

interface TicketCardProps {
  readonly ticket: Ticket;
  /** As the live connection has it, which is newer. */
  readonly isValid: boolean;
  readonly live: LiveShow;
  readonly walletPath: string;
}

function TicketCard({ ticket, isValid, live, walletPath }: TicketCardProps) {
  const { serial, lot, qrSvg, isRotating } = ticket;
  return (
    <li class={isValid ? 'ticket' : 'ticket revoked'}>
      {isValid && qrSvg !== undefined && (
        <QrCode svg={qrSvg} alt={checkoutTexts.ticketAlt(serial)} />
      )}
      <p>
        <strong>{live.nameOf(lot)}</strong>
      </p>
      <p class="quiet">{checkoutTexts.ticket(serial)}</p>
      {isValid && isRotating && (
        <>
          <p class="quiet note">
            {qrSvg === undefined ? checkoutTexts.onPhone : checkoutTexts.onPhoneToo}
          </p>
          <a class={qrSvg === undefined ? 'button primary' : 'button'} href={walletPath}>
            {checkoutTexts.openWallet}
          </a>
        </>
      )}
      {!isValid && <p class="sold-out">{checkoutTexts.revoked}</p>}
    </li>
  );
}
