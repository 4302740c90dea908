import type { OutgoingMessage } from '../../ports/messages.ts';

/**
 * What the carrier has approved, as it is shown here: the places of a template are `{{1}}`, `{{2}}`
 * and so on. To change one is to have it approved again.
 */
export const messageTexts: Readonly<Record<OutgoingMessage['template'], string>> = {
  tickets_ready:
    'Olá, {{1}}! Seus ingressos para {{2}} estão prontos: {{3}}. ' +
    'Na entrada, apresente o QR Code do ingresso, no papel ou na carteira do celular; não o compartilhe.',
  order_refunded: 'Olá, {{1}}. O reembolso de {{2}} do seu pedido para {{3}} foi concluído.',
};

/** How many values a template takes. */
export function placesIn(template: OutgoingMessage['template']): number {
  return new Set(messageTexts[template].match(/\{\{\d+\}\}/g)).size;
}

/** The text that arrives. */
export function messageText({ template, parameters }: OutgoingMessage): string {
  return messageTexts[template].replace(/\{\{(\d+)\}\}/g, (_, place: string) => {
    return parameters[Number(place) - 1] ?? '';
  });
}
