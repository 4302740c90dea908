import type { Sighting, Verdict, VerdictName } from '@ingressou/protocol/admission';
import type { TicketFault } from '@ingressou/protocol/ticket';
import { ago, dayAndTime, list, timeOfDay } from '../format.ts';
import { noteWords, priceWords } from './proof-words.ts';

/** A verdict as the operator reads it: at one glance, with what to do. */
export interface Words {
  /** Read from two metres away. */
  readonly title: string;
  /** What to do now. */
  readonly action: string;
  /** What is known besides. */
  readonly details: readonly string[];
}

/** What the words need to know of where and when they are read. */
export interface Ground {
  readonly now: number;
  /** When each day of the show begins. */
  readonly days: readonly number[];
  readonly nameOf: (gate: number) => string;
}

export function wordsOf(verdict: Verdict, ground: Ground): Words {
  return { ...fixed[verdict.verdict], details: detailsOf(verdict, ground) };
}

const fixed: Record<VerdictName, Omit<Words, 'details'>> = {
  admitted: { title: 'Pode entrar', action: 'Deixe passar.' },
  exited: { title: 'Saída anotada', action: 'Deixe sair.' },
  proof_needed: {
    title: 'Peça o documento',
    action: 'Só entra depois de conferido.',
  },
  already_used: {
    title: 'Já foi usado',
    action:
      'Não deixe entrar. Este ingresso vale uma vez. Se a pessoa insistir, chame o supervisor.',
  },
  inside_already: {
    title: 'Já está dentro',
    action: 'Não deixe entrar. Quem entrou com ele ainda não saiu. Chame o supervisor.',
  },
  revoked: {
    title: 'Ingresso cancelado',
    action: 'Não deixe entrar. Foi devolvido ou reembolsado: mande à bilheteria.',
  },
  old_revision: {
    title: 'Código antigo',
    action: 'Não deixe entrar. O ingresso foi transferido ou reemitido: peça o código novo.',
  },
  unknown_ticket: {
    title: 'Não existe',
    action: 'Não deixe entrar. A casa não tem este ingresso: chame o supervisor.',
  },
  wrong_event: {
    title: 'É de outro show',
    action: 'Não deixe entrar. Peça o ingresso deste show.',
  },
  wrong_gate: { title: 'É outro portão', action: 'Não entra aqui. Mostre o caminho.' },
  wrong_day: { title: 'É outro dia', action: 'Não deixe entrar hoje.' },
  not_yet_valid: { title: 'Ainda não vale', action: 'Peça para esperar a hora.' },
  expired: { title: 'Venceu', action: 'Não deixe entrar. O prazo deste ingresso acabou.' },
  unknown_key: {
    title: 'Não reconhecido',
    action:
      'Não deixe entrar. Pode ser falso, ou este aparelho está desatualizado: mande ao supervisor.',
  },
  revoked_key: {
    title: 'Chave anulada',
    action: 'Não deixe entrar. Estes códigos foram trocados: peça o ingresso novo no aplicativo.',
  },
  bad_signature: {
    title: 'Código falso',
    action: 'Não deixe entrar. O código foi alterado. Chame o supervisor.',
  },
  not_a_ticket: { title: 'Não é ingresso', action: 'Peça o QR code do ingresso.' },
  rotating_needed: {
    title: 'Só vale ao vivo',
    action: 'Foto ou papel não vale. Peça para abrir o ingresso no celular de quem o ativou.',
  },
  stale_code: {
    title: 'Código passado',
    action: 'Peça para abrir o ingresso de novo, na hora. Captura de tela não vale.',
  },
  package_expired: {
    title: 'Você decide',
    action:
      'O código é autêntico, mas este aparelho não sabe se já foi usado. Escolha o motivo para liberar.',
  },
};

const faults: Record<TicketFault, string> = {
  empty: 'O código está vazio.',
  too_long: 'O código é comprido demais.',
  web_address: 'É o endereço de um site.',
  foreign_text: 'É um código de outra coisa.',
  wrong_length: 'O código está incompleto.',
  unknown_version: 'É de uma versão que este aparelho não conhece: atualize o aplicativo.',
  unknown_flags: 'É de uma versão que este aparelho não conhece: atualize o aplicativo.',
};

function detailsOf(verdict: Verdict, ground: Ground): readonly string[] {
  switch (verdict.verdict) {
    case 'admitted':
      return noteWords(verdict.notes);
    case 'exited':
      return verdict.isInferred ? ['Não havia entrada anotada; foi anotada agora.'] : [];
    case 'proof_needed': {
      const { price } = verdict.notes;
      return [...noteWords(verdict.notes), priceWords[price].document];
    }
    case 'already_used':
    case 'inside_already':
      return verdict.last === undefined ? [] : [sighting(verdict.last, ground)];
    case 'wrong_gate':
      return [whereTo(verdict.gates, ground)];
    case 'wrong_day':
      return [whenTo(verdict.days, ground.days)];
    case 'not_yet_valid':
      return [`Vale a partir de ${dayAndTime(verdict.from)}.`];
    case 'expired':
      return [`Valeu até ${dayAndTime(verdict.until)}.`];
    case 'not_a_ticket':
      return [faults[verdict.fault]];
    case 'revoked':
    case 'old_revision':
    case 'unknown_ticket':
    case 'wrong_event':
    case 'unknown_key':
    case 'revoked_key':
    case 'bad_signature':
    case 'rotating_needed':
    case 'stale_code':
    case 'package_expired':
      return [];
  }
}

function sighting({ at, gate }: Sighting, { now, nameOf }: Ground): string {
  return `Passou às ${timeOfDay(at)} (${ago(now - at)}): ${nameOf(gate)}.`;
}

function whereTo(gates: readonly number[], { nameOf }: Ground): string {
  if (gates.length === 0)
    return 'Sem internet, nenhum portão daqui recebe este setor: chame o supervisor.';
  return `Entra por: ${list(gates.map(nameOf))}.`;
}

function whenTo(days: readonly number[], begins: readonly number[]): string {
  const named = days.map((day) => {
    const at = begins[day];
    return at === undefined ? `dia ${day + 1}` : dayAndTime(at);
  });
  return `Vale em: ${list(named)}.`;
}
