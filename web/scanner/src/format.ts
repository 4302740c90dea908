/** Everything in the time of the shows, wherever the phone thinks it is. */
const timeZone = 'America/Sao_Paulo';

const time = new Intl.DateTimeFormat('pt-BR', { timeZone, hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('pt-BR', { timeZone, day: '2-digit', month: '2-digit' });
const whole = new Intl.NumberFormat('pt-BR');
const listed = new Intl.ListFormat('pt-BR', { type: 'disjunction' });

/** "21:05". */
export function timeOfDay(at: number): string {
  return time.format(at);
}

/** "26/11 às 21:05". */
export function dayAndTime(at: number): string {
  return `${day.format(at)} às ${time.format(at)}`;
}

/** "12.500". */
export function count(value: number): string {
  return whole.format(value);
}

/** "A, B ou C". */
export function list(words: readonly string[]): string {
  return listed.format(words);
}

/** "12 s", "3 min", "2 h 5 min". */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

/** "há 3 min"; a clock that differs a little never says that it will be. */
export function ago(ms: number): string {
  return ms < 1_000 ? 'agora mesmo' : `há ${duration(ms)}`;
}
