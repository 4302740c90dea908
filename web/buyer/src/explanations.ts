import type { Rejection, RejectionReason } from '@ingressou/protocol';
import { shortDate } from './format.ts';
import { spokenTime, texts, ticketCount } from './texts.ts';

/** A no, explained: what happened, and what the buyer can do about it. */
export interface Explanation {
  readonly what: string;
  readonly advice: string;
}

/** What an explanation may need to know besides the rejection. */
export interface Context {
  readonly nameOf: (lot: string) => string;
  /** The wish was about a hold that the buyer has, and still has. */
  readonly isAboutHold?: boolean;
}

type Explain<R extends RejectionReason> = (
  rejection: Extract<Rejection, { readonly reason: R }>,
  context: Context,
) => Explanation;

const nothingReserved = 'Nada foi reservado.';
/** What a no leaves behind. */
function nothingDone({ isAboutHold = false }: Context): string {
  return isAboutHold ? 'Sua reserva continua como estava.' : nothingReserved;
}

const ourFault = 'Nossa equipe já foi avisada. Tente mais tarde.';
const askProduction = 'Fale com a produção do show.';
const reloadAndChoose = 'Recarregue a página e escolha de novo.';

const explanations: { readonly [R in RejectionReason]: Explain<R> } = {
  show_not_found: () => ({
    what: 'Este show não está mais disponível.',
    advice: 'Volte à lista e escolha outro.',
  }),
  show_exists: () => ({ what: 'Este show já existe.', advice: nothingReserved }),
  lot_not_found: () => ({ what: 'Este lote não existe mais.', advice: reloadAndChoose }),
  lot_exists: () => ({ what: 'Este lote já existe.', advice: nothingReserved }),
  too_many_lots: () => ({ what: 'O show já tem lotes demais.', advice: nothingReserved }),
  invalid_parameter: () => ({ what: 'O pedido não pôde ser lido.', advice: reloadAndChoose }),
  sale_not_open: ({ opensAt }) => ({
    what: 'As vendas não estão abertas.',
    advice:
      opensAt === undefined
        ? 'Deixe esta página aberta: ela avisa quando abrirem.'
        : `Abrem em ${shortDate(opensAt)}.`,
  }),
  sold_out: ({ lot, available }, { nameOf }) => ({
    what:
      available === 0
        ? `${nameOf(lot)} esgotou antes do seu pedido chegar.`
        : `${nameOf(lot)}: ${texts.fewLeft(available).toLowerCase()}.`,
    advice: `${nothingReserved} ${
      available === 0 ? 'Escolha outro lote.' : 'Diminua a quantidade ou escolha outro lote.'
    }`,
  }),
  invalid_quantity: ({ max }) => ({
    what: `A quantidade de cada lote vai de 1 a ${max}.`,
    advice: 'Ajuste a quantidade e tente de novo.',
  }),
  invalid_items: () => ({
    what: 'Não dá para reservar esta combinação de lotes de uma vez.',
    advice: 'Escolha menos lotes e tente de novo.',
  }),
  purchase_limit: ({ limit, taken }) => ({
    what:
      taken === 0
        ? `O limite deste show é de ${ticketCount(limit)} por pessoa.`
        : `O limite deste show é de ${ticketCount(limit)} por pessoa, e você já tem ${taken}.`,
    advice: `${nothingReserved} Diminua a quantidade.`,
  }),
  hold_not_found: () => ({
    what: 'Não encontramos esta reserva.',
    advice: 'Recarregue a página para ver as suas reservas.',
  }),
  hold_expired: () => ({
    what: 'O prazo desta reserva já acabou.',
    advice: 'Se ainda houver ingressos, reserve de novo.',
  }),
  hold_released: () => ({
    what: 'Esta reserva já foi devolvida.',
    advice: 'Se ainda houver ingressos, reserve de novo.',
  }),
  hold_paid: () => ({
    what: 'Esta reserva já foi paga.',
    advice: 'Os ingressos são seus; não é preciso fazer mais nada aqui.',
  }),
  already_extended: () => ({
    what: 'O prazo desta reserva já foi prorrogado.',
    advice: 'Cada reserva pode ser prorrogada uma vez.',
  }),
  details_missing: (_, context) => ({
    what: 'Faltam os dados de quem compra.',
    advice: `${nothingDone(context)} Preencha os dados e tente de novo.`,
  }),
  order_open: () => ({
    what: 'Esta reserva já tem um pagamento em andamento.',
    advice: 'Conclua esse pagamento ou cancele-o antes de começar outro.',
  }),
  too_many_checkouts: ({ max }) => ({
    what: `Esta reserva já teve ${max} tentativas de pagamento.`,
    advice: 'Devolva os ingressos e, se ainda houver, reserve de novo.',
  }),
  order_not_found: () => ({
    what: 'Não encontramos este pedido.',
    advice: 'Recarregue a página para ver os seus pedidos.',
  }),
  order_not_pending: ({ status }) => ({
    what: status === 'paid' ? 'Este pedido já foi pago.' : 'Este pedido já foi encerrado.',
    advice: 'A página mostra como ele está agora.',
  }),
  order_not_paid: ({ status }) => ({
    what: status === 'refunded' ? 'Este pedido já foi reembolsado.' : 'Este pedido não está pago.',
    advice: 'A página mostra como ele está agora.',
  }),
  refund_too_late: ({ until }) => ({
    what: `O prazo para pedir reembolso terminou em ${shortDate(until)}.`,
    advice: 'Se o show for cancelado, o dinheiro volta sem precisar pedir.',
  }),
  invalid_serials: () => ({
    what: 'Algum destes ingressos já foi devolvido.',
    advice: 'Confira quais ainda valem e escolha de novo.',
  }),
  show_cancelled: () => ({
    what: 'Este show foi cancelado.',
    advice: 'Quem pagou recebe tudo de volta, com a taxa, sem precisar pedir.',
  }),
  ticket_used: () => ({
    what: 'Algum destes ingressos já foi usado na entrada.',
    advice: 'Um ingresso usado não pode ser devolvido. Escolha os outros.',
  }),
  checkpoint_not_found: () => ({
    what: 'Este acesso não existe neste show.',
    advice: askProduction,
  }),
  device_not_found: () => ({ what: 'Este leitor não está cadastrado.', advice: askProduction }),
  device_revoked: () => ({ what: 'Este leitor foi bloqueado.', advice: askProduction }),
  device_exists: () => ({ what: 'Este leitor já está cadastrado.', advice: askProduction }),
  too_many_devices: () => ({ what: 'O show já tem leitores demais.', advice: askProduction }),
  incident_not_found: () => ({ what: 'Este incidente não existe mais.', advice: askProduction }),
  scan_known: () => ({ what: 'Esta leitura já foi enviada.', advice: askProduction }),
  ticket_not_found: () => ({ what: 'Não encontramos este ingresso.', advice: askProduction }),
  ticket_not_half: () => ({ what: 'Este ingresso já é de preço inteiro.', advice: askProduction }),
  ticket_not_rotating: () => ({
    what: 'Este ingresso não precisa ser aberto na carteira.',
    advice: 'O QR Code dele não muda: mostre o que está na página ou no PDF.',
  }),
  ticket_bound: ({ movesLeft }) => ({
    what: 'Este ingresso está em outro celular.',
    advice:
      movesLeft === 0
        ? `Ele não pode mais mudar de celular. ${askProduction}`
        : 'Se o outro celular não vai ser usado na entrada, traga o ingresso para este.',
  }),
  too_many_moves: ({ max }) => ({
    what: `Este ingresso já mudou de celular ${max} vezes.`,
    advice: `Ele continua no celular em que está. ${askProduction}`,
  }),
  move_too_late: () => ({
    what: 'Perto da abertura dos portões, um ingresso não muda mais de celular.',
    advice: `Ele continua no celular em que está. ${askProduction}`,
  }),
  id_reused: (_, context) => ({
    what: 'Este pedido se confundiu com outro.',
    advice: `${nothingDone(context)} Tente de novo.`,
  }),
  id_out_of_time: (_, context) => ({
    what: 'O pedido demorou demais para chegar.',
    advice: `${nothingDone(context)} Tente de novo.`,
  }),
  sign_in_required: () => ({ what: texts.signInNeeded, advice: nothingReserved }),
  forbidden: () => ({
    what: 'Esta conta não pode reservar ingressos.',
    advice: 'Entre com uma conta de cliente.',
  }),
  too_many_watches: () => ({
    what: 'Há shows demais abertos nesta janela.',
    advice: 'Feche algum e recarregue a página.',
  }),
  too_fast: ({ retryAfterMs }, context) => ({
    what: 'Foram pedidos demais em pouco tempo.',
    advice: `${nothingDone(context)} Tente de novo em ${spokenTime(Math.ceil(retryAfterMs / 1000))}.`,
  }),
  busy: (_, context) => ({
    what: 'O pedido não chegou a ser atendido.',
    advice: `${nothingDone(context)} Tente de novo em instantes.`,
  }),
  outcome_unknown: () => ({
    what: 'Não sabemos se o pedido foi concluído.',
    advice: 'Tente de novo: o mesmo pedido é repetido, e nada é reservado em dobro.',
  }),
  internal_error: () => ({ what: 'Algo deu errado do nosso lado.', advice: ourFault }),
  sealed: () => ({ what: 'As vendas deste show foram suspensas.', advice: ourFault }),
};

/** Why the house said no. A reason that is younger than this page is our fault. */
export function explain(rejection: Rejection, context: Context): Explanation {
  if (!Object.hasOwn(explanations, rejection.reason)) {
    return explanations.internal_error({ reason: 'internal_error' }, context);
  }
  // Each function takes the rejection of its own reason, which a look-up by reason cannot express.
  const explanation = explanations[rejection.reason] as (
    rejection: Rejection,
    context: Context,
  ) => Explanation;
  return explanation(rejection, context);
}
