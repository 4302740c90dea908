import type { Findings } from './found.ts';
import type { Ground } from './ground.ts';
import { MissingError } from './missing-error.ts';
import { OrderStage } from './orders/order-stage.ts';
import type { SaleSpec } from './orders/sale-house.ts';
import { Stage, type StageSpec } from './stage.ts';

/** How much a scenario does. */
export interface Effort {
  /** How often one that measures repeats its fault. */
  readonly repeats: number;
  /** How many orders one about orders has. */
  readonly orders: number;
}

/** One fault: how it is made, how it is proved, and what must hold. */
export interface Scenario {
  /** Its number in the list of faults, for ever. */
  readonly id: string;
  /** What is done to whom. */
  readonly title: string;
  play(ground: Ground, effort: Effort): Promise<Findings>;
}

/** Plays on a stage of its own, and holds everything against the journal in the end. */
export async function onStage(
  ground: Ground,
  name: string,
  spec: StageSpec,
  play: (stage: Stage) => Promise<void>,
): Promise<Findings> {
  return await playOn(await Stage.open(ground, name, spec), play);
}

/** The same with orders: in the end money, tickets and mails are held against each other. */
export async function onOrderStage(
  ground: Ground,
  name: string,
  spec: SaleSpec,
  play: (stage: OrderStage) => Promise<void>,
): Promise<Findings> {
  return await playOn(await OrderStage.open(ground, name, spec), play);
}

interface AnyStage {
  readonly findings: Findings;
  conclude(): Promise<void>;
  close(): Promise<void>;
}

async function playOn<T extends AnyStage>(
  stage: T,
  play: (stage: T) => Promise<void>,
): Promise<Findings> {
  try {
    await play(stage);
    await stage.conclude();
    return stage.findings;
  } catch (failure) {
    if (failure instanceof MissingError) throw failure;
    // What was found until then is told too.
    const why = failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
    stage.findings.broken.push(`The scenario broke down: ${why}`);
    return stage.findings;
  } finally {
    await stage.close();
  }
}

/** A show that sells is back in less than this after its node has died or frozen (P4). */
export const backWithinMs = 2_000;
