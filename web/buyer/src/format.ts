/** Money, dates and countdowns as a reader in Brazil expects them. */
const timeZone = 'America/Sao_Paulo';

const brl = new Intl.NumberFormat('pt-BR', { style: 'currency', currency: 'BRL' });
const whole = new Intl.NumberFormat('pt-BR');
const dateAndTime = new Intl.DateTimeFormat('pt-BR', {
  timeZone,
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
});
const dayAndTime = new Intl.DateTimeFormat('pt-BR', {
  timeZone,
  day: 'numeric',
  month: 'long',
  hour: '2-digit',
  minute: '2-digit',
});
const clockTime = new Intl.DateTimeFormat('pt-BR', {
  timeZone,
  hour: '2-digit',
  minute: '2-digit',
});

/** "R$ 1.234,50" from cents. */
export function money(cents: number): string {
  return brl.format(cents / 100);
}

export function count(value: number): string {
  return whole.format(value);
}

/** "sexta-feira, 1 de janeiro de 2027 às 21:00" from milliseconds since 1970, as the next two. */
export function longDate(at: number): string {
  return dateAndTime.format(at);
}

export function shortDate(at: number): string {
  return dayAndTime.format(at);
}

export function timeOfDay(at: number): string {
  return clockTime.format(at);
}

/** Full seconds until `at`, never negative: a countdown must not promise time that is not there. */
export function secondsLeft(at: number, now: number): number {
  return Math.max(0, Math.floor((at - now) / 1000));
}

/** "9:05", "1:00:00" or "2 dias 3:00:00". */
export function countdown(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor(seconds / 3_600) % 24;
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = String(seconds % 60).padStart(2, '0');
  if (days === 0 && hours === 0) return `${minutes}:${rest}`;
  const clock = `${hours}:${String(minutes).padStart(2, '0')}:${rest}`;
  return days === 0 ? clock : `${days} ${days === 1 ? 'dia' : 'dias'} ${clock}`;
}
