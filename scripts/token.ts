import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  type EventId,
  ProtocolError,
  parseId,
  type Role,
  type SubjectId,
} from '@ingressou/protocol';
import { readConfig } from '../src/config.ts';
import { AccessTokens, newSubject, openSigningKey } from '../src/transport/access-tokens.ts';
import { numberOf, runCommand, UsageError, unclear } from './command.ts';

const roles = ['ADMIN', 'PRODUTOR', 'CLIENTE', 'CHECKIN'] as const satisfies Role[];

const help = `Usage: npm run -s token -- --role ROLE [--subject UUID] [--show UUID]... [--hours N]

Prints an access token for development, signed with the node's own key. Nobody is asked for a
password: whoever can read the key is trusted with everything.

  --role ROLE       ${roles.join(', ')}
  --subject UUID    whose token it is (somebody new)
  --show UUID       a show that a PRODUTOR or CHECKIN may ask about; may be given again
  --hours N         how long it is good for (1)
  --help            this text

  TOKEN_KEY_FILE    the key; without it, keys/access-token.pem in DATA_DIRECTORY (var)`;

const hourMs = 60 * 60 * 1000;
const hoursMax = 24 * 365;

await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      role: { type: 'string' },
      subject: { type: 'string' },
      show: { type: 'string', multiple: true, default: [] },
      hours: { type: 'string', default: '1' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return console.log(help);
  const role = roleOf(values.role);
  const subject =
    values.subject === undefined ? newSubject() : idOf<SubjectId>('subject', values.subject);
  const shows = values.show.map((text) => idOf<EventId>('show', text));
  const lifeMs = numberOf(values.hours, 'hours', 1, hoursMax) * hourMs;
  const tokens = new AccessTokens(await openSigningKey(keyFile()));
  console.log(await tokens.sign(subject, role, Date.now(), lifeMs, shows));
});

/** A key made here would sign tokens that no running node takes. */
function keyFile(): string {
  const { tokenKeyFile } = readConfig();
  if (existsSync(tokenKeyFile)) return tokenKeyFile;
  throw new UsageError(`There is no key in ${tokenKeyFile}: the first "npm start" makes it.`);
}

function roleOf(text: string | undefined): Role {
  const role = roles.find((known) => known === text);
  if (role !== undefined) return role;
  const problem = text === undefined ? 'Which role?' : `There is no role "${text}".`;
  throw unclear(help, `${problem} --role ${roles.join(', ')}.`);
}

function idOf<T extends SubjectId | EventId>(option: string, text: string): T {
  try {
    return parseId<T>(text);
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    throw new UsageError(`--${option} ${text}: give a UUID in lower case.`, { cause });
  }
}
