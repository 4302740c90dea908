import { brasiliaStamp } from '../texts/brazil.ts';
import { Html, html, lines } from '../texts/html.ts';
import { oneLine } from '../texts/one-line.ts';
import type { KeptLetter } from './inbox-folder.ts';
import { inboxStyle } from './inbox-style.ts';

const kinds: Readonly<Record<KeptLetter['kind'], string>> = {
  mail: 'E-mail',
  whatsapp: 'WhatsApp',
};

export function listView(letters: readonly KeptLetter[]): Html {
  const intro = html`<h1>Caixa de saída</h1>
<p class="quiet">E-mails e mensagens que este nó não entregou a ninguém, os mais novos primeiro. Só existe em desenvolvimento.</p>`;
  if (letters.length === 0) {
    return view(
      'Caixa de saída',
      html`${intro}<p class="empty quiet">Nada foi enviado ainda. Compre um ingresso e recarregue a página.</p>`,
    );
  }
  return view('Caixa de saída', html`${intro}<ul class="letters">${letters.map(listed)}</ul>`);
}

function listed({ name, kind, at, to, subject, text }: KeptLetter): Html {
  const title = kind === 'mail' ? subject : oneLine(text, 90);
  return html`<li><a href="/dev/inbox/letter/${name}"><strong>${title}</strong>
<span class="quiet"><span class="kind ${kind}">${kinds[kind]}</span> <span>${to}</span> <time datetime="${new Date(at).toISOString()}">${brasiliaStamp(at)}</time></span></a></li>
`;
}

export function letterView(letter: KeptLetter): Html {
  const { kind, at, to, subject, id } = letter;
  const heading = kind === 'mail' ? subject : `WhatsApp: ${subject}`;
  return view(
    heading,
    html`<h1>${heading}</h1>
<dl>
<dt>Para</dt><dd>${to}</dd>
<dt>Quando</dt><dd><time datetime="${new Date(at).toISOString()}">${brasiliaStamp(at)}</time></dd>
<dt>Id</dt><dd>${id}</dd>
</dl>
${kind === 'mail' ? [filesOf(letter), mailBody(letter)] : messageBody(letter)}`,
  );
}

function filesOf({ name, files }: KeptLetter): Html {
  const attachments = files.map(
    (file, index) =>
      html`<li><a href="/dev/inbox/file/${name}.${index}">${file.name}</a> <span class="quiet">${kilobytes(file.size)}</span></li>
`,
  );
  return html`<h2>Arquivos</h2>
<ul>${attachments}<li><a href="/dev/inbox/eml/${name}">O e-mail inteiro (.eml)</a></li></ul>
`;
}

function mailBody({ name, text }: KeptLetter): Html {
  return html`<h2>Como aparece</h2>
<iframe src="/dev/inbox/html/${name}" title="O e-mail" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>
<details><summary>Versão em texto</summary><pre>${lines(text)}</pre></details>`;
}

function messageBody({ text, link }: KeptLetter): Html {
  const button = link === undefined ? html`` : html`<br><br><a href="${link}">${link}</a>`;
  return html`<h2>Como aparece</h2><p class="bubble">${lines(text)}${button}</p>`;
}

function view(title: string, body: Html): Html {
  return html`<!doctype html>
<html lang="pt-BR">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} — Ingressou</title>
<style>${new Html(inboxStyle)}</style>
</head>
<body>
<header><p class="brand"><a href="/dev/inbox">Caixa de saída</a></p></header>
<main>
${body}
</main>
</body>
</html>
`;
}

function kilobytes(size: number): string {
  return `${Math.max(1, Math.round(size / 1024))} kB`;
}
