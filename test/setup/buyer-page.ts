import type { Browser, BrowserContext, Page } from 'playwright-core';

export const phone = { width: 360, height: 740 };
/** A machine that does much else at once is slow, and not wrong. */
export const patient = { timeout: 30_000 };

export interface Look {
  readonly colorScheme?: 'light' | 'dark';
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** The buyers of one test, each with a browser's memory of their own. */
export class BuyerPages {
  /** What the pages complained about on their consoles. */
  readonly complaints: string[] = [];
  readonly #browser: Browser;
  readonly #contexts: BrowserContext[] = [];

  constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** A small phone, unless another look is wanted. */
  async open(url: string, { colorScheme = 'light', viewport = phone }: Look = {}): Promise<Page> {
    const context = await this.#browser.newContext({
      viewport,
      locale: 'pt-BR',
      colorScheme,
      // Colours that are still on their way cannot be measured.
      reducedMotion: 'reduce',
    });
    this.#contexts.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(patient.timeout);
    // A broken policy is an error on the console too.
    page.on('console', (message) => {
      const isComplaint = message.type() === 'error' || message.type() === 'warning';
      if (isComplaint) this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    await page.goto(url);
    return page;
  }

  async close(): Promise<void> {
    for (const context of this.#contexts) await context.close();
  }
}

export async function seen(locator: ReturnType<Page['locator']>): Promise<void> {
  await locator.waitFor({ state: 'visible', ...patient });
}

export async function more(page: Page, lot: string): Promise<void> {
  const group = page.getByRole('group', { name: `Quantidade de ${lot}` });
  await group.getByRole('button', { name: 'Mais um' }).click();
}

export async function reserve(page: Page, lot = 'Pista, 1º lote', units = 1): Promise<void> {
  await more(page, lot);
  await page
    .getByRole('button', { name: units === 1 ? 'Reservar 1 ingresso' : `Reservar ${units}` })
    .click();
  await seen(page.locator('.hold'));
}

export async function textOf(locator: ReturnType<Page['locator']>): Promise<string> {
  const lines = await locator.allInnerTexts();
  return lines.join(' ').replace(/\s+/g, ' ');
}

/** Walks with Tab to the control of this name and presses it. */
export async function press(page: Page, name: string): Promise<void> {
  for (let steps = 0; steps < 40; steps += 1) {
    if ((await focused(page)) === name) return await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
  }
  throw new Error(`The keyboard does not reach "${name}".`);
}

/** What has the focus, by its group and its name. */
export function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    const label = element instanceof HTMLInputElement ? element.labels?.[0] : undefined;
    const group = element?.closest('fieldset')?.querySelector('legend')?.textContent;
    const name = element?.getAttribute('aria-label') ?? (label ?? element)?.textContent ?? '';
    return (group ? `${group}: ${name}` : name).replace(/\s+/g, ' ').trim();
  });
}

/** The least that will do for whoever touches and reads a page. */
export interface Ease {
  readonly targetPx: number;
  readonly contrast: number;
}

/** At home, with a thumb. */
export const ordinary: Ease = { targetPx: 44, contrast: 4.5 };

/** Runs in the page: what stands between it and somebody who needs it to be accessible. */
export function findings({ targetPx, contrast }: Ease): string[] {
  const all = [...document.querySelectorAll<HTMLElement>('body *')];
  const controls = all.filter((element) => element.matches('a[href], button, input, select'));
  const shown = controls.filter((control) => control.getBoundingClientRect().width > 0);
  const ids = all.map(({ id }) => id).filter((id) => id !== '');
  return [
    ...(document.documentElement.lang === 'pt-BR' ? [] : ['The language is not told.']),
    ...(document.querySelectorAll('h1').length === 1 ? [] : ['There is not one h1.']),
    ...(document.querySelectorAll('main').length === 1 ? [] : ['There is not one main.']),
    ...(document.querySelector('output.unseen, [role=status]') === null
      ? ['Nothing is announced.']
      : []),
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `Twice: #${id}`),
    ...shown.filter((control) => nameOf(control) === '').map((it) => `No name: ${it.outerHTML}`),
    ...shown.filter(isSmall).map((control) => `Too small: ${control.outerHTML}`),
    ...all
      .filter(isText)
      .filter((it) => contrastOf(it) < contrast)
      .map((it) => `Pale: ${it.outerHTML}`),
    ...all.filter(isUnlabelled).map((element) => `No label: ${element.outerHTML}`),
  ];

  function nameOf(element: HTMLElement): string {
    const label = labelOf(element)?.textContent;
    return (element.getAttribute('aria-label') ?? label ?? element.textContent).trim();
  }

  function labelOf(element: HTMLElement): HTMLElement | null {
    return element instanceof HTMLInputElement || element instanceof HTMLSelectElement
      ? (element.labels?.[0] ?? null)
      : null;
  }

  /** What is around a small box takes the finger as well. */
  function isSmall(element: HTMLElement): boolean {
    const isBox = element.matches('[type=checkbox], [type=radio]');
    const target = isBox ? (labelOf(element) ?? element) : element;
    const { width, height } = target.getBoundingClientRect();
    return width < targetPx || height < targetPx;
  }

  function isUnlabelled(element: HTMLElement): boolean {
    const label = element.getAttribute('aria-labelledby');
    if (element.matches('fieldset')) return element.querySelector('legend') === null;
    return label !== null && document.getElementById(label) === null;
  }

  function isText(element: HTMLElement): boolean {
    const isVisible = element.getBoundingClientRect().width > 1;
    const texts = [...element.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE);
    return isVisible && texts.some(({ textContent }) => textContent?.trim() !== '');
  }

  /** Contrast as WCAG 2.2 defines it, against the nearest ground that is not transparent. */
  function contrastOf(element: HTMLElement): number {
    let ground: Element | null = element;
    while (ground !== null && colour(ground, 'backgroundColor')[3] === 0)
      ground = ground.parentElement;
    const ink = luminance(colour(element, 'color'));
    const paper = luminance(colour(ground ?? document.body, 'backgroundColor'));
    return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
  }

  function colour(element: Element, property: 'color' | 'backgroundColor'): number[] {
    const [red = 0, green = 0, blue = 0, alpha = 1] = (
      getComputedStyle(element)[property].match(/[\d.]+/g) ?? []
    ).map(Number);
    return [red, green, blue, alpha];
  }

  function luminance([red = 0, green = 0, blue = 0]: number[]): number {
    const [r, g, b] = [red, green, blue].map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
  }
}
