import type { Mutant } from './mutant.ts';

const claimFile = 'store/journal-statements.js';
const claimOthers = 'or epoch = $3 or not ';

/** Getting several nodes wrong: leases, claims, the way of letters, what is heard of others. */
export const clusterMutants: readonly Mutant[] = [
  {
    name: 'counts the lease from the reply to a heartbeat',
    troubles: ['isolations', 'slow heartbeats'],
    edits: [
      {
        file: 'cluster/tenure.js',
        find: 'this.#until = sentAt + leaseMs - marginMs;',
        replace: 'this.#until = receivedAt + leaseMs - marginMs;',
      },
    ],
  },
  {
    name: 'answers after the end of the lease',
    troubles: ['isolations'],
    edits: [
      {
        file: 'cluster/tenure.js',
        find: 'this.#until = sentAt + leaseMs - marginMs;',
        replace: 'this.#until = sentAt + leaseMs + marginMs;',
      },
    ],
  },
  {
    name: 'goes on in the same term after an interruption',
    troubles: ['isolations'],
    edits: [{ file: 'cluster/tenure.js', find: 'this.#term += 1;', replace: ';' }],
  },
  {
    name: 'holds a lease of any term',
    troubles: ['isolations'],
    edits: [
      {
        file: 'cluster/tenure.js',
        find: 'return term === this.#term && this.#options',
        replace: 'return this.#options',
      },
    ],
  },
  {
    name: 'takes everybody for silent at once',
    troubles: ['cuts'],
    edits: [
      {
        file: 'cluster/signs-of-life.js',
        find: 'this.#askedAt - sign.prolongedAt > this.#leaseMs;',
        replace: 'this.#askedAt - sign.prolongedAt > 0;',
      },
    ],
  },
  {
    name: 'takes an old silence for a proof',
    troubles: ['outages'],
    edits: [
      {
        file: 'cluster/tenure.js',
        find: 'return this.isSilent(node) && (await this.#tryBeat()) && this.isSilent(node);',
        replace: 'return this.isSilent(node);',
      },
    ],
  },
  {
    name: 'claims what a living process owns',
    troubles: ['bus'],
    edits: [
      {
        file: claimFile,
        find: claimOthers,
        replace: 'or epoch = $3 or owner = event_head.owner or not ',
      },
    ],
  },
  {
    name: 'claims what a living process owns, and appends without any fence',
    troubles: ['bus'],
    edits: [
      {
        file: claimFile,
        find: claimOthers,
        replace: 'or epoch = $3 or owner = event_head.owner or not ',
      },
      {
        file: claimFile,
        find: 'and epoch = $2 and owner = $3 and last_position = $4 and not sealed',
        replace: 'and $4::float8 = $4::float8 and not sealed',
      },
    ],
  },
  {
    name: 'takes a lease that runs for one that is over',
    edits: [
      {
        file: claimFile,
        find: claimOthers,
        replace: 'or epoch = $3 or ',
      },
    ],
  },
  {
    name: 'compares the end of a lease the wrong way round',
    edits: [
      {
        file: claimFile,
        find: 'and expires_at > clock_timestamp())`;',
        replace: 'and expires_at < clock_timestamp())`;',
      },
    ],
  },
  {
    name: 'does not prolong a lease that is there',
    edits: [
      {
        file: 'store/lease-statements.js',
        find: 'expires_at = excluded.expires_at',
        replace: 'expires_at = node_lease.expires_at',
      },
    ],
  },
  {
    name: 'gives up a show that is somebody else’s',
    troubles: ['drains', 'pins', 'late statements', 'crowds'],
    edits: [
      {
        file: claimFile,
        find: 'set owner = null where event_id = $1 and epoch = $2 and owner = $3',
        replace: 'set owner = null where event_id = $1',
      },
    ],
  },
  {
    name: 'says busy for a letter whose fate is not known',
    edits: [
      {
        file: 'cluster/router.js',
        find: "rejection.reason === 'busy' && letter.isInDoubt && !isQuestion(letter.body);",
        replace: 'false;',
      },
    ],
  },
  {
    name: 'does not doubt a letter that was sent again',
    troubles: ['bus'],
    edits: [
      {
        file: 'cluster/router.js',
        find: `letter.isInDoubt = true;
        if (!isMoved)`,
        replace: 'if (!isMoved)',
      },
    ],
  },
  {
    name: 'does not doubt a letter that was not receipted',
    troubles: ['bus'],
    edits: [
      { file: 'cluster/router.js', find: "letter.isInDoubt ||= why === 'silence';", replace: '' },
    ],
  },
  {
    name: 'tells people to ask elsewhere',
    edits: [
      {
        file: 'cluster/router.js',
        find: 'return !answer.accepted && answer.elsewhere !== undefined;',
        replace: 'return false;',
      },
    ],
  },
  {
    name: 'never sends a letter again whose answer is lost',
    edits: [
      {
        file: 'cluster/router.js',
        find: 'if (!isMoved && !isGone && waitMs < answerMs)',
        replace: 'if (true)',
      },
      {
        file: 'cluster/router.js',
        find: 'if (now - letter.bornAt >= letterMs)',
        replace: 'if (false)',
      },
    ],
  },
  {
    name: 'does not say how far its shows have come',
    troubles: ['bus'],
    edits: [
      {
        file: 'cluster/feeds.js',
        find: `if (bus.isUp)
            this.#tellStandings();`,
        replace: '',
      },
    ],
  },
  {
    name: 'follows facts over a gap',
    edits: [
      {
        file: 'transport/topic.js',
        find: 'if (generation === known.generation && committed.from === known.position) {',
        replace: 'if (generation === known.generation) {',
      },
    ],
  },
];
