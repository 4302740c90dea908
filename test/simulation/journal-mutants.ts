import type { Mutant } from './mutant.ts';

/** Getting the journal wrong: lost replies, the fence, the claim, what is read back. */
export const journalMutants: readonly Mutant[] = [
  {
    name: 'takes a lost reply for a no',
    edits: [
      {
        file: 'actors/commit.js',
        find: `if (lost === undefined)
        return;
    for (;;)`,
        replace: `if (lost === undefined)
        return;
    throw new FencedError(row.event, row.epoch);
    for (;;)`,
      },
    ],
  },
  {
    name: 'takes a lost reply for a yes',
    edits: [
      {
        file: 'actors/commit.js',
        find: `if (lost === undefined)
        return;
    for (;;)`,
        replace: `return;
    for (;;)`,
      },
    ],
  },
  {
    name: 'does not look at how many rows the append wrote',
    edits: [
      {
        file: 'store/journal.js',
        find: `return kept.length === 1 ? 'committed' : this.#look(row);`,
        replace: `return 'committed';`,
      },
    ],
  },
  {
    name: 'appends without any fence',
    troubles: ['late statements'],
    edits: [
      {
        file: 'store/journal-statements.js',
        find: 'and epoch = $2 and owner = $3 and last_position = $4 and not sealed',
        replace: 'and $4::float8 = $4::float8 and not sealed',
      },
    ],
  },
  {
    name: 'appends without position and epoch in the condition',
    troubles: ['late statements'],
    edits: [
      {
        file: 'store/journal-statements.js',
        find: 'and epoch = $2 and owner = $3 and last_position = $4 and not sealed',
        replace: 'and owner = $3 and $4::float8 = $4::float8 and not sealed',
      },
    ],
  },
  {
    name: 'claims without a new epoch',
    edits: [
      {
        file: 'store/journal-statements.js',
        find: 'update event_head set epoch = epoch + 1, owner = $2',
        replace: 'update event_head set epoch = epoch, owner = $2',
      },
    ],
  },
  {
    name: 'reads the history before the claim',
    troubles: ['crashes', 'late statements'],
    edits: [
      {
        file: 'actors/recovery.js',
        find: `const head = await options.journal.claim(event, owner, insteadOf);
    return head === undefined ? undefined : await fold(options, head);`,
        replace: `const seen = await options.journal.head(event);
    if (seen === undefined) return undefined;
    const folded = await fold(options, seen);
    const { epoch, position, hash } = await options.journal.claim(event, owner, insteadOf);
    return { ...folded, epoch, position, hash };`,
      },
    ],
  },
  {
    name: 'remembers ids in memory only',
    edits: [
      {
        file: 'actors/recovery.js',
        find: 'const { epoch, generation } = head;',
        replace:
          'state.done.forget(Number.POSITIVE_INFINITY);\n    const { epoch, generation } = head;',
      },
    ],
  },
  {
    name: 'trusts a snapshot without asking the journal',
    troubles: ['snapshots'],
    edits: [
      {
        file: 'actors/recovery.js',
        find: 'const flaw = flawOf(snapshot, head) ?? (await strangeness(journal, snapshot));',
        replace: 'const flaw = undefined;',
      },
    ],
  },
  {
    name: 'accepts a snapshot of another generation',
    troubles: ['snapshots'],
    edits: [
      {
        file: 'actors/recovery.js',
        find: 'if (snapshot.generation !== head.generation)',
        replace: 'if (false)',
      },
    ],
  },
  {
    name: 'accepts a snapshot of another schema',
    troubles: ['snapshots'],
    edits: [
      {
        file: 'actors/recovery.js',
        find: 'if (snapshot.schema !== snapshotSchema)',
        replace: 'if (false)',
      },
    ],
  },
  {
    name: 'does not compare the hash of a snapshot',
    troubles: ['snapshots'],
    edits: [
      {
        file: 'actors/recovery.js',
        find: `return isSameHash(row.hash, hash) ? undefined : 'of another history';`,
        replace: 'return undefined;',
      },
    ],
  },
];
