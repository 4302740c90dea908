import { count } from './format.ts';

export const halfPriceTexts = {
  title: 'Meia-entrada',
  badge: 'Meia-entrada',
  counts: (all: number, half: number, available: number) =>
    `De ${count(all)} ingressos deste show, ${count(half)} são de meia-entrada: ${
      available === 0 ? 'esgotados' : `${count(available)} disponíveis`
    }.`,
  who: 'Têm direito estudantes, jovens de 15 a 29 anos de baixa renda inscritos no CadÚnico (ID Jovem), pessoas com deficiência e um acompanhante (Lei 12.933/2013), pessoas com 60 anos ou mais (Lei 10.741/2003) e quem mais a lei do estado ou da cidade incluir.',
  bring:
    'Leve na entrada um documento com foto e o que comprova o direito: carteira estudantil (CIE), ID Jovem, cartão do BPC ou documento do INSS para pessoas com deficiência; para 60 anos ou mais basta o documento com foto.',
  without: 'Sem o comprovante é preciso pagar na entrada a diferença para a inteira. Procon: 151.',
  reminder: 'Há ingressos de meia-entrada: o comprovante de cada um é pedido na entrada.',
} as const;
