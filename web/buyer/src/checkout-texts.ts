import type { PaymentRefusal } from '@ingressou/protocol';
import type { FlawName } from './checkout/buyer-form.ts';
import { money, shortDate, timeOfDay } from './format.ts';
import { spokenTime, ticketCount } from './texts.ts';

/** The words of paying, of tickets and of money that goes back. */
export const checkoutTexts = {
  toPayment: 'Ir para o pagamento',
  payment: 'Pagamento',
  back: 'Voltar',
  summary: 'Sua compra',

  buyer: 'Quem compra',
  name: 'Nome completo',
  email: 'E-mail',
  emailHint: 'Os ingressos também vão para este endereço.',
  cpf: 'CPF',
  phone: 'Celular com DDD',
  remember: 'Lembrar meus dados neste navegador',
  holders: 'Quem vai usar os ingressos',
  isForMe: (units: number) =>
    units === 1 ? 'O ingresso é para mim' : 'Todos os ingressos no meu nome',
  holder: (index: number, lot: string) => `Nome no ingresso ${index + 1} (${lot})`,

  method: 'Como pagar',
  methods: { pix: 'PIX', card: 'Cartão de crédito' },
  methodHints: {
    pix: 'Um código para o app do seu banco; confirma em segundos.',
    card: 'O banco pode pedir uma confirmação.',
  },
  noMethods: 'Os pagamentos estão indisponíveis agora. Sua reserva continua guardada.',
  cardData: 'Dados do cartão',
  cardSafe:
    'O número do cartão vai direto do seu navegador para o meio de pagamento; nós não o vemos.',
  cardLoading: 'Carregando o formulário do cartão…',
  cardMissing:
    'O formulário do cartão não carregou. Confira a conexão, desligue bloqueadores nesta página ou pague com PIX.',
  cardNumber: 'Número do cartão',
  cardHolder: 'Nome impresso no cartão',
  cardMonth: 'Mês (MM)',
  cardYear: 'Ano (AA)',
  cardCode: 'Código de segurança',
  installments: 'Parcelas',
  installment: (count: number, cents: number) =>
    count === 1
      ? `À vista, ${money(cents)}`
      : `${count}× de ${money(Math.ceil(cents / count))} sem juros`,
  billing: 'Endereço da fatura',
  zipCode: 'CEP',
  line1: 'Número, rua e bairro',
  city: 'Cidade',
  uf: 'UF',

  rights: (until: string) =>
    `Você pode desistir e receber tudo de volta, com a taxa, em até 7 dias (CDC, art. 49) e até 48 h antes do show: ${until}.`,
  payPix: (cents: number) => `Gerar código PIX de ${money(cents)}`,
  payCard: (cents: number) => `Pagar ${money(cents)} com cartão`,
  payFree: 'Confirmar',
  askingBank: 'Falando com o seu banco…',
  sending: 'Enviando…',

  bank: 'Confirmação do seu banco',
  bankHint: 'Seu banco quer confirmar que é você. Esta janela é dele.',
  leaveBank: 'Cancelar',

  preparingPix: 'Gerando o código PIX…',
  waitingPix: 'Aguardando o pagamento. Esta página avisa assim que ele chegar.',
  pixTitle: (cents: number) => `Pague ${money(cents)} com PIX`,
  pixSteps: 'Abra o app do seu banco, escolha pagar com PIX e leia o código, ou copie e cole.',
  pixAlt: 'QR code do PIX',
  pixCode: 'Código PIX copia e cola',
  copy: 'Copiar código',
  copied: 'Código copiado',
  copyByHand: 'Código selecionado: copie com o teclado ou o menu',
  payBy: (at: number) => `Pague até ${timeOfDay(at)}`,
  pixRunsOut: (seconds: number) => `O código PIX vence em ${spokenTime(seconds)}.`,
  pixIsOver:
    'O prazo para pagar acabou. Se você acabou de pagar, aguarde: a confirmação ainda pode chegar. Não pague de novo.',
  pixMissing: 'Não foi possível mostrar o código PIX.',
  cardTitle: (cents: number) => `Pagando ${money(cents)} com cartão`,
  waitingCard: 'Aguardando a resposta do banco. Isso leva alguns segundos, e esta página avisa.',
  giveUp: 'Desistir da compra',
  giveUpQuestion:
    'Desistir desta compra? Os ingressos voltam à venda. Se você já pagou, o dinheiro volta.',
  giveUpConfirm: 'Sim, desistir',
  giveUpCancel: 'Continuar a compra',
  givenUp: 'Compra cancelada. Os ingressos voltaram à venda.',
  paymentFailed: 'O pagamento não foi concluído. Seus ingressos continuam reservados.',
  paidNow: 'Pagamento confirmado. Os ingressos são seus.',

  orders: 'Seus pedidos',
  paid: 'Pago',
  bought: (units: number) => ticketCount(units),
  paidOn: (code: string, cents: number, at: number) =>
    `Pedido ${code} · ${money(cents)} · pago em ${shortDate(at)}`,
  signing: 'Preparando os seus ingressos…',
  signingHint: 'Leva alguns segundos. O pagamento está confirmado.',
  ticketsMissing: 'Não foi possível carregar os ingressos. Eles são seus, e também vão por e-mail.',
  ticket: (serial: number) => `Ingresso nº ${serial}`,
  ticketAlt: (serial: number) => `QR code do ingresso nº ${serial}`,
  openWallet: 'Abrir na carteira',
  onPhone: 'Só vale no celular que vai à entrada: lá o código muda a cada 15 segundos.',
  onPhoneToo:
    'O código acima vale também impresso. Se preferir, abra na carteira do celular que vai à entrada, onde o código muda a cada 15 segundos.',
  showAtGate: 'Mostre o código na entrada. Ele vale uma vez; não o publique.',
  revoked: 'Devolvido: não vale mais',
  downloadPdf: 'Baixar PDF',
  preparingPdf: 'Preparando o PDF…',
  pdfMissing: 'Não foi possível baixar o PDF. Tente de novo em instantes.',
  pdfName: (show: string) => `ingressos-${show}.pdf`,

  refund: 'Pedir reembolso',
  refundTitle: 'Quais ingressos devolver?',
  refundAmount: (total: number, tickets: number, fee: number) =>
    fee === 0
      ? `Voltam ${money(total)}, pelo mesmo meio de pagamento.`
      : `Voltam ${money(total)} (${money(tickets)} dos ingressos e ${money(fee)} da taxa), pelo mesmo meio de pagamento.`,
  refundNone: 'Escolha ao menos um ingresso.',
  refundRule: (until: number) =>
    `Até ${shortDate(until)}: 7 dias depois da compra e no máximo 48 h antes do show.`,
  refundOver: (until: number) =>
    `O prazo para pedir reembolso terminou em ${shortDate(until)}. Se o show for cancelado, o dinheiro volta sem precisar pedir.`,
  refundFinal: 'Os ingressos devolvidos deixam de valer na hora.',
  refundConfirm: (units: number) => `Devolver ${ticketCount(units)}`,
  refundCancel: 'Manter os ingressos',
  refundAsked: 'Reembolso pedido. Os ingressos devolvidos não valem mais.',
  refundDue: (cents: number) => `${money(cents)} a caminho de volta para você.`,
  refunded: (cents: number) => `${money(cents)} devolvidos a você.`,
  returned: {
    refunded: 'Compra reembolsada',
    late: 'Pagamento devolvido',
    cancelled: 'Show cancelado: compra reembolsada',
  },
  returnedWhy: {
    refunded: 'Os ingressos desta compra foram devolvidos e não valem mais.',
    cancelled: 'Este show foi cancelado. Tudo o que você pagou volta, com a taxa.',
    late: 'O pagamento chegou depois do prazo, quando os ingressos já tinham voltado à venda. Ele volta inteiro.',
    underpaid: 'O valor pago foi menor que o da compra. Ele volta inteiro.',
    stray: 'Chegou um pagamento que não era mais esperado. Ele volta inteiro.',
  },
} as const;

/** What is wrong in a field, and what to do. */
export const flawTexts: Readonly<Record<FlawName, string>> = {
  name: 'Escreva o nome, como no documento.',
  email: 'Confira o e-mail: falta algo, como em nome@exemplo.com.',
  cpf: 'Confira o CPF: são 11 números, e os dois últimos têm de bater.',
  phone: 'Escreva o número com DDD, como (11) 98765-4321.',
  cardNumber: 'Confira o número do cartão.',
  cardHolder: 'Escreva o nome como está no cartão.',
  cardMonth: 'Mês de 01 a 12.',
  cardYear: 'Confira o ano: o cartão pode estar vencido.',
  cardCode: 'São 3 ou 4 números.',
  address: 'Escreva número, rua e bairro.',
  zipCode: 'São 8 números, como 70000-000.',
  city: 'Escreva a cidade.',
  uf: 'Duas letras, como DF.',
};

/** Why a payment was refused, and what the buyer can do. */
export const refusalTexts: Readonly<Record<PaymentRefusal, { what: string; advice: string }>> = {
  card_refused: {
    what: 'O banco recusou o cartão.',
    advice: 'Nada foi cobrado. Tente outro cartão ou pague com PIX.',
  },
  risk_refused: {
    what: 'O pagamento não passou na análise de segurança.',
    advice: 'Nada foi cobrado. Tente outro cartão ou pague com PIX.',
  },
  challenge_failed: {
    what: 'O banco não confirmou que é você.',
    advice: 'Nada foi cobrado. Tente de novo, com outro cartão ou com PIX.',
  },
  underpaid: {
    what: 'O valor pago foi menor que o da compra.',
    advice: 'Ele volta inteiro para você. Seus ingressos continuam reservados: pague de novo.',
  },
  details_refused: {
    what: 'O meio de pagamento não aceitou os dados de quem compra.',
    advice: 'Nada foi cobrado. Confira nome, CPF, e-mail e celular e tente de novo.',
  },
  provider_unavailable: {
    what: 'O meio de pagamento não respondeu.',
    advice: 'Tente de novo em instantes. Se algo foi cobrado, o dinheiro volta.',
  },
};
