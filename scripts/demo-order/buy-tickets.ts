import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Connection, connect, type PresentShow, type ShowView } from '@ingressou/client-sdk';
import { WebSocket } from 'undici';
import { AccessTokens, newSubject, openSigningKey } from '../../src/transport/access-tokens.ts';
import { UsageError } from '../command.ts';
import { listShows } from '../crowd/running-node.ts';
import { freePort } from '../free-port.ts';
import { NodeProcess, pause } from '../node-process.ts';

/** Where a node runs for one demonstration. */
export interface Ground {
  readonly name: string;
  readonly dataDirectory: string;
  /** Services instead of the embedded ones. */
  readonly urls?: Readonly<Record<string, string>>;
}

/** What came when, in seconds since the buyer pressed the first button. */
export interface Purchase {
  readonly ground: string;
  readonly steps: readonly { readonly step: string; readonly seconds: number }[];
}

const openMs = 60_000;
const mailMs = 30_000;
const lookMs = 50;
const tokenMs = 60 * 60 * 1000;
/** So long the simulated buyer takes to pay, in seconds. */
const paySeconds = '2';

export async function buyTickets(ground: Ground, say: (line: string) => void): Promise<Purchase> {
  const environment = await environmentOf(ground);
  say(`\n${ground.name}: a node starts, and its sale opens 20 seconds later …`);
  const node = new NodeProcess(environment);
  try {
    await node.ready();
    return await buy(ground, `http://127.0.0.1:${environment.PORT}`, say);
  } finally {
    await node.stop();
  }
}

async function buy(
  { name, dataDirectory }: Ground,
  url: string,
  say: (line: string) => void,
): Promise<Purchase> {
  const connection = await connected(url, dataDirectory);
  const watched = connection.event(await onlyShow(url));
  const show = await when(watched.watch, (view) => view.sale.status === 'open');
  const steps: { step: string; seconds: number }[] = [];
  const begunAt = performance.now();
  const done = (step: string): void => {
    const seconds = (performance.now() - begunAt) / 1000;
    steps.push({ step, seconds: Number(seconds.toFixed(3)) });
    say(`${seconds.toFixed(2).padStart(7)} s  ${step}`);
  };

  const lot = show.lots[0]?.id ?? '';
  const held = await watched.reserve([{ lot, quantity: 2 }]);
  if (!held.accepted) throw new UsageError(`The reservation was refused: ${held.reason}.`);
  done(`2 tickets are held until ${clockOf(held.hold.expiresAt)}`);

  const { orders } = connection;
  const id = orders.newId();
  await orders.tellDetails(id, { event: watched.id, buyer, holders });
  const made = await watched.checkout(held.hold.id, 'pix', { id });
  if (!made.accepted) throw new UsageError(`The checkout was refused: ${made.reason}.`);
  done('checked out; the hold waits for the payment');

  const { pix, amountCents } = await orders.payment(id);
  done(`PIX code over ${brl(amountCents)}: ${pix?.code.slice(0, 40)}…`);

  await orders.waitFor(id, 'paid');
  done('paid: the provider said so, and was asked');

  const tickets = await orders.tickets(id);
  done(`tickets ${tickets.map(({ serial }) => serial).join(' and ')} are signed`);

  const pdf = await orders.ticketsPdf(id);
  done(`their PDF is made, ${pdf.size} bytes`);

  const letters = await mailed(path.join(dataDirectory, 'mail'));
  for (const letter of letters) done(`${letter.kind}: “${letter.subject}”`);
  connection.close();
  return { ground: name, steps };
}

const buyer = {
  name: 'Ana Souza',
  email: 'ana.souza@example.com',
  // A number with right check digits that is nobody's.
  cpf: '529.982.247-25',
  phone: '61 99999-9999',
};
const holders = [{ name: 'Ana Souza' }, { name: 'Bia Lima' }];

async function environmentOf({ dataDirectory, urls }: Ground) {
  return {
    HOST: '127.0.0.1',
    PORT: String(await freePort()),
    DATABASE_URL: '',
    RABBITMQ_URL: '',
    REDIS_URL: '',
    NATS_URL: '',
    ...urls,
    DATA_DIRECTORY: dataDirectory,
    TOKEN_KEY_FILE: '',
    DATA_KEY_FILE: '',
    PAGARME_SECRET_KEY: '',
    DEMO_SHOW: 'true',
    LOG_LEVEL: 'silent',
    SIMULATOR_PORT: String(await freePort()),
    SIMULATOR_PAY_SECONDS: paySeconds,
  };
}

async function connected(url: string, dataDirectory: string): Promise<Connection> {
  const tokens = new AccessTokens(
    await openSigningKey(path.join(dataDirectory, 'keys', 'access-token.pem')),
  );
  const token = await tokens.sign(newSubject(), 'CLIENTE', Date.now(), tokenMs);
  return connect({ url, token, webSocket: WebSocket });
}

async function onlyShow(url: string): Promise<string> {
  // The node serves before it has made its show.
  const giveUpAt = performance.now() + openMs;
  while (performance.now() < giveUpAt) {
    const [show] = await listShows(url);
    if (show !== undefined) return show.id;
    await pause(lookMs);
  }
  throw new UsageError('The node has made no show: "npm start" tells why.');
}

/** The first view of a show that is as wanted. */
function when(
  watch: (listener: (view: ShowView) => void) => () => void,
  isWanted: (view: PresentShow) => boolean,
): Promise<PresentShow> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new UsageError('The sale does not open.')), openMs);
    const end = watch((view) => {
      if (!view.isKnown || !isWanted(view)) return;
      clearTimeout(timer);
      end();
      resolve(view);
    });
  });
}

interface Mailed {
  readonly kind: string;
  readonly subject: string;
}

/** What the node delivered to nobody: the mail and the message. */
async function mailed(directory: string): Promise<Mailed[]> {
  const giveUpAt = performance.now() + mailMs;
  while (performance.now() < giveUpAt) {
    const names = (await readdir(directory).catch(() => [])).filter((each) =>
      each.endsWith('.json'),
    );
    if (names.length >= 2) {
      const files = names.map((each) => readFile(path.join(directory, each), 'utf8'));
      return (await Promise.all(files)).map((text) => JSON.parse(text) as Mailed);
    }
    await pause(lookMs);
  }
  throw new UsageError(`No mail came within ${mailMs / 1000} s.`);
}

function brl(cents: number): string {
  return new Intl.NumberFormat('pt-BR', { style: 'currency', currency: 'BRL' }).format(cents / 100);
}

function clockOf(at: number): string {
  return new Date(at).toTimeString().slice(0, 8);
}
