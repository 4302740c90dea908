// How Brazil writes money, dates and times. The formatters are made once: making one costs more
// than a thousand uses.

const money = new Intl.NumberFormat('pt-BR', { style: 'currency', currency: 'BRL' });
const timeZone = 'America/Sao_Paulo';
const day = new Intl.DateTimeFormat('pt-BR', {
  timeZone,
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});
const clock = new Intl.DateTimeFormat('pt-BR', { timeZone, hour: '2-digit', minute: '2-digit' });
const stamp = new Intl.DateTimeFormat('pt-BR', {
  timeZone,
  day: '2-digit',
  month: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** Integer cents as `R$ 1.234,50`, with a space that does not break. */
export function brl(cents: number): string {
  return money.format(cents / 100);
}

/** `sábado, 7 de março de 2026, às 21:00 (horário de Brasília)`. */
export function brasiliaTime(at: number): string {
  return `${brasiliaDay(at)}, às ${clock.format(at)} (horário de Brasília)`;
}

/** `sábado, 7 de março de 2026`. */
export function brasiliaDay(at: number): string {
  return day.format(at);
}

/** `07/03, 21:00:00`, for lists of what happened today. */
export function brasiliaStamp(at: number): string {
  return stamp.format(at);
}
