import type { Challenge } from './challenges.ts';
import { type Html, html } from './html.ts';
import { money } from './page-order.ts';

/** What the buyer's bank shows inside the shop's page. */
export function challengePage({ transaction, amountCents }: Challenge): string {
  return frame(
    '',
    html`
    <form class="bank" method="post">
      <h1>Banco Simulado</h1>
      <p>Para confirmar a compra de <strong>${money(amountCents)}</strong>, digite o código que enviamos por SMS.</p>
      <label>Código
        <input name="code" inputmode="numeric" autocomplete="one-time-code" required maxlength="8">
      </label>
      <input type="hidden" name="transaction" value="${transaction}">
      <button class="button primary">Confirmar</button>
      <button class="button" name="cancel" value="1" formnovalidate>Cancelar</button>
      <p class="quiet">No simulador, o código é 1234; qualquer outro é recusado.</p>
    </form>`,
  );
}

/** The end of it, told to the page around by the script. */
export function challengeEndPage({ transaction, status }: Challenge, isCanceled: boolean): string {
  const data = JSON.stringify({
    tds_server_trans_id: transaction,
    trans_status: status,
    challenge_canceled: isCanceled,
  });
  const text = status === 'Y' ? 'Compra confirmada.' : 'Compra não confirmada.';
  return frame(data, html`<p class="bank">${text}</p>`);
}

/** Runs inside the bank's frame. */
export const challengeEndScript = `'use strict';
const { outcome } = document.body.dataset;
if (outcome) window.parent.postMessage(JSON.parse(outcome), '*');
`;

function frame(outcome: string, content: Html): string {
  return html`<!doctype html>
<html lang="pt-BR">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Banco Simulado</title>
  <link rel="stylesheet" href="/simulador.css">
  <script src="/3ds/desafio.js" defer></script>
</head>
<body data-outcome="${outcome}">${content}</body>
</html>`.text;
}
