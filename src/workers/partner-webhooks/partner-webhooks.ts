import type { Clock } from '../../ports/clock.ts';
import { type Delivery, type Job, type Jobs, RetryError, retryDelaysMs } from '../../ports/jobs.ts';
import type { PartnerEndpoint, PartnerEndpoints } from '../../ports/partners.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import type { PartnerSender, SendOutcome } from './partner-sender.ts';
import { messageIdOf, type PartnerMessage } from './signature.ts';

export interface PartnerWebhookOptions {
  readonly endpoints: PartnerEndpoints;
  readonly sender: PartnerSender;
  readonly jobs: Pick<Jobs, 'publish'>;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly telemetry: Pick<Telemetry, 'partnerTold' | 'partnerDisabled'>;
}

/** An address that fails so often and so long in a row is not used any more. */
const failuresMax = 20;
const failingMsMax = 24 * 60 * 60 * 1000;

/**
 * Tells partners what happened (`notification.webhook`). A job as the relay made it becomes one job
 * for each endpoint, so that one that fails is tried again alone. Whoever could not be reached on
 * the whole ladder is not told: that is the partner's loss and no dead job of ours.
 */
export async function tellPartners(options: PartnerWebhookOptions, job: Delivery): Promise<void> {
  const { endpoint } = job.body;
  if (typeof endpoint === 'string') await tell(options, job, endpoint);
  else await options.jobs.publish(await jobsFor(options, job));
}

async function jobsFor({ endpoints }: PartnerWebhookOptions, job: Delivery): Promise<Job[]> {
  const { id, kind, event, body } = job;
  const ids = await endpoints.tellOf(event);
  return ids.map((endpoint) => ({
    id: `${id}:${endpoint}`,
    kind,
    ...(event !== undefined && { event }),
    body: { ...body, endpoint, message: messageIdOf(id) },
  }));
}

async function tell(options: PartnerWebhookOptions, job: Delivery, id: string): Promise<void> {
  const { endpoints, sender, clock, telemetry } = options;
  const endpoint = await endpoints.find(id);
  if (endpoint === undefined || endpoint.disabledAt !== undefined) return;
  const begunAt = clock.monotonic();
  const outcome = await sender.send(endpoint, messageOf(job), clock.now());
  telemetry.partnerTold({ outcome, ms: clock.monotonic() - begunAt });
  if (outcome === 'delivered') return endpoints.noteSuccess(id);
  if (await isGivenUp(options, endpoint, outcome)) return;
  if (job.attempt <= retryDelaysMs.length) throw new RetryError(`a partner: ${outcome}`);
}

/** Notes the failure, and disables the endpoint when it is one too many. */
async function isGivenUp(
  { endpoints, clock, telemetry }: PartnerWebhookOptions,
  { id }: PartnerEndpoint,
  outcome: SendOutcome,
): Promise<boolean> {
  const now = clock.now();
  const failing = await endpoints.noteFailure(id, now);
  if (failing === undefined) return true;
  const isTooMuch = failing.failures >= failuresMax && now - failing.since >= failingMsMax;
  if (outcome !== 'gone' && !isTooMuch) return false;
  if (await endpoints.disable(id, now)) telemetry.partnerDisabled(id);
  return true;
}

/** The same bytes each time: what is signed must not depend on when it is tried. */
function messageOf({ event, body }: Delivery): PartnerMessage {
  const { type, at, endpoint: _endpoint, message, ...data } = body;
  const timestamp = new Date(Number(at)).toISOString();
  const told = { type, timestamp, data: { ...(event !== undefined && { event }), ...data } };
  return { id: String(message), body: JSON.stringify(told) };
}
