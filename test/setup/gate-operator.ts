import type { DeviceId } from '@ingressou/protocol';
import type { Page } from 'playwright-core';
import type { GateBrowser } from './gate-browser.ts';

/** A busy machine takes its time; what is awaited comes or the test fails. */
export const patient = { timeout: 30_000 };

/** What a producer gives whoever brings a phone. */
export interface Invitation {
  readonly device: DeviceId;
  readonly code: string;
}

/** What the operator of one gate does and sees. */
export class GateOperator {
  page: Page;
  readonly device: DeviceId;
  readonly #phone: GateBrowser;
  readonly #url: string;
  readonly #code: string;

  constructor(phone: GateBrowser, page: Page, url: string, { device, code }: Invitation) {
    this.#phone = phone;
    this.page = page;
    this.#url = url;
    this.device = device;
    this.#code = code;
  }

  /** Lets the phone in with the code that the producer gave. */
  async enrol(): Promise<void> {
    await this.page.getByLabel('Código de cadastro').fill(this.#code);
    await this.page.getByRole('button', { name: 'Cadastrar' }).click();
  }

  async mode(mode: string): Promise<void> {
    await this.page.locator(`.status[data-mode=${mode}]`).waitFor(patient);
  }

  async scans(): Promise<number> {
    return Number(await this.page.locator('main.scan').getAttribute('data-scans'));
  }

  /** The verdict on scan number `seq`, once it is written. */
  async verdictOf(seq: number): Promise<string | undefined> {
    const verdict = await this.page.waitForFunction(
      (number) => {
        const sheet = `main.scan[data-scans="${number}"] .sheet[data-verdict]`;
        return document.querySelector<HTMLElement>(sheet)?.dataset.verdict;
      },
      seq,
      patient,
    );
    return await verdict.jsonValue();
  }

  /** Reads a code as a hand scanner does: a key a millisecond, and Enter. */
  async type(code: string): Promise<string | undefined> {
    const seq = (await this.scans()) + 1;
    await this.press(code);
    return await this.verdictOf(seq);
  }

  async press(code: string): Promise<void> {
    await this.page.evaluate(pressKeys, code);
  }

  /** Begins to scan, and reads a code in the same turn in which the screen is there. */
  async begin(code: string): Promise<void> {
    const button = this.page.getByRole('button', { name: 'Começar a ler' });
    await button.waitFor(patient);
    await this.page.evaluate(`window.pressKeys = ${pressKeys}`);
    await button.evaluate((start: HTMLElement, text) => {
      const isThere = new MutationObserver(() => {
        if (document.querySelector('main.scan') === null) return;
        isThere.disconnect();
        (window as unknown as { readonly pressKeys: typeof pressKeys }).pressKeys(text);
      });
      isThere.observe(document.body, { childList: true, subtree: true });
      start.click();
    }, code);
  }

  /** Begins, and has the menu open before the camera is. */
  async beginInMenu(): Promise<void> {
    const button = this.page.getByRole('button', { name: 'Começar a ler' });
    await button.waitFor(patient);
    await button.evaluate((start: HTMLElement) => {
      const isThere = new MutationObserver(() => {
        const menu = document.querySelector<HTMLElement>('.foot .button');
        if (menu === null) return;
        isThere.disconnect();
        menu.click();
      });
      isThere.observe(document.body, { childList: true, subtree: true });
      start.click();
    });
  }

  async openMenu(): Promise<void> {
    await this.page.getByRole('button', { name: /^(Próximo|Não tem: não entra)$/ }).click();
    await this.page.getByRole('button', { name: 'Aparelho', exact: true }).click();
  }

  /** What the screen of the device says of the names it has, once it does. */
  async names(said: string): Promise<void> {
    await this.openMenu();
    const device = this.page.getByRole('dialog', { name: 'Aparelho' });
    await device.getByText(said).waitFor(patient);
    await this.page.getByRole('button', { name: 'Voltar' }).click();
  }

  /** The battery is taken out, and put in again. */
  async crash(meanwhile: (phone: GateBrowser) => Promise<void> = async () => {}): Promise<void> {
    await this.#phone.kill();
    await meanwhile(this.#phone);
    this.page = await this.#phone.open(this.#url);
  }

  /** Begins to scan after a restart. */
  async start(): Promise<void> {
    await this.page.getByRole('button', { name: 'Começar a ler' }).click();
  }
}

/** In the page: what a hand scanner types. A busy page sees keys late, but when they were pressed. */
function pressKeys(text: string): void {
  const from = performance.now();
  for (const [index, key] of [...text, 'Enter'].entries()) {
    const event = new KeyboardEvent('keydown', { key, cancelable: true });
    Object.defineProperty(event, 'timeStamp', { value: from + index });
    window.dispatchEvent(event);
  }
}
