import type { PackageFault } from '@ingressou/protocol/admission';
import { texts } from './texts.ts';

/** Why the newest list was not taken, and what to do about it. */
const faults: Record<PackageFault, string> = {
  truncated: 'A lista nova chegou cortada. Aproxime-se do Wi-Fi: o aparelho tenta de novo sozinho.',
  too_large: 'A lista nova é grande demais para este aplicativo. Atualize-o e avise o suporte.',
  unknown_version:
    'A lista nova é de outra versão. Feche o aplicativo e abra de novo para atualizar.',
  wrong_kind: 'O servidor mandou outra coisa no lugar da lista. Avise o suporte.',
  wrong_event: 'A lista que veio é de outro show. Cadastre este aparelho de novo.',
  wrong_checkpoint: 'A lista que veio é de outro ponto de controle. Use “Trocar posto”.',
  unknown_key:
    'A lista nova tem uma assinatura desconhecida. Troque de rede; se repetir, avise o suporte.',
  revoked_key: 'A assinatura da lista foi anulada. Conecte à internet para receber outra.',
  bad_signature:
    'A lista está danificada ou foi alterada. Troque de rede; se repetir, avise o suporte.',
  expired: 'A lista que veio já venceu. Confira a data e a hora deste aparelho.',
  outdated:
    'O servidor mandou uma lista mais antiga que a deste aparelho. Se repetir, avise o suporte.',
  malformed: 'Este aplicativo não entende a lista nova. Feche-o e abra de novo para atualizar.',
};

/** The list in the self-test: good is one that is there, and than which no newer one was refused. */
export function listCheck(ageMs: number | undefined, fault: PackageFault | undefined) {
  const { check } = texts;
  if (fault !== undefined) return { isGood: false, words: faults[fault] };
  if (ageMs === undefined) return { isGood: false, words: check.packageAbsent };
  return { isGood: true, words: check.packageAge(ageMs) };
}

/**
 * The same over every verdict. That a list is older says its age, and a change that does not fit is
 * followed by the whole list at once: nobody is alarmed by that.
 */
export function listNotes(fault: PackageFault | undefined): readonly string[] {
  return fault === undefined || fault === 'outdated' ? [] : [faults[fault]];
}
