/** What the simulator's page does by itself: it fetches the orders again, and shows times as the other pages do. */
export const pageScript = `'use strict';
const orders = document.getElementById('orders');
const pauseMs = 2000;
let shown = '';

function showTimes() {
  for (const time of document.querySelectorAll('time')) {
    time.textContent = new Date(time.dateTime).toLocaleTimeString('pt-BR', { timeZone: 'America/Sao_Paulo' });
  }
}

/** Nothing moves under the fingers of somebody who types. */
function isTyping() {
  return document.activeElement instanceof HTMLInputElement;
}

function show(list) {
  const open = [...document.querySelectorAll('details[open]')].map((each) => each.dataset.key);
  const { name, value } = document.activeElement ?? {};
  const charge = document.activeElement?.form?.elements.charge?.value;
  orders.innerHTML = list;
  for (const each of orders.querySelectorAll('details')) each.open = open.includes(each.dataset.key);
  for (const form of orders.querySelectorAll('form')) {
    if (charge === undefined || form.elements.charge.value !== charge) continue;
    form.querySelector('button[name="' + name + '"][value="' + value + '"]')?.focus();
  }
  showTimes();
}

async function refresh() {
  try {
    const response = await fetch('/pedidos');
    const list = await response.text();
    if (response.ok && list !== shown && !isTyping()) {
      show(list);
      shown = list;
    }
  } catch {
    // The simulator was stopped: the page shows what was, and goes on when it is back.
  }
  setTimeout(refresh, pauseMs);
}

showTimes();
refresh();
`;
