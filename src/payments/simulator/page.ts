import type { Control } from './control.ts';
import { type Html, html } from './html.ts';
import { money, orderCard } from './page-order.ts';

const shownMax = 60;

export interface PageFacts {
  readonly payAfterMs: number | 'by_hand';
  readonly pixLimitCents: number;
  readonly webhookUrl: string | undefined;
}

/** The simulator's page: every order, and what can be done to it by hand. In Portuguese. */
export function page(control: Control, facts: PageFacts): string {
  return html`<!doctype html>
<html lang="pt-BR">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Simulador de pagamentos</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="/simulador.css">
  <script src="/simulador.js" defer></script>
</head>
<body>
  <header class="masthead">
    <div>
      <p class="brand">Simulador de pagamentos</p>
      <p class="quiet">Faz o papel da Pagar.me. Nenhum dinheiro se move aqui.</p>
    </div>
  </header>
  <main>
    ${factList(facts)}
    <h1>Pedidos</h1>
    <div id="orders" aria-live="polite">${orderList(control)}</div>
  </main>
</body>
</html>`.text;
}

/** Only the orders: what the page's script fetches again and again. */
export function orderList(control: Control): Html {
  const orders = control.orders().slice(0, shownMax);
  if (orders.length === 0) {
    return html`<p class="empty">Nenhum pedido ainda. Assim que alguém chegar ao pagamento, ele aparece aqui.</p>`;
  }
  const hooks = control.hooks();
  const cards = orders.flatMap((order) =>
    order.charges.map((charge) =>
      orderCard(
        order,
        charge,
        hooks.filter(({ order: told }) => told === order.id),
      ),
    ),
  );
  return html`<ul class="orders">${cards}</ul>`;
}

function factList({ payAfterMs, pixLimitCents, webhookUrl }: PageFacts): Html {
  const paid =
    payAfterMs === 'by_hand'
      ? 'O PIX espera que alguém pague aqui.'
      : `O PIX é pago sozinho ${seconds(payAfterMs)} s depois de criado.`;
  return html`<section class="facts" aria-label="Como o simulador está configurado">
    <p>${paid} Acima de ${money(pixLimitCents)} ele falha, como no ambiente de testes.</p>
    <p>${webhookUrl === undefined ? 'Os avisos não vão a lugar nenhum.' : html`Avisos para <code>${webhookUrl}</code>`}</p>
    <details data-key="cards">
      <summary>Cartões de teste</summary>
      <ul class="cards">
        ${testCards.map(([number, meaning]) => html`<li><code>${number}</code> <span>${meaning}</span></li>`)}
      </ul>
      <p class="quiet">Qualquer número válido com CVV 123 é aprovado; com CVV que começa com 6, recusado. No 3-D Secure, o código é 1234.</p>
    </details>
  </section>`;
}

/** In tenths, with a comma. */
function seconds(ms: number): string {
  return (Math.round(ms / 100) / 10).toLocaleString('pt-BR');
}

const testCards = [
  ['4000 0000 0000 0010', 'aprovado, sem desafio no 3-D Secure'],
  ['4000 0000 0000 0028', 'recusado'],
  ['4000 0000 0000 0036', 'em análise, depois aprovado'],
  ['4000 0000 0000 0044', 'em análise, depois recusado'],
  ['4000 0000 0000 0077', 'aprovado, depois cancelado'],
  ['4000 0000 0000 0093', 'aprovado, depois contestado'],
] as const;
