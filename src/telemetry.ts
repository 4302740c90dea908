import { incidentKinds } from '@ingressou/protocol';
import { pino } from 'pino';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { jobKinds } from './ports/jobs.ts';
import { suspiciousMoney, type Telemetry } from './ports/telemetry.ts';
import { webhookSources } from './ports/webhooks.ts';
import { promises } from './workers/audit/promises.ts';

/** Telemetry that an operator can read: metrics as Prometheus text, log lines as JSON. */
export interface RunningTelemetry extends Telemetry {
  /** For moments of the node itself: its start and its end. */
  say(line: string, details?: Readonly<Record<string, unknown>>): void;
  metrics(): Promise<string>;
}

/** Buckets with a bound on each promise: 2 ms durable, 50 ms at the opening, 150 ms at the gate. */
const secondsBuckets = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.5, 1, 2, 5];
/** A job takes milliseconds, or as long as a provider, or waits for an hour of trouble to end. */
const jobBuckets = [0.005, 0.02, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600];
/** People pay in their own time, and a code lives for minutes. */
const paymentBuckets = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900];
const countBuckets = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
/** Labels of what an operator must look at. */
const alarms = ['command_poisonous', 'show_sealed', 'history_newer', 'partner_disabled', 'failed'];

/** Counts and logs every business moment in one place. Logs go to standard output. */
export function openTelemetry(logLevel: string): RunningTelemetry {
  const log = pino({ level: logLevel, base: null });
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const metric = metrics(registry);
  // A process that is alone has nobody to miss.
  metric.busUp.set(1);
  metric.providerUp.set(1);
  // Files are always there.
  metric.cacheUp.set(1);
  // Queues in the database have no broker that could be away.
  metric.brokerUp.set(1);
  beginAtZero(metric);

  return {
    metrics: () => registry.metrics(),
    say: (line, details = {}) => log.info(details, line),

    turnCommitted({ letters, facts, commitMs }) {
      metric.turnLetters.observe(letters);
      metric.facts.inc(facts);
      metric.commitSeconds.observe(commitMs / 1000);
    },
    commandsAnswered: (outcome, count) => metric.commands.labels(outcome).inc(count),
    outcomeSettled(event, outcome) {
      metric.outcomes.labels(outcome).inc();
      log.warn({ event, outcome }, 'the reply of an append was lost and settled');
    },
    showServed({ event, epoch, position, fromSnapshot, ms }) {
      metric.recoverySeconds.observe(ms / 1000);
      metric.shows.inc();
      log.info({ event, epoch, position, fromSnapshot, ms: Math.round(ms) }, 'show is served');
    },
    showLeft(event, why, cause) {
      metric.shows.dec();
      metric.showsLeft.labels(why).inc();
      const line = { event, why, ...reason(cause) };
      if (expectedLeaves.has(why)) log.info(line, 'show is left');
      else log.error(line, 'show is left');
    },
    commandPoisonous(event, cause) {
      metric.alarms.labels('command_poisonous').inc();
      log.error({ event, ...reason(cause) }, 'a command breaks a rule and is refused from now on');
    },
    showSealed(event, cause) {
      metric.alarms.labels('show_sealed').inc();
      log.fatal({ event, ...reason(cause) }, 'a show is sealed: its history does not add up');
    },
    historyNewer(event, cause) {
      metric.alarms.labels('history_newer').inc();
      log.error({ event, ...reason(cause) }, 'the history is newer than this node: update it');
    },
    snapshotIgnored(event, why) {
      metric.snapshotsIgnored.inc();
      log.warn({ event, why }, 'a snapshot is ignored');
    },
    showMoved({ event, to, ms }) {
      metric.showsMoved.inc();
      log.info({ event, to, ms: Math.round(ms) }, 'show is given to another node');
    },
    claimForced(event, from) {
      metric.claimsForced.inc();
      log.warn({ event, from }, 'the owner of a show is silent though its lease runs: claimed');
    },
    leaseRenewed({ ms, isLate }) {
      metric.heartbeatSeconds.observe(ms / 1000);
      if (isLate) log.info('the lease runs again');
    },
    leaseLapsed(cause) {
      metric.leaseLapses.inc();
      log.error(
        reason(cause),
        'the lease has ended: nothing is answered until the database is back',
      );
    },
    clockJumped(byMs) {
      metric.clockJumps.inc();
      log.error(
        { byMs: Math.round(byMs) },
        'the clock of the database jumped: see the clock runbook',
      );
    },
    busChanged(isUp) {
      metric.busUp.set(isUp ? 1 : 0);
      if (isUp) log.info('the bus is up');
      else log.error('the bus is down: shows of other nodes are answered busy');
    },
    frameRouted({ letters, outcome }) {
      metric.framesRouted.labels(outcome).inc();
      metric.lettersRouted.inc(letters);
    },
    feedBroken(event) {
      metric.feedsBroken.inc();
      log.debug({ event }, 'facts of a followed show were missed: its state is asked for');
    },
    promiseBroken(event, invariant, sentence) {
      metric.promisesBroken.labels(invariant).inc();
      log.fatal({ event, invariant, sentence }, 'a history breaks a promise');
    },
    showAudited(event, position) {
      metric.audits.inc();
      log.debug({ event, position }, 'a history adds up');
    },
    factsFollowed({ follower, facts, lagMs }) {
      metric.factsFollowed.labels(follower).inc(facts);
      metric.followerLagSeconds.labels(follower).observe(lagMs / 1000);
    },
    cacheChanged(isUp) {
      metric.cacheUp.set(isUp ? 1 : 0);
      if (isUp) log.info('the cache is up');
      else log.error('the cache is down: shows that are opened are read from their journals');
    },
    snapshotSaved({ bytes, ms }) {
      metric.snapshots.inc();
      log.debug({ bytes, ms: Math.round(ms) }, 'a snapshot is saved');
    },
    jobsPublished: (kind, count) => metric.jobsPublished.labels(kind).inc(count),
    jobsUnpublished(count, cause) {
      metric.jobsUnpublished.inc(count);
      log.warn({ count, ...reason(cause) }, 'the queues did not take jobs: they come again');
    },
    jobDone({ kind, waitedMs, ms }) {
      metric.jobSeconds.labels(kind).observe(ms / 1000);
      metric.jobWaitSeconds.labels(kind).observe(waitedMs / 1000);
    },
    jobRetried({ retryMs, ...job }) {
      metric.jobsRetried.labels(job.kind).inc();
      log.info({ ...job, retryMs }, 'a job failed and is tried again');
    },
    jobDied(job) {
      metric.jobsDied.labels(job.kind).inc();
      log.error(job, 'a job is dead: see the queues runbook');
    },
    queuesMeasured(depths) {
      for (const { kind, waiting, later, oldestMs } of depths) {
        metric.jobsWaiting.labels(kind).set(waiting);
        metric.jobsLater.labels(kind).set(later);
        metric.jobsOldestSeconds.labels(kind).set(oldestMs / 1000);
      }
    },
    brokerChanged(isUp) {
      metric.brokerUp.set(isUp ? 1 : 0);
      if (isUp) log.info('the broker is up');
      else log.error('the broker is down: jobs stay in the journal until it is back');
    },
    orderMoved(step, ms) {
      metric.orders.labels(step).inc();
      if (step === 'paid') metric.paymentSeconds.observe(ms / 1000);
    },
    ticketsIssued({ count, ms }) {
      metric.tickets.inc(count);
      metric.issueSeconds.observe(ms / 1000);
    },
    providerAnswered: ({ operation, outcome, ms }) =>
      metric.providerSeconds.labels(operation, outcome).observe(ms / 1000),
    providerChanged(isUp) {
      metric.providerUp.set(isUp ? 1 : 0);
      if (isUp) log.info('the payment provider answers again');
      else log.error('the payment provider does not answer: see the payments runbook');
    },
    paymentSuspicious(charge, why) {
      metric.moneySuspicious.labels(why).inc();
      log.error({ charge, why }, 'money moved in a way nobody asked for: see the payments runbook');
    },
    refundSettled: () => metric.refunds.inc(),
    refundFailed(charge) {
      metric.refundsFailed.inc();
      log.error({ charge }, 'the provider could not give money back: it is asked again');
    },
    socketOpened: () => metric.sockets.inc(),
    socketClosed(why) {
      metric.sockets.dec();
      metric.socketsClosed.labels(why).inc();
    },
    frameRefused: (code) => metric.framesRefused.labels(code).inc(),
    deltaSent({ sockets, ms }) {
      metric.deltas.inc(sockets);
      metric.deltaSeconds.observe(ms / 1000);
    },
    socketLagged: () => metric.lags.inc(),
    requestAnswered({ route, status, ms }) {
      metric.requestSeconds.labels(route, String(status)).observe(ms / 1000);
    },
    webhookReceived: (source, outcome) => metric.webhooks.labels(source, outcome).inc(),
    codeScanned({ ms, isOnline, isAnswered }) {
      if (!isAnswered) metric.scansUnanswered.inc();
      else metric.scanSeconds.labels(isOnline ? 'server' : 'gate').observe(ms / 1000);
    },
    lookedAhead: (codes) => metric.codesAhead.inc(codes),
    gateIncident(event, kind) {
      metric.gateIncidents.labels(kind).inc();
      log.warn({ event, kind }, 'an incident at a gate: see the gates runbook');
    },
    partnerTold({ outcome, ms }) {
      metric.partnerSeconds.labels(outcome).observe(ms / 1000);
    },
    partnerDisabled(endpoint) {
      metric.alarms.labels('partner_disabled').inc();
      log.error({ endpoint }, 'a partner cannot be reached for a day: its address is disabled');
    },
    failed(what, cause) {
      metric.alarms.labels('failed').inc();
      log.error(reason(cause), `could not ${what}`);
    },
  };
}

/** The first of its kind is a rise, for Prometheus, only if there was a zero before it. */
function beginAtZero(metric: ReturnType<typeof metrics>): void {
  for (const kind of incidentKinds) metric.gateIncidents.labels(kind).inc(0);
  for (const kind of [...jobKinds, 'unknown']) metric.jobsDied.labels(kind).inc(0);
  for (const why of suspiciousMoney) metric.moneySuspicious.labels(why).inc(0);
  for (const source of webhookSources) metric.webhooks.labels(source, 'unauthenticated').inc(0);
  for (const invariant of Object.keys(promises)) metric.promisesBroken.labels(invariant).inc(0);
  for (const alarm of alarms) metric.alarms.labels(alarm).inc(0);
  metric.outcomes.labels('given_up').inc(0);
}

function metrics(registry: Registry) {
  const registers = [registry];
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name: `ingressou_${name}`, help, labelNames, registers });
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `ingressou_${name}`, help, labelNames, registers });
  const histogram = (name: string, help: string, buckets: number[], labelNames: string[] = []) =>
    new Histogram({ name: `ingressou_${name}`, help, buckets, labelNames, registers });
  return {
    turnLetters: histogram('turn_letters', 'Letters of a turn.', countBuckets),
    facts: counter('facts_total', 'Facts made durable.'),
    commitSeconds: histogram('commit_seconds', 'From an append to its reply.', secondsBuckets),
    commands: counter('commands_total', 'Commands answered, by outcome.', ['outcome']),
    outcomes: counter('outcomes_settled_total', 'Lost replies, by how they ended.', ['outcome']),
    recoverySeconds: histogram('recovery_seconds', 'From claim to service.', secondsBuckets),
    shows: gauge('shows', 'Shows served here.'),
    showsLeft: counter('shows_left_total', 'Shows no longer served here, by reason.', ['why']),
    alarms: counter('alarms_total', 'What an operator must look at.', ['alarm']),
    snapshots: counter('snapshots_total', 'Snapshots saved.'),
    cacheUp: gauge('cache_up', 'Whether this node can reach its snapshots: 1 or 0.'),
    snapshotsIgnored: counter('snapshots_ignored_total', 'Snapshots that were not usable.'),
    showsMoved: counter('shows_moved_total', 'Shows given to another node.'),
    claimsForced: counter('claims_forced_total', 'Shows claimed from an owner that fell silent.'),
    heartbeatSeconds: histogram('heartbeat_seconds', 'Heartbeats answered.', secondsBuckets),
    leaseLapses: counter('lease_lapses_total', 'Times this node could speak for no show.'),
    clockJumps: counter('clock_jumps_total', "Steps of the database's clock."),
    busUp: gauge('bus_up', 'Whether this node can reach the others: 1 or 0.'),
    framesRouted: counter('frames_routed_total', 'Frames to other nodes, by outcome.', ['outcome']),
    lettersRouted: counter('letters_routed_total', 'Commands and questions in those frames.'),
    feedsBroken: counter('feeds_broken_total', 'Followed shows whose facts were missed.'),
    promisesBroken: counter('promises_broken_total', 'Histories that break a promise.', [
      'invariant',
    ]),
    audits: counter('audits_total', 'Histories counted again that add up.'),
    jobsPublished: counter('jobs_published_total', 'Jobs the queues keep.', ['kind']),
    jobsUnpublished: counter('jobs_unpublished_total', 'Jobs the queues did not take.'),
    jobSeconds: histogram('job_seconds', 'Jobs done.', jobBuckets, ['kind']),
    jobWaitSeconds: histogram('job_wait_seconds', 'From due to taken.', jobBuckets, ['kind']),
    jobsRetried: counter('jobs_retried_total', 'Jobs that failed and come again.', ['kind']),
    jobsDied: counter('jobs_died_total', 'Jobs that failed for good.', ['kind']),
    jobsWaiting: gauge('jobs_waiting', 'Jobs that could be taken now; dead ones wait for you.', [
      'kind',
    ]),
    jobsLater: gauge('jobs_later', 'Jobs that failed and are not due yet.', ['kind']),
    jobsOldestSeconds: gauge('jobs_oldest_seconds', 'How long the oldest one waits.', ['kind']),
    brokerUp: gauge('broker_up', 'Whether this node can reach the queues: 1 or 0.'),
    factsFollowed: counter('facts_followed_total', 'Facts that followers are done with.', [
      'follower',
    ]),
    followerLagSeconds: histogram(
      'follower_lag_seconds',
      'From a fact to the end of its page.',
      secondsBuckets,
      ['follower'],
    ),
    orders: counter('orders_total', 'Orders by the step they took.', ['step']),
    paymentSeconds: histogram('payment_seconds', 'From checkout to paid.', paymentBuckets),
    tickets: counter('tickets_issued_total', 'Tickets whose codes were signed.'),
    issueSeconds: histogram('issue_seconds', 'From paid to signed tickets.', jobBuckets),
    providerSeconds: histogram('provider_seconds', 'Calls of the payment provider.', jobBuckets, [
      'operation',
      'outcome',
    ]),
    providerUp: gauge('provider_up', 'Whether the payment provider answers: 1 or 0.'),
    moneySuspicious: counter('money_suspicious_total', 'Money that somebody must look at.', [
      'why',
    ]),
    refunds: counter('refunds_total', 'Refunds that went back.'),
    refundsFailed: counter('refunds_failed_total', 'Refunds that the provider could not send.'),
    sockets: gauge('sockets', 'Open sockets.'),
    socketsClosed: counter('sockets_closed_total', 'Closed sockets, by reason.', ['why']),
    framesRefused: counter('frames_refused_total', 'Frames that were no message.', ['code']),
    deltas: counter('deltas_sent_total', 'Deltas written to sockets.'),
    deltaSeconds: histogram(
      'delta_pass_seconds',
      'From a pass to its last socket.',
      secondsBuckets,
    ),
    lags: counter('socket_lags_total', 'Sockets that missed deltas by reading too slowly.'),
    scanSeconds: histogram(
      'scan_seconds',
      'From a code to its verdict as scanners measure it, by whose word it was.',
      secondsBuckets,
      ['by'],
    ),
    scansUnanswered: counter('scans_unanswered_total', 'Codes that a scanner could not keep.'),
    codesAhead: counter(
      'codes_looked_ahead_total',
      'Codes of tickets whose signature was looked at before anybody brought them.',
    ),
    gateIncidents: counter('gate_incidents_total', 'What happened at gates, by kind.', ['kind']),
    webhooks: counter('webhooks_received_total', 'Webhooks, by source and outcome.', [
      'source',
      'outcome',
    ]),
    partnerSeconds: histogram('partner_webhook_seconds', 'Webhooks to partners.', secondsBuckets, [
      'outcome',
    ]),
    requestSeconds: histogram('request_seconds', 'HTTP requests.', secondsBuckets, [
      'route',
      'status',
    ]),
  };
}

/** Ways to leave a show that nobody has to look at. */
const expectedLeaves: ReadonlySet<string> = new Set(['asleep', 'drained', 'moved']);

/** The name and sentence of what went wrong: never its data. */
function reason(cause: unknown): { readonly cause?: string } {
  if (cause === undefined) return {};
  if (!(cause instanceof Error)) return { cause: String(cause) };
  const { cause: deeper } = cause;
  const behind = deeper instanceof Error ? ` (${deeper.name}: ${deeper.message})` : '';
  return { cause: `${cause.name}: ${cause.message}${behind}` };
}
