import type { RejectionReason, TopUpMethod } from '@ingressou/protocol';
import type { OverrideReason, ScanMode } from '@ingressou/protocol/admission';
import { ago, count, duration } from './format.ts';
import type { OfflineMode } from './gate/place.ts';
import type { CameraFault } from './reading/camera.ts';
import type { Quarantine } from './store/log-rows.ts';

/** Every word of the scanner but the verdicts'. What takes arguments is a function. */
export const texts = {
  brand: 'Ingressou Portaria',
  starting: 'Verificando o aparelho…',
  elsewhere: 'Já aberto em outra janela',
  elsewhereAdvice: 'Use a outra janela, ou feche-a e tente de novo aqui.',
  back: 'Voltar',
  close: 'Fechar',
  tryAgain: 'Tentar de novo',

  check: {
    title: 'Este aparelho',
    storage: 'Guarda as leituras',
    storageAdvice:
      'O navegador não guarda nada: saia da navegação anônima, libere espaço e abra de novo.',
    persisted: 'Memória protegida',
    persistedAdvice:
      'O navegador pode apagar as leituras. Instale o aplicativo na tela de início antes do show.',
    package: 'Lista do show',
    packageAbsent: 'Ainda não veio. Conecte à internet antes de abrir os portões.',
    packageAge: (ms: number) => `Atualizada ${ago(ms)}`,
    camera: 'Câmera',
    cameraAdvice: 'Sem câmera. Um leitor de mão conectado também funciona.',
    offline: 'Abre sem internet',
    offlineAdvice: 'Ainda não. Deixe conectado mais um instante e abra de novo.',
    good: 'Tudo certo',
    lost: 'As leituras guardadas sumiram',
    lostAdvice:
      'O navegador apagou a memória deste aparelho. Cadastre de novo e avise o suporte: o que não foi enviado se perdeu.',
  },

  enrol: {
    title: 'Cadastrar este aparelho',
    about: 'Digite o código que a produção gerou, ou leia o QR code dele.',
    code: 'Código de cadastro',
    submit: 'Cadastrar',
    submitting: 'Cadastrando…',
    scan: 'Ler com a câmera',
    stopScanning: 'Parar a câmera',
    refused: 'Este código não vale ou já foi usado. Peça outro à produção.',
    unreachable: 'Sem conexão com o servidor. Conecte e tente de novo.',
    otherDevice:
      'Este código é de outro aparelho, e aqui há leituras a enviar. Peça um código para este mesmo aparelho.',
    goOn: 'Voltar sem trocar o código',
    panel: 'Sou da produção: ver o painel',
  },

  place: {
    title: 'Posto',
    gate: 'Portão deste aparelho',
    checkpoint: 'Ponto de controle',
    direction: 'Sentido',
    entry: 'Entrada',
    exit: 'Saída',
    offlineMode: 'Quando faltar internet',
    start: 'Começar a ler',
  },

  mode: {
    online: 'Online',
    strict: 'Offline restrito',
    normal: 'Offline normal',
    manual: 'Manual',
  } satisfies Record<ScanMode, string>,
  modeAbout: {
    strict: 'Só entra quem é deste grupo de portões. Ninguém entra duas vezes.',
    normal: 'Entra quem não consta como usado. Repetidos aparecem depois, como incidentes.',
    manual: 'O aparelho confere o código e você decide cada um, com motivo.',
  } satisfies Record<OfflineMode, string>,
  age: (ms: number | undefined) => (ms === undefined ? 'sem lista' : `lista: ${duration(ms)}`),
  unsent: (scans: number) =>
    scans === 0 ? 'tudo enviado' : scans === 1 ? '1 a enviar' : `${count(scans)} a enviar`,
  quarantined:
    'Leituras retidas: offline até este aparelho ser cadastrado de novo. Nada foi apagado, veja em “Aparelho”.',
  held: (scans: number) => (scans === 1 ? '1 retida' : `${count(scans)} retidas`),
  coming: 'Conexão voltou: enviando as leituras…',
  expired: 'O cadastro deste aparelho venceu. Peça outro código e cadastre de novo.',
  blocked: 'Aparelho bloqueado pela produção. As leituras continuam guardadas aqui.',
  packageLate: 'A lista venceu: você decide cada ingresso até a internet voltar.',
  notWritable: 'A memória do aparelho falhou. Não deixe ninguém entrar por ele.',

  aim: 'Aponte para o QR code do ingresso',
  orHandScanner: 'ou use o leitor de mão',
  lampOn: 'Acender luz',
  lampOff: 'Apagar luz',
  menu: 'Aparelho',
  inside: (people: number) => (people === 1 ? '1 dentro' : `${count(people)} dentro`),
  camera: {
    refused: 'A câmera está bloqueada. Libere nas permissões do navegador.',
    absent: 'Não há câmera. Use o leitor de mão.',
    busy: 'Outro aplicativo está usando a câmera. Feche-o.',
    unknown: 'A câmera não abriu.',
  } satisfies Record<CameraFault, string>,
  cameraOpening: 'Abrindo a câmera…',
  interrupted: (at: string) =>
    `Uma leitura das ${at} foi interrompida. Leia o ingresso de novo: se disser que já foi usado agora há pouco neste portão, foi ela.`,

  confirming: 'Confirmando…',
  confirmingAction: 'Segure a pessoa. O servidor está respondendo.',
  unwritten: 'Leitura não guardada',
  unwrittenAction: 'Não deixe entrar. Leia de novo; se repetir, troque de aparelho.',
  blockedTitle: 'Aparelho bloqueado',
  blockedAction: 'Não deixe ninguém entrar por este aparelho. Chame o supervisor.',
  provisional: 'Resposta deste aparelho. Confirmando…',
  correction: 'Correção do servidor',
  correctionAction: 'Se a pessoa já passou, avise o supervisor.',
  waiting: 'Outro código já foi lido: é o próximo.',
  next: 'Próximo',
  holder: 'Titular',
  overridden: 'Liberado',
  documentSeen: 'Documento conferido',
  toppedUp: 'Completou para inteira',
  toppedUpBy: 'Como pagou a diferença?',
  methods: { cash: 'Dinheiro', card: 'Cartão', pix: 'Pix' } satisfies Record<TopUpMethod, string>,
  topUpRefused: (reason: RejectionReason) =>
    reason === 'ticket_not_found'
      ? 'Este ingresso foi cancelado. Não receba a diferença; se já recebeu, devolva. Chame o supervisor.'
      : 'O servidor não aceitou a diferença. Não deixe entrar: chame o supervisor.',
  noProof: 'Não tem: não entra',
  override: 'Liberar com motivo',
  overrideTitle: 'Motivo para liberar',
  overrideAbout: 'Só com o supervisor. Fica registrado com este aparelho e a hora.',
  reasons: {
    supervisor: 'Ordem do supervisor',
    device_broken: 'Aparelho com defeito',
    code_unreadable: 'Código ilegível',
    document_checked: 'Documento conferido',
    topped_up: 'Completou para inteira',
    emergency: 'Emergência',
    topped_up_cash: 'Completou em dinheiro',
    topped_up_card: 'Completou no cartão',
    topped_up_pix: 'Completou por Pix',
  } satisfies Record<OverrideReason, string>,

  device: {
    title: 'Aparelho',
    number: 'Número',
    log: 'Leituras',
    logCounts: (total: number, rest: string) => `${count(total)} no total, ${rest}`,
    quarantine: 'Leituras retidas',
    quarantineAbout: {
      fork: 'O servidor tem outra história deste aparelho. Nada foi apagado.',
      broken: 'O servidor não conseguiu conferir o registro. Nada foi apagado.',
      lost: 'O servidor pediu leituras que ele já tinha confirmado. Nada foi apagado.',
    } satisfies Record<Quarantine, string>,
    quarantineAction:
      'Salve o arquivo e entregue ao suporte. Depois descadastre o aparelho, no fim desta página, e cadastre de novo.',
    save: 'Salvar arquivo das leituras',
    speed: 'Tempo até o veredito',
    speedOf: (p50: number, p95: number) => `${p50} ms no meio, ${p95} ms nos mais lentos`,
    answered: 'Respondidas',
    answeredOf: (percent: number, online: number) =>
      `${Math.round(percent)} %, ${Math.round(online)} % pelo servidor`,
    names: 'Nomes dos titulares',
    namesOff: 'Este show não usa',
    namesHeld: (cards: number, missing: number) =>
      `${cards === 1 ? '1 guardado' : `${count(cards)} guardados`}${missing === 0 ? '' : ', baixando o resto'}`,
    decoder: 'Leitor da câmera',
    changePlace: 'Trocar posto',
    enrolAgain: 'Usar outro código de cadastro',
    free: 'Descadastrar este aparelho',
    freeQuestion: 'Descadastrar? As leituras já foram enviadas.',
    freeBlocked: 'Não é possível descadastrar: há leituras a enviar.',
    freeQuarantined:
      'Descadastrar? As leituras retidas serão apagadas daqui. Salve o arquivo antes.',
    freeConfirm: 'Sim, descadastrar',
    update: 'Há uma versão nova do aplicativo.',
    updateNow: 'Atualizar agora',
  },
  incidents: (total: number) => (total === 1 ? '1 incidente' : `${count(total)} incidentes`),
} as const;
