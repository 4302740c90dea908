import type { SaleStatus } from '@ingressou/protocol';
import { count, countdown, money, shortDate, timeOfDay } from './format.ts';

/** Every word of the page. What takes arguments is a function. */
export const texts = {
  brand: 'Ingressou',

  shows: 'Próximos shows',
  noShows: 'Nenhum show à venda no momento.',
  seeTickets: 'Ver ingressos',
  allShows: 'Todos os shows',
  place: (venue: string, city: string, uf: string) => `${venue} · ${city}, ${uf}`,
  brasiliaTime: 'horário de Brasília',

  loading: 'Carregando…',
  loadFailed: 'Não foi possível carregar a página.',
  tryAgain: 'Tentar de novo',
  pageNotFound: 'Esta página não existe.',
  pageNotFoundAdvice: 'O endereço pode estar incompleto. Seus pedidos ficam na página do show.',
  showNotFound: 'Não encontramos este show.',
  showNotFoundAdvice: 'O endereço pode estar incompleto ou o show já ter passado.',
  showRefused: 'Este show não pode ser mostrado agora.',

  sale: {
    closed: 'As vendas ainda não têm data para abrir.',
    scheduled: 'As vendas abrem em',
    open: 'Vendas abertas',
    paused: 'Vendas pausadas. Os ingressos já reservados continuam guardados.',
    cancelled:
      'Este show foi cancelado. Quem pagou recebe tudo de volta, com a taxa, sem precisar pedir.',
  } satisfies Record<SaleStatus, string>,
  opening: 'Abrindo as vendas…',
  opensAt: (at: number) => `${shortDate(at)}, horário de Brasília`,
  saleOpensSoon: (seconds: number) => `As vendas abrem em ${spokenTime(seconds)}.`,
  saleIsOpen: 'As vendas estão abertas.',

  tickets: 'Ingressos',
  limit: (limit: number) => `Até ${limit} por pessoa`,
  available: (value: number) => (value === 1 ? 'Resta 1' : `${count(value)} disponíveis`),
  fewLeft: (value: number) => (value === 1 ? 'Resta só 1' : `Restam só ${count(value)}`),
  nominal: 'Nominal: só entra quem está no ingresso',
  soldOut: 'Esgotado',
  mayComeBack: 'Ingressos de reservas que vencem voltam à venda e aparecem aqui na hora.',
  fewerThanChosen: 'Há menos do que você escolheu.',
  lotName: (sector: string, name: string) => `${sector}, ${name}`,
  quantityOf: (lot: string) => `Quantidade de ${lot}`,
  more: 'Mais um',
  fewer: 'Menos um',

  order: 'Seu pedido',
  chooseTickets: 'Escolha os ingressos',
  reserve: (units: number) => `Reservar ${ticketCount(units)}`,
  reserving: 'Reservando…',
  reserveWhenOpen: 'Aguarde a abertura',
  notOnSale: 'Vendas indisponíveis',
  waitingForConnection: 'Aguardando a conexão…',
  sentOnReconnect: 'Sem conexão: tentaremos enviar o pedido por 30 s.',
  allOrNothing: 'Reservamos todos os ingressos ou nenhum.',
  signInNeeded: 'Para reservar é preciso entrar na sua conta.',
  total: 'Total',
  fee: 'Taxa de conveniência',
  feeInside: (feeCents: number) => `inclui taxa de ${money(feeCents)}`,
  line: (quantity: number, lot: string) => `${quantity} × ${lot}`,
  sum: money,

  holds: 'Suas reservas',
  holdOf: (units: number) => ticketCount(units),
  keptUntil: (at: number) => `Guardados para você até ${timeOfDay(at)}`,
  timeLeft: 'Tempo restante',
  timeIsUp: 'Prazo encerrado',
  paid: 'Pago',
  extend: 'Prorrogar prazo',
  release: 'Devolver',
  releaseQuestion: 'Devolver estes ingressos? Eles voltam à venda.',
  releaseConfirm: 'Sim, devolver',
  releaseCancel: 'Manter',
  sending: 'Enviando…',

  reserved: (units: number) => `Pronto: ${ticketCount(units)} na sua reserva.`,
  extended: (at: number) => `Prazo prorrogado até ${timeOfDay(at)}.`,
  released: 'Ingressos devolvidos.',
  holdRunsOut: (seconds: number) => `Sua reserva vence em ${spokenTime(seconds)}.`,
  ending: {
    expired: (units: number) =>
      `O prazo da sua reserva de ${ticketCount(units)} acabou. Eles voltaram à venda.`,
    released: (units: number) => `Sua reserva de ${ticketCount(units)} foi devolvida.`,
    gone: (units: number) =>
      `Sua reserva de ${ticketCount(units)} terminou enquanto você estava sem conexão.`,
  },
  dismiss: 'Fechar aviso',

  connecting: 'Conectando…',
  reconnecting: 'Conexão perdida. Reconectando…',
  offlineFor: (seconds: number) =>
    `Sem conexão há ${spokenDuration(seconds)} — os números podem estar desatualizados.`,
  offline: 'Sem conexão. Os números podem estar desatualizados.',
  retryNow: 'Tentar agora',
  back: 'Conexão de volta. Os números estão atualizados.',
  catchingUp: 'Atualizando os números…',
  reload: 'Recarregar a página',
  failed: {
    replaced: 'Esta conta abriu janelas demais, e esta foi desligada.',
    newer_server: 'Há uma versão nova desta página.',
    other: 'A conexão foi encerrada pelo servidor.',
  },
} as const;

export function ticketCount(units: number): string {
  return units === 1 ? '1 ingresso' : `${count(units)} ingressos`;
}

/** "1 minuto", "45 segundos": for what is read aloud or inside a sentence. */
export function spokenTime(seconds: number): string {
  if (seconds >= 3_600) return countdown(seconds);
  const minutes = Math.floor(seconds / 60);
  if (minutes > 0) return minutes === 1 ? '1 minuto' : `${minutes} minutos`;
  return seconds === 1 ? '1 segundo' : `${seconds} segundos`;
}

function spokenDuration(seconds: number): string {
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`;
}
