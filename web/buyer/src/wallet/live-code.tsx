import { slotMs } from '@ingressou/protocol/ticket';
import { useEffect, useState } from 'preact/hooks';
import { renderSVG } from 'uqr';
import { QrCode } from '../orders/qr-code.tsx';
import { useAwake } from './use-awake.ts';
import { codeAt, type ReadyTicket } from './wallet.ts';
import { walletTexts } from './wallet-texts.ts';

/** A look at the clock this often moves the ring without a jerk. */
const tickMs = 250;
const ringRadius = 20;
const ringLength = 2 * Math.PI * ringRadius;

/** The code of now, how long it lasts, and something that a picture of it does not have: movement. */
export function LiveCode({ kept }: { readonly kept: ReadyTicket }) {
  useAwake();
  const now = useNow(kept.offset);
  const slot = Math.floor(now / slotMs);
  const svg = useCode(kept, slot);
  const { serial } = kept.ticket;
  return (
    <div class="live-code">
      <div class="paper">
        {svg !== undefined && <QrCode svg={svg} alt={walletTexts.codeAlt(serial)} />}
      </div>
      <div class="alive">
        <span class="sweep" aria-hidden="true" />
        <Ring leftMs={(slot + 1) * slotMs - now} />
        <p>
          <strong>{walletTexts.alive}</strong>
          <span class="clock">{clockOf(now)}</span>
        </p>
      </div>
    </div>
  );
}

function Ring({ leftMs }: { readonly leftMs: number }) {
  const gone = ringLength * (1 - leftMs / slotMs);
  return (
    <svg class="ring" viewBox="0 0 48 48" role="img" aria-label={walletTexts.secondsLeft}>
      <circle class="track" cx="24" cy="24" r={ringRadius} />
      <circle
        class="left"
        cx="24"
        cy="24"
        r={ringRadius}
        stroke-dasharray={ringLength}
        stroke-dashoffset={gone}
      />
      <text x="24" y="24">
        {Math.ceil(leftMs / 1000)}
      </text>
    </svg>
  );
}

/** The server's time, as far as this phone knows it. */
function useNow(offset: number): number {
  const [now, setNow] = useState(Date.now() + offset);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now() + offset), tickMs);
    return () => clearInterval(timer);
  }, [offset]);
  return now;
}

/** Drawn anew for each slot; the last one stays until the next is there. */
function useCode(kept: ReadyTicket, slot: number): string | undefined {
  const [svg, setSvg] = useState<string>();
  useEffect(() => {
    let isGone = false;
    void codeAt(kept, slot * slotMs).then((code) => {
      if (!isGone) setSvg(renderSVG(code, { ecc: 'M', border: 4 }));
    });
    return () => {
      isGone = true;
    };
  }, [kept, slot]);
  return svg;
}

const clock = new Intl.DateTimeFormat('pt-BR', {
  timeZone: 'America/Sao_Paulo',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

function clockOf(now: number): string {
  return clock.format(now);
}
