import { parseArgs } from 'node:util';
import { noSuchVerb, numberOf, runCommand, unclear } from './command.ts';
import { grant, verbs } from './dlq/grant.ts';
import { databaseHelp } from './operator-database.ts';
import { withQueues } from './operator-queues.ts';

const help = `Usage: npm run dlq -- list [--max N] [--json]
       npm run dlq -- replay --id ID … | --all [--json]
       npm run dlq -- drop   --id ID … | --all [--json]

Dead jobs: those that failed for good, or took their workers down too often. They wait here, with
the reason, until somebody decides.

  list              the oldest first
  replay            gives them another life with all its attempts, once the reason is gone. Doing a
                    job twice is safe: what it does is recorded with its id
  drop              forgets them for good: what they were to do is never done
  --id ID           only this one; may be said several times
  --all             all of them
  --max N           at most so many in the list; 100 unless said
  --json            the same for programs
  --help            this text

  RABBITMQ_URL      the broker that keeps the jobs; without it they are in the database:
${databaseHelp}`;

const listDefault = '100';
const listMax = 10_000;

await runCommand(async () => {
  const { values, positionals } = parseArgs({
    options: {
      id: { type: 'string', multiple: true, default: [] },
      all: { type: 'boolean', default: false },
      max: { type: 'string', default: listDefault },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
    allowPositionals: true,
  });
  if (values.help) return console.log(help);
  const [word, ...others] = positionals;
  const verb = verbs.find((each) => each === word);
  const wishes = (values.id.length > 0 ? 1 : 0) + (values.all ? 1 : 0);
  if (verb === undefined) throw noSuchVerb(help, word, verbs);
  if (others.length > 0) throw unclear(help, `"${others[0]}" is too much.`);
  if (wishes !== (verb === 'list' ? 0 : 1)) {
    const problem =
      verb === 'list' ? 'list takes neither --id nor --all.' : 'Which? --id or --all.';
    throw unclear(help, problem);
  }
  const ids = values.all ? undefined : new Set(values.id);
  const max = numberOf(values.max, 'max', 1, listMax);
  await withQueues(async (queues) => {
    const wish = { verb, ids, max, isJson: values.json };
    if (!(await grant(queues, wish, console))) process.exitCode = 1;
  });
});
