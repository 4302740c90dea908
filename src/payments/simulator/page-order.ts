import { isRecord } from '../json-fields.ts';
import type { PostedHook } from './hook-post.ts';
import { type Html, html } from './html.ts';
import type { WireCharge, WireOrder } from './wire.ts';

type Tone = 'wait' | 'good' | 'bad' | 'warn' | 'quiet';

/** One charge of an order on the simulator's page, with what can be done to it by hand. */
export function orderCard(
  order: WireOrder,
  charge: WireCharge,
  hooks: readonly PostedHook[],
): Html {
  const { text, tone } = stateOf(charge);
  return html`
    <li class="order ${tone}">
      <header>
        <p class="amount">${money(charge.amount)}</p>
        <p class="badge ${tone}">${text}</p>
      </header>
      <ul class="lines">${order.items.map(lineOf)}</ul>
      <p class="quiet">
        ${charge.payment_method === 'pix' ? 'PIX' : 'Cartão'} · feito às ${clockTime(order.created_at)}${limitOf(charge)}
      </p>
      ${paidOf(charge)}
      <p class="quiet code">Pedido <code>${order.code}</code></p>
      ${pixOf(charge)}
      ${actionsOf(charge)}
      ${hooksOf(order, hooks)}
    </li>`;
}

export function money(cents: number): string {
  const text = (cents / 100).toFixed(2).replace('.', ',');
  return `R$ ${text.replace(/\B(?=(\d{3})+(?!\d))/g, '.')}`;
}

const states: Readonly<Record<string, { readonly text: string; readonly tone: Tone }>> = {
  pending: { text: 'Aguardando pagamento', tone: 'wait' },
  processing: { text: 'Em análise', tone: 'wait' },
  paid: { text: 'Pago', tone: 'good' },
  underpaid: { text: 'Pago a menos', tone: 'warn' },
  overpaid: { text: 'Pago a mais', tone: 'warn' },
  failed: { text: 'Recusado', tone: 'bad' },
  canceled: { text: 'Cancelado', tone: 'quiet' },
  chargedback: { text: 'Contestado', tone: 'bad' },
};

/** What the transaction knows better than its charge. */
const finer: Readonly<Record<string, { readonly text: string; readonly tone: Tone }>> = {
  authorized_pending_capture: { text: 'Autorizado, a capturar', tone: 'wait' },
  expired: { text: 'Expirado', tone: 'quiet' },
  pending_refund: { text: 'Devolução em curso', tone: 'wait' },
  error_on_refunding: { text: 'Devolução falhou', tone: 'bad' },
  refunded: { text: 'Devolvido', tone: 'quiet' },
};

function stateOf({ status, last_transaction }: WireCharge) {
  return finer[last_transaction.status] ?? states[status] ?? { text: status, tone: 'quiet' };
}

function lineOf(item: unknown): Html {
  const { description, quantity, amount } = isRecord(item) ? item : {};
  return html`<li><span>${Number(quantity)} × ${String(description)}</span> <span>${money(Number(amount) * Number(quantity))}</span></li>`;
}

/** In the time zone of whoever looks: the page's script puts it there. */
function clockTime(text: string): Html {
  return html`<time datetime="${text}">${text.slice(11, 19)} UTC</time>`;
}

function limitOf({ status, last_transaction: { expires_at } }: WireCharge): Html | string {
  if (expires_at === undefined || status !== 'pending') return '';
  return html` · vence às ${clockTime(expires_at)}`;
}

function paidOf({ paid_amount = 0, canceled_amount = 0, amount }: WireCharge): Html | string {
  if (paid_amount === 0 || (paid_amount === amount && canceled_amount === 0)) return '';
  const back = canceled_amount === 0 ? '' : ` · devolvido ${money(canceled_amount)}`;
  return html`<p class="paid">Recebido ${money(paid_amount)}${back}</p>`;
}

function pixOf({ id, status, last_transaction: { qr_code } }: WireCharge): Html | string {
  if (qr_code === undefined || status !== 'pending') return '';
  return html`
    <details data-key="pix-${id}">
      <summary>Código PIX</summary>
      <p class="pix"><code>${qr_code}</code></p>
    </details>`;
}

function actionsOf(charge: WireCharge): Html {
  const { status, payment_method, paid_amount = 0 } = charge;
  const isPix = payment_method === 'pix';
  const isWaiting = status === 'pending' || status === 'processing';
  const isPaid = ['paid', 'underpaid', 'overpaid'].includes(status);
  const isEndedUnpaid = ['failed', 'canceled'].includes(status) && paid_amount === 0;
  return html`<div class="actions">
    ${isPix && isWaiting ? button(charge, 'pay', 'Pagar', 'primary') : ''}
    ${isWaiting ? button(charge, 'refuse', 'Recusar', '') : ''}
    ${isPix && isEndedUnpaid ? button(charge, 'pay', 'Pagar com atraso', '') : ''}
    ${isPix && isPaid ? button(charge, 'pay', 'Pagar de novo', '') : ''}
    ${isPaid ? button(charge, 'charge-back', 'Contestar', 'danger') : ''}
    ${isPix && isWaiting ? wrongAmount(charge) : ''}
  </div>`;
}

function button({ id }: WireCharge, action: string, label: string, kind: string): Html {
  return html`<form method="post" action="/acao">
    <input type="hidden" name="charge" value="${id}">
    <button class="button ${kind}" name="action" value="${action}">${label}</button>
  </form>`;
}

function wrongAmount({ id, amount }: WireCharge): Html {
  return html`<details class="wrong" data-key="wrong-${id}">
    <summary class="button">Valor errado</summary>
    <form method="post" action="/acao">
      <input type="hidden" name="charge" value="${id}">
      <label>Valor em reais
        <input name="amount" inputmode="decimal" required value="${((amount - 100) / 100).toFixed(2).replace('.', ',')}">
      </label>
      <button class="button primary" name="action" value="pay">Pagar este valor</button>
    </form>
  </details>`;
}

function hooksOf(order: WireOrder, hooks: readonly PostedHook[]): Html | string {
  if (hooks.length === 0) return '';
  const count = (wanted: PostedHook['status']) =>
    hooks.filter(({ status }) => status === wanted).length;
  const [sent, waiting, lost] = [count('sent'), count('pending'), count('failed')];
  return html`<footer>
    <p class="quiet">Avisos: ${sent} ${sent === 1 ? 'enviado' : 'enviados'}${
      waiting > 0 ? ` · ${waiting} a caminho` : ''
    }${lost > 0 ? html` · <strong>${lost} sem entrega</strong>` : ''}</p>
    <form method="post" action="/acao">
      <input type="hidden" name="charge" value="${order.id}">
      <button class="link" name="action" value="resend">Reenviar</button>
    </form>
  </footer>`;
}
