import type { PersonNeeds } from '../../src/store/person-records.ts';
import type { Named, Person } from './person.ts';

/** What became of a buyer. */
export interface Erasure extends Person {
  /** Undefined when nothing was erased: nobody was sure yet, or somebody is needed. */
  readonly erased?: Named;
}

type Line = readonly [what: string, count: string, why: string];

/** One buyer as a person reads it: what is erased, what stays, and why. */
export function reportOf({ subject, named, records, erased }: Erasure): string {
  const isDone = erased !== undefined;
  const lines: Line[] = [
    [isDone ? 'erased' : 'would be erased', '', ''],
    ...goes.map(([key, what, why]): Line => [`  ${what}`, String((erased ?? named)[key]), why]),
    ['stays', '', ''],
    ...stays.map(([key, what, why]): Line => [`  ${what}`, String(records[key]), why]),
    ...stayElsewhere.map(([what, why]): Line => [`  ${what}`, '', why]),
  ];
  const widths = [0, 1].map((column) => Math.max(...lines.map((line) => line[column]!.length)));
  const table = lines.map(([what, count, why]) => {
    return `${what.padEnd(widths[0]!)}  ${count.padStart(widths[1]!)}  ${why}`.trimEnd();
  });
  return [`buyer ${subject}`, ...table].join('\n');
}

/** What stands against an erasure, in words; undefined when nothing does. */
export function needOf({ unpaid, refunding, coming }: PersonNeeds): string | undefined {
  const needs = [
    ...(unpaid > 0 ? [`${unpaid} unpaid orders`] : []),
    ...(refunding > 0 ? [`${refunding} orders with a refund under way`] : []),
    ...(coming > 0 ? [`${coming} tickets for shows to come`] : []),
  ];
  return needs.length === 0 ? undefined : needs.join(', ');
}

const erasable = 'LGPD art. 18, VI';

const goes: readonly (readonly [keyof Named, string, string])[] = [
  ['details', 'names, CPF, address, telephone and holders of orders', erasable],
  ['files', 'PDFs of tickets', erasable],
  ['deliveries', "deliverers' names of mails and messages", erasable],
  ['letters', 'mails and messages in /dev/inbox', erasable],
];

const taxes = 'LGPD art. 16, I; CTN art. 195: five years of taxes';
const rights = 'LGPD art. 7, VI; CDC art. 27: five years of claims, disputes, fraud';

/** All of it knows the buyer by a random number and nothing else. */
const stays: readonly (readonly [Exclude<keyof Person['records'], 'needs'>, string, string])[] = [
  ['orders', 'orders, without who made them', taxes],
  ['ledgerEntries', 'entries of the ledger', taxes],
  ['payments', 'attempts, charges and refunds', rights],
  [
    'tickets',
    'tickets and their codes',
    'Lei 12.933/2013: half-price is reported; valid ones admit',
  ],
  ['checkIns', 'entries at the gates', rights],
  ['deliveries', 'that mails and messages left, and when', rights],
];

const stayElsewhere: readonly (readonly [string, string])[] = [
  ['facts of the shows in the journal', 'no name in them; what is counted must add up'],
  ["providers' webhooks, sealed", 'gone by themselves 14 days after they came'],
  ['what the payment provider knows', 'its own duty: Lei 9.613/1998, art. 10'],
];
