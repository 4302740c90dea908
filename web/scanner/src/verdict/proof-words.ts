import type { Notes } from '@ingressou/protocol/admission';

type PriceKind = Notes['price'];

/** What a ticket is called, and what whoever brings it must show. Lei 12.933/2013, Decreto 8.537/2015. */
export const priceWords: Record<PriceKind, { readonly name: string; readonly document: string }> = {
  full: { name: 'Inteira', document: 'Documento com foto e o mesmo nome do ingresso.' },
  half: { name: 'Meia-entrada', document: 'Documento que dá direito à meia, e um com foto.' },
  student: {
    name: 'Meia: estudante',
    document: 'Carteira de estudante (CIE) válida, com foto. Carteirinha só da escola não vale.',
  },
  young_low_income: {
    name: 'Meia: ID Jovem',
    document: 'ID Jovem válida, no celular ou em papel, e documento com foto.',
  },
  disabled: {
    name: 'Meia: pessoa com deficiência',
    document: 'Cartão do BPC, documento do INSS ou laudo, e documento com foto.',
  },
  companion: {
    name: 'Meia: acompanhante',
    document: 'Entra junto com a pessoa com deficiência. Confira o documento dela.',
  },
  senior: { name: 'Meia: 60 anos ou mais', document: 'Documento com foto: 60 anos completos.' },
  teacher: {
    name: 'Meia: professor',
    document: 'Carteira funcional ou contracheque, e documento com foto.',
  },
  local_law: {
    name: 'Meia: lei local',
    document: 'Documento da lei do estado ou da cidade, e um com foto.',
  },
};

/** What the operator must know about who comes in; empty for an ordinary ticket. */
export function noteWords({ price, isNominal, isMinor }: Notes): readonly string[] {
  return [
    ...(price === 'full' ? [] : [priceWords[price].name]),
    ...(isNominal ? ['Nominal: só entra quem está no documento'] : []),
    ...(isMinor ? ['Pode ser menor de idade: confira a classificação e o responsável'] : []),
  ];
}
