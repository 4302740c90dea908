import { parseArgs } from 'node:util';
import { readConfig } from '../src/config.ts';
import { Random } from '../test/simulation/random.ts';
import { numberOf, runCommand } from './command.ts';
import { Buyer } from './crowd/buyer.ts';
import { type ChosenShow, chooseShow } from './crowd/choose-show.ts';
import { buyerTokens, listShows, localUrl } from './crowd/running-node.ts';
import { Tally } from './crowd/tally.ts';
import { Progress } from './progress.ts';

const help = `Usage: npm run crowd -- [--buyers N] [--url URL] [--show SLUG] [--seconds S] [--seed N]

Sends simulated buyers to a running node, over real sockets and through the client SDK. They come
around the opening, choose lots, reserve, extend, give back, and leave the rest to expire.

  --buyers N      how many (200)
  --url URL       the node (http://127.0.0.1 on PORT, or 8080)
  --show SLUG     the show; without it, the one whose sale opens next, else the newest on sale
  --seconds S     when to stop at the latest (60)
  --seed N        decides who does what and when (1)
  --help          this text

Tokens are signed with the node's key if it is in TOKEN_KEY_FILE or DATA_DIRECTORY (var), and
else asked for at the node.`;

/** Most come before the opening, the others in the seconds behind it. */
const earlyShare = 0.7;
const earlyMs = 15_000;
const lateMs = 5_000;

interface Settings {
  readonly buyers: number;
  readonly url: string;
  readonly slug: string | undefined;
  readonly endMs: number;
  readonly seed: number;
}

await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      buyers: { type: 'string', default: '200' },
      url: { type: 'string', default: `http://127.0.0.1:${readConfig().port}` },
      show: { type: 'string' },
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return console.log(help);
  await sendCrowd({
    buyers: numberOf(values.buyers, 'buyers', 1, 5_000),
    url: localUrl(values.url),
    slug: values.show,
    endMs: performance.now() + numberOf(values.seconds, 'seconds', 1, 3_600) * 1000,
    seed: numberOf(values.seed, 'seed', 0, Number.MAX_SAFE_INTEGER),
  });
});

async function sendCrowd(settings: Settings): Promise<void> {
  const { url, buyers, slug } = settings;
  const show = await chooseShow(url, await listShows(url), slug);
  const progress = new Progress();
  progress.say(`${buyers} buyers come to ${show.title} (${show.slug}), ${whenOf(show)}.`);
  const tally = new Tally();
  const crowd: Buyer[] = [];
  const screen = setInterval(() => progress.show(tally.line(buyers)), 200);
  const stopped = stopSignal();
  const shopping = comeAndShop(settings, show, tally, crowd);
  await Promise.race([shopping, pause(settings.endMs - performance.now()), stopped]);
  clearInterval(screen);
  progress.end();
  console.log(`${tally.line(buyers)}\n\n${tally.table()}`);
  for (const buyer of crowd) buyer.close();
  // Buyers who have not come yet, or wait for the sale, would keep the process alive.
  process.exit();
}

async function comeAndShop(
  { url, buyers, seed }: Settings,
  show: ChosenShow,
  tally: Tally,
  crowd: Buyer[],
): Promise<void> {
  const token = await buyerTokens(url);
  const dice = new Random(seed, 'crowd');
  const opensInMs = Math.max(0, (show.view.sale.opensAt ?? 0) - Date.now());
  const come = async (index: number): Promise<void> => {
    const random = dice.fork(`buyer ${index}`);
    await pause(arrivalMs(random, opensInMs));
    const buyer = new Buyer({ url, token, event: show.id, random, tally });
    crowd.push(buyer);
    await buyer.shop();
  };
  await Promise.all(Array.from({ length: buyers }, (_, index) => come(index)));
}

function arrivalMs(random: Random, opensInMs: number): number {
  const isEarly = random.chance(earlyShare);
  const fraction = random.fraction();
  if (isEarly) return opensInMs - fraction * Math.min(opensInMs, earlyMs);
  return opensInMs + fraction * lateMs;
}

function whenOf({ view: { sale } }: ChosenShow): string {
  if (sale.opensAt === undefined) return 'which is on sale';
  const seconds = Math.max(0, Math.round((sale.opensAt - Date.now()) / 1000));
  return `whose sale opens in ${seconds} seconds`;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Ctrl-C ends the crowd early; its table is shown all the same. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
