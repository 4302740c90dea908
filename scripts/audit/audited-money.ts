import type { EventId, OrderId } from '@ingressou/protocol';
import type { Payments, ProviderCharge } from '../../src/ports/payments.ts';
import type { ReadModels } from '../../src/ports/read-models.ts';
import type { Database } from '../../src/store/database.ts';
import { moneyFindings } from '../../src/store/money-findings.ts';
import { providerBalances } from '../../src/store/provider-balances.ts';

/** Something about the money of a show that an operator must look at. Names nobody. */
export interface MoneyTrouble {
  readonly order: OrderId;
  readonly finding: string;
  readonly sentence: string;
}

export interface AuditedMoney {
  /** Facts of its history that the rows do not have yet: what is found may be of yesterday. */
  readonly behind: number;
  readonly troubles: readonly MoneyTrouble[];
  /** Orders that were compared with what the provider says; undefined when it was not asked. */
  readonly compared: number | undefined;
}

export interface MoneyOptions {
  readonly database: Database;
  readonly readModels: Pick<ReadModels, 'positionOf'>;
  /** Undefined: the provider is not asked. */
  readonly payments: Pick<Payments, 'findOrders'> | undefined;
  readonly now: number;
  /** Hears of every order that was compared. */
  readonly onOrder: () => void;
}

const pageOrders = 200;

/** Compares the ledger of a show with its tickets and, when it can be asked, with the provider. */
export async function auditMoney(
  options: MoneyOptions,
  { event, position }: { readonly event: EventId; readonly position: number },
): Promise<AuditedMoney> {
  const { database, readModels, payments, now } = options;
  const rows = await readModels.positionOf(event);
  const troubles: MoneyTrouble[] = await moneyFindings(database, event, now);
  const behind = Math.max(0, position - rows.position);
  if (payments === undefined) return { behind, troubles, compared: undefined };
  let compared = 0;
  for await (const { order, cents } of balancesOf(database, event)) {
    compared += 1;
    options.onOrder();
    const kept = keptCents((await payments.findOrders(order)).flatMap(({ charges }) => charges));
    if (kept !== cents) troubles.push(differs(order, cents, kept));
  }
  return { behind, troubles, compared };
}

async function* balancesOf(database: Database, event: EventId) {
  let after: OrderId | undefined;
  do {
    const page = await providerBalances(database, event, after, pageOrders);
    yield* page;
    after = page.length < pageOrders ? undefined : page.at(-1)?.order;
  } while (after !== undefined);
}

/** What the provider still has of what came in. A charge that the bank took back has nothing. */
function keptCents(charges: readonly ProviderCharge[]): number {
  return charges.reduce((sum, { status, paidCents, refundedCents }) => {
    return sum + (status === 'chargedback' ? 0 : paidCents - refundedCents);
  }, 0);
}

function differs(order: OrderId, ours: number, theirs: number): MoneyTrouble {
  const sentence = `order ${order}: the ledger has ${ours} cents at the provider, which has ${theirs}`;
  return { order, finding: 'provider_differs', sentence };
}
