import { assert } from '../../domain/assert.ts';
import { type Html, html } from '../texts/html.ts';

/** A mail but for whom it is for. */
export interface MailContent {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface Layout {
  readonly subject: string;
  /** What lists of mails show behind the subject. */
  readonly preview: string;
  readonly heading: string;
  readonly body: readonly Html[];
  /** The same words without HTML, one paragraph each. */
  readonly paragraphs: readonly string[];
  readonly button?: { readonly label: string; readonly link: string };
}

const footer =
  'Você recebeu este e-mail porque há um pedido em seu nome na Ingressou. ' +
  'Não pedimos senha, código ou dados de cartão por e-mail.';

/**
 * One column that fits a phone; colours are in the elements, for programs that read no styles, and
 * again in the styles for dark screens. No pictures and no other addresses than the button's.
 */
export function mailOf(layout: Layout): MailContent {
  const { subject, heading, paragraphs, button } = layout;
  const link = button === undefined ? [] : [`${button.label}: ${checkedLink(button.link)}`];
  const text = [heading, ...paragraphs, ...link, `-- \nIngressou\n${footer}`].join('\n\n');
  return { subject, text: `${text}\n`, html: pageOf(layout).text };
}

function pageOf({ subject, preview, heading, body, button }: Layout): Html {
  return html`<!doctype html>
<html lang="pt-BR">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${subject}</title>
<style>
:root { color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
  .ground { background: #101116 !important; }
  .card { background: #1a1c23 !important; border-color: #343845 !important; }
  .ink, .ink td, .ink th { color: #eceef4 !important; }
  .quiet { color: #a5abbd !important; }
  .panel { background: #25262f !important; }
  .line { border-color: #343845 !important; }
  .button { background: #a9adff !important; color: #14153a !important; }
  .brand { color: #a9adff !important; }
  .warn { background: #3a2a0d !important; color: #ffc46b !important; }
}
</style>
</head>
<body class="ground" style="margin:0;padding:0;background:#f4f5f8;">
<div style="display:none;max-height:0;overflow:hidden;">${preview}</div>
<div class="ground" style="padding:24px 12px;background:#f4f5f8;font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5;">
<div class="card" style="max-width:560px;margin:0 auto;padding:24px 20px;background:#ffffff;border:1px solid #d9dce5;border-radius:14px;">
<p class="brand" style="margin:0 0 16px;color:#3b3fb8;font-weight:700;letter-spacing:-0.01em;">Ingressou</p>
<h1 class="ink" style="margin:0 0 16px;color:#1b1d26;font-size:24px;line-height:1.25;">${heading}</h1>
${body}
${button === undefined ? [] : buttonOf(button)}
</div>
<p class="quiet" style="max-width:560px;margin:16px auto 0;padding:0 8px;color:#565b6d;font-size:13px;text-align:center;">${footer}</p>
</div>
</body>
</html>
`;
}

export function paragraph(text: string): Html {
  return html`<p class="ink" style="margin:0 0 16px;color:#1b1d26;">${text}</p>
`;
}

export function quiet(text: string): Html {
  return html`<p class="quiet" style="margin:0 0 16px;color:#565b6d;font-size:14px;">${text}</p>
`;
}

/** What somebody must not overlook. */
export function warning(text: string): Html {
  return html`<p class="warn" style="margin:0 0 16px;padding:12px 14px;background:#fff3dc;color:#8a4b00;border-radius:10px;font-size:15px;">${text}</p>
`;
}

function buttonOf({ label, link }: { readonly label: string; readonly link: string }): Html {
  return html`<p style="margin:24px 0 4px;"><a class="button" href="${checkedLink(link)}" style="display:block;padding:14px 20px;background:#3b3fb8;color:#ffffff;border-radius:10px;font-weight:600;text-align:center;text-decoration:none;">${label}</a></p>
`;
}

/** Our own pages; the rest of the address is escaped like any value. */
function checkedLink(link: string): string {
  assert(/^https?:\/\/[^\s"'<>\\]+$/.test(link), 'a mail links to a page');
  return link;
}
