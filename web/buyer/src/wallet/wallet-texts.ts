import type { BlockedMove, GoneReason } from './wallet.ts';

const production = 'Fale com a produção do show, com documento e o número do pedido.';

/** The words of the wallet. */
export const walletTexts = {
  wallet: 'Carteira',
  noTicket: 'Abra um ingresso pela página do show, em “Seus pedidos”.',
  opening: 'Abrindo o ingresso…',
  ticket: (serial: number) => `Ingresso nº ${serial}`,
  half: 'Meia-entrada',
  halfNotice: 'Na entrada, apresente o documento que comprova a meia.',

  activateTitle: 'Este celular vai à entrada?',
  activateWhy:
    'O código deste ingresso muda a cada 15 segundos e só aparece no celular em que for aberto. Depois de aberto aqui, funciona sem internet.',
  activate: 'Abrir neste celular',
  activating: 'Abrindo…',

  codeAlt: (serial: number) => `Código do ingresso nº ${serial}, para ser lido na entrada`,
  secondsLeft: 'segundos até o próximo código',
  alive: 'Ao vivo',
  bright: 'Brilho da tela no máximo ajuda a leitura.',
  noPhotos: 'Foto ou captura de tela não vale na entrada.',
  ready: 'Pronto: funciona também sem internet.',
  offline: 'Sem internet agora. O código continua valendo.',
  printable: 'Você também pode entrar com o ingresso impresso.',

  movedTitle: 'Este ingresso foi para outro celular',
  moved: 'O código deste celular não vale mais na entrada.',
  elsewhereTitle: 'Este ingresso está em outro celular',
  elsewhere:
    'Ou os dados deste navegador foram apagados e a chave se perdeu. Se este é o celular que vai à entrada, traga o ingresso para cá.',
  move: 'Trazer para este celular',
  moving: 'Trazendo…',
  moveWarning:
    'O outro celular deixa de valer na hora. Um ingresso muda de celular até 3 vezes, e não nas 2 horas antes da abertura.',
  blocked: {
    too_many_moves: `Ele já mudou de celular 3 vezes. ${production}`,
    move_too_late: `Falta pouco para a abertura, e um ingresso não muda mais de celular. ${production}`,
    ticket_used: 'Ele já foi usado na entrada, e fica no celular em que está.',
  } satisfies Record<BlockedMove, string>,

  goneTitle: {
    revoked: 'Este ingresso foi cancelado',
    foreign: 'Este ingresso não é desta conta',
    not_rotating: 'Este ingresso não precisa da carteira',
    no_memory: 'Este navegador não guarda nada',
    no_sign_in: 'Entre na sua conta',
  } satisfies Record<GoneReason, string>,
  gone: {
    revoked: 'Ele foi devolvido ou o show foi cancelado. O dinheiro volta pelo meio de pagamento.',
    foreign: 'Abra a carteira no navegador em que você fez a compra.',
    not_rotating: 'O QR Code dele não muda: mostre o da página do show ou o do PDF.',
    no_memory:
      'Saia da janela anônima, ou use outro navegador: a chave do ingresso fica guardada nele.',
    no_sign_in: 'A carteira abre depois que você entra na página do show.',
  } satisfies Record<GoneReason, string>,
  unanswered: 'Não deu para falar com o servidor. Confira a internet e tente de novo.',
  toOrder: (code: string) => `Voltar ao pedido ${code}`,
} as const;
