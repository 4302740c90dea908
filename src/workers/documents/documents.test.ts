import { encode } from 'uqr';
import { afterEach, describe, expect, it } from 'vitest';
import { contentOf, pdfStrings, rectanglesIn, textsIn } from '../../../test/setup/pdf-reader.ts';
import { codeOf, printedTicket, ticketDocument } from '../../../test/setup/ticket-document.ts';
import { systemClock } from '../../clock.ts';
import { DocumentError, DocumentsUnavailableError } from '../../ports/documents.ts';
import { DocumentRenderer, type DocumentRendererOptions } from './document-renderer.ts';
import { ticketPdf } from './ticket-pdf.ts';
import { winAnsi } from './win-ansi.ts';

describe('a text in the standard fonts', () => {
  it.each([
    ['Ação, coração & “pão” – 10 €', 'Ação, coração & “pão” – 10 €'],
    ['áéíóúâêôãõàçü ÁÉÍÓÚÂÊÔÃÕÀÇÜ ñ ª º §', 'áéíóúâêôãõàçü ÁÉÍÓÚÂÊÔÃÕÀÇÜ ñ ª º §'],
    ['a\u0303', 'ã'],
    ['Żółć Nguyễn Őze Đorđe', 'Zólc Nguyen Oze Dorde'],
    ['李小龍', '???'],
    ['Ana 👩‍👩‍👧‍👦!', 'Ana ?!'],
    ['soft\u00adhyphen', 'soft?hyphen'],
    ['ﬁm ①', 'fim 1'],
    ['\u202eevil\0\n', 'evil'],
  ])('%j is shown as %j', (text, shown) => {
    expect(winAnsi(text)).toBe(shown);
  });
});

describe('the tickets as PDF', () => {
  it('shows all that a ticket is about', async () => {
    const ticket = printedTicket({ isHalf: true, priceCents: 6_000, feeCents: 600 });
    const document = ticketDocument({ tickets: [ticket], organiser: 'Samba Ltda.' });
    const texts = textsIn(contentOf(await ticketPdf(document)).join('\n'));
    expect(texts.join('\n')).toMatch(
      new RegExp(
        [
          'Ingresso nº 1042',
          'Noite de Samba: 30 anos de estrada',
          'Sábado, 7 de março de 2026, às 21:00 \\(horário de Brasília\\)',
          'Circo Voador, Rio de Janeiro . RJ',
          'Setor\nPista',
          'Lote\n1º lote',
          'Tipo\nMeia-entrada',
          'Pedido 7K2M-9QXD',
          'Titular\nAna Conceição Souza',
          'Meia-entrada: apresente o documento na entrada.',
          'Ingresso\nR\\$.60,00',
          'Taxa de conveniência\nR\\$.6,00',
          'Total\nR\\$.66,00',
          '12.933/2013',
          'Samba Ltda.',
        ].join('[\\s\\S]*'),
      ),
    );
  });

  it('asks for no document where nothing is half-price', async () => {
    const texts = textsIn(contentOf(await ticketPdf(ticketDocument())).join('\n'));
    expect(texts).toContain('Inteira');
    expect(texts.join()).not.toContain('apresente o documento');
  });

  it.each([1, 2, 3, 4, 5])('draws exactly the modules of the code (seed %i)', async (seed) => {
    const code = codeOf(seed, 150 + 40 * seed);
    const document = ticketDocument({ tickets: [printedTicket({ code })] });
    expect(modulesIn(contentOf(await ticketPdf(document))[0]!)).toEqual(
      encode(code, { ecc: 'M', border: 0 }).data,
    );
  });

  it('has a page for every ticket, each with its own code', async () => {
    const tickets = [1, 2, 3].map((serial) => printedTicket({ serial, code: codeOf(serial) }));
    const pdf = await ticketPdf(ticketDocument({ tickets }));
    const pages = contentOf(pdf).filter((content) => content.includes(' re\n'));
    expect(pages).toHaveLength(3);
    for (const [index, page] of pages.entries()) {
      const { data } = encode(tickets[index]!.code ?? '', { ecc: 'M', border: 0 });
      expect(modulesIn(page)).toEqual(data);
    }
  });

  it('has no code where only a phone may show one, and says where that opens', async () => {
    const { code: _code, ...ticket } = printedTicket();
    const pdf = await ticketPdf(ticketDocument({ tickets: [ticket] }));
    expect(pdfStrings(pdf, 'Alt')).toEqual([]);
    expect(Buffer.from(pdf).toString('latin1')).not.toContain('/S /Figure');
    const [page] = contentOf(pdf).filter((content) => content.includes('BT'));
    expect(page?.match(/ re\n/g) ?? []).toHaveLength(1); // The band above.
    expect(Buffer.from(pdf).toString('latin1')).toContain('/S /H2');
  });

  it('is made of the same bytes again, and of others at another time', async () => {
    const document = ticketDocument();
    const first = await ticketPdf(document);
    expect(Buffer.compare(first, await ticketPdf(document))).toBe(0);
    const later = await ticketPdf({ ...document, createdAt: document.createdAt + 60_000 });
    expect(Buffer.compare(first, later)).not.toBe(0);
  });

  it('can be listened to: tagged, in Portuguese, with words for the code', async () => {
    const pdf = await ticketPdf(
      ticketDocument({ tickets: [printedTicket({ holderName: 'Łucja 李' })] }),
    );
    const text = Buffer.from(pdf).toString('latin1');
    expect(text).toContain('/Marked true');
    expect(pdfStrings(pdf, 'Lang')).toEqual(['pt-BR']);
    expect(text).toContain('/DisplayDocTitle true');
    const [alt] = pdfStrings(pdf, 'Alt');
    expect(alt).toMatch(/^QR Code do ingresso nº 1042.*7K2M-9QXD/);
    expect(pdfStrings(pdf, 'ActualText')).toContain('Łucja 李');
    for (const role of ['Document', 'Sect', 'H1', 'P', 'Figure'])
      expect(text).toContain(`/S /${role}`);
  });

  it('survives whatever somebody typed, on one page', async () => {
    const evils = [
      ') Tj ET Q /JS (app.alert(1)) (',
      '\\) \\( %%EOF endobj',
      'x'.repeat(5_000),
      '\0\r\n\u2028',
      '😀'.repeat(300),
      '',
      '<</S/JavaScript>>',
      '</rdf:li><x/>&lt;]]>',
      '\ud800',
    ];
    const fine = await ticketPdf(ticketDocument());
    for (const evil of evils) {
      const ticket = printedTicket({ sector: evil, lot: evil, holderName: evil });
      const show = { ...ticketDocument().show, title: evil, venue: evil, city: evil };
      const pdf = await ticketPdf(
        ticketDocument({ show, orderCode: evil, organiser: evil, tickets: [ticket] }),
      );
      const content = contentOf(pdf).filter((each) => each.includes(' re\n'));
      expect(content).toHaveLength(1);
      expect(modulesIn(content[0]!)).toEqual(
        encode(ticket.code ?? '', { ecc: 'M', border: 0 }).data,
      );
      expect(elementsIn(pdf)).toEqual(elementsIn(fine));
      const outline = withoutMetadata(pdf).replace(/\((?:[^()\\]|\\[\s\S])*\)/g, '');
      expect(outline).not.toMatch(/\/JS|\/JavaScript|app\.alert/);
    }
  });
});

describe('the renderer of documents', () => {
  const opened: DocumentRenderer[] = [];
  afterEach(async () => {
    for (const renderer of opened.splice(0)) await renderer.close();
  });
  const open = (changes: Partial<DocumentRendererOptions> = {}): DocumentRenderer => {
    const renderer = new DocumentRenderer({ clock: systemClock, ...changes });
    opened.push(renderer);
    return renderer;
  };

  it('renders in its threads what would be rendered here', async () => {
    const renderer = open({ threads: 2 });
    const documents = [1, 2, 3, 4, 5].map((serial) => {
      return ticketDocument({ tickets: [printedTicket({ serial, code: codeOf(serial) })] });
    });
    const rendered = await Promise.all(documents.map((each) => renderer.ticketPdf(each)));
    const here = await Promise.all(documents.map((each) => ticketPdf(each)));
    for (const [index, pdf] of rendered.entries()) {
      expect(Buffer.compare(pdf, here[index]!)).toBe(0);
    }
  });

  it('is busy when as many wait as may', async () => {
    const renderer = open({ waitingMax: 2 });
    const accepted = [1, 2, 3].map(() => renderer.ticketPdf(ticketDocument()));
    await expect(renderer.ticketPdf(ticketDocument())).rejects.toThrow(DocumentsUnavailableError);
    expect(await Promise.all(accepted)).toHaveLength(3);
    expect(await renderer.ticketPdf(ticketDocument())).toBeInstanceOf(Uint8Array);
  });

  it('fails one document that cannot be drawn, and draws the next', async () => {
    const renderer = open();
    // More than the largest QR code holds.
    const bad = ticketDocument({ tickets: [printedTicket({ code: 'A'.repeat(9_000) })] });
    const results = await Promise.allSettled([
      renderer.ticketPdf(bad),
      renderer.ticketPdf(ticketDocument()),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    await expect(renderer.ticketPdf(bad)).rejects.toThrow(DocumentError);
  });

  it('gives up a document past its deadline, and renders the next in a new thread', async () => {
    let pull: (() => void) | undefined;
    const after = (_: number, task: () => void) => {
      pull ??= task;
      return { cancel: () => {} };
    };
    const renderer = open({ clock: { after } });
    const tickets = Array.from({ length: 200 }, () => printedTicket());
    const slow = renderer.ticketPdf(ticketDocument({ tickets }));
    const next = renderer.ticketPdf(ticketDocument());
    pull?.();
    await expect(slow).rejects.toThrow(DocumentError);
    expect(await next).toBeInstanceOf(Uint8Array);
  });

  it('refuses what it has not finished when it is closed', async () => {
    const renderer = open();
    const [begun, waiting] = [1, 2].map(() => renderer.ticketPdf(ticketDocument()));
    const settled = Promise.allSettled([begun, waiting]);
    await renderer.close();
    for (const result of await settled) expect(result.status).toBe('rejected');
    await expect(renderer.ticketPdf(ticketDocument())).rejects.toThrow(DocumentError);
  });
});

const METADATA = /<x:xmpmeta[\s\S]*<\/x:xmpmeta>/;

/** The elements of the XML in a PDF that repeats its title. */
function elementsIn(pdf: Uint8Array): string[] {
  const [xml = ''] = METADATA.exec(Buffer.from(pdf).toString('utf8')) ?? [];
  return [...xml.matchAll(/<[^>]+>/g)].map(([element]) => element);
}

function withoutMetadata(pdf: Uint8Array): string {
  return Buffer.from(pdf).toString('latin1').replace(METADATA, '');
}

/** The code that a page draws, module by module. */
function modulesIn(content: string): boolean[][] {
  // Its rectangles are filled as one path: the longest row of them.
  const [path = ''] = [...content.matchAll(/(?:^\S+ \S+ \S+ \S+ re$\n)+/gm)]
    .map(([text]) => text)
    .sort((a, b) => b.length - a.length);
  const runs = rectanglesIn(path);
  const module = Math.min(...runs.map(({ height }) => height));
  const left = Math.min(...runs.map(({ x }) => x));
  const top = Math.min(...runs.map(({ y }) => y));
  const cells = runs.map(({ x, y, width }) => ({
    column: Math.round((x - left) / module),
    row: Math.round((y - top) / module),
    length: Math.round(width / module),
  }));
  const size = Math.max(...cells.map(({ column, length }) => column + length));
  const rows = Array.from({ length: size }, () => Array<boolean>(size).fill(false));
  for (const { column, row, length } of cells) rows[row]?.fill(true, column, column + length);
  return rows;
}
