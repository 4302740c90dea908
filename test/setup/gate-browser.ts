import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { browserArguments } from './browser-arguments.ts';
import { ticketVideo } from './ticket-video.ts';

/**
 * The phone of a gate: a browser with a disk of its own and a camera that somebody holds a ticket up
 * to. It can lose its power, and be turned on again.
 */
export class GateBrowser {
  readonly #executable: string;
  readonly #directory: string;
  readonly #look: Look;
  #process: ChildProcess | undefined;
  #browser: Browser | undefined;

  private constructor(executable: string, directory: string, look: Look) {
    this.#executable = executable;
    this.#directory = directory;
    this.#look = look;
  }

  /** @param code what the camera sees */
  static async make(
    executable: string,
    code: string,
    look: Partial<Look> = {},
  ): Promise<GateBrowser> {
    const directory = await mkdtemp(path.join(tmpdir(), 'ingressou-gate-'));
    await writeFile(path.join(directory, 'camera.y4m'), ticketVideo(code));
    return new GateBrowser(executable, directory, { ...phone, ...look });
  }

  /** Turns it on and opens the page. */
  async open(url: string): Promise<Page> {
    const profile = this.#path('profile');
    const port = path.join(profile, 'DevToolsActivePort');
    await rm(port, { force: true });
    this.#process = spawn(
      this.#executable,
      [
        ...browserArguments,
        `--user-data-dir=${profile}`,
        '--remote-debugging-port=0',
        `--window-size=${this.#look.width},${this.#look.height}`,
        '--lang=pt-BR',
        '--use-fake-ui-for-media-stream',
        '--use-fake-device-for-media-stream',
        `--use-file-for-fake-video-capture=${this.#path('camera.y4m')}`,
        'about:blank',
      ],
      // A group of its own, because a browser is many processes.
      { detached: true, stdio: 'ignore' },
    );
    this.#browser = await chromium.connectOverCDP(`http://127.0.0.1:${await written(port)}`);
    const page = this.#browser.contexts()[0]?.pages()[0];
    if (page === undefined) throw new Error('The browser has no page.');
    page.setDefaultTimeout(20_000);
    await page.setViewportSize(this.#look);
    await page.addInitScript((clockMs) => {
      const now = Date.now.bind(Date);
      Date.now = () => now() + clockMs;
    }, this.#look.clockMs);
    await page.goto(url);
    return page;
  }

  /** The battery is taken out. */
  async kill(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    if (process?.pid === undefined) return;
    const gone = once(process, 'exit');
    globalThis.process.kill(-process.pid, 'SIGKILL');
    await gone;
    await this.#browser?.close();
  }

  /** Its disk is copied, while it is off. */
  async backUp(): Promise<void> {
    await cp(this.#path('profile'), this.#path('copy'), {
      recursive: true,
      verbatimSymlinks: true,
    });
  }

  /** The copy is its disk again: what happened since has not, as far as it knows. */
  async setBack(): Promise<void> {
    await rm(this.#path('profile'), { recursive: true, maxRetries: 5 });
    await rename(this.#path('copy'), this.#path('profile'));
  }

  async remove(): Promise<void> {
    await this.kill();
    await rm(this.#directory, { recursive: true, force: true, maxRetries: 5 });
  }

  #path(name: string): string {
    return path.join(this.#directory, name);
  }
}

interface Look {
  readonly width: number;
  readonly height: number;
  /** How far its clock is ahead. */
  readonly clockMs: number;
}

const phone: Look = { width: 360, height: 740, clockMs: 0 };

/** The first line of a file that the browser writes when it is ready. */
async function written(file: string): Promise<string> {
  const end = Date.now() + 30_000;
  for (;;) {
    const [line = ''] = (await readFile(file, 'utf8').catch(() => '')).split('\n');
    if (line !== '') return line;
    if (Date.now() > end) throw new Error('The browser did not start.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
