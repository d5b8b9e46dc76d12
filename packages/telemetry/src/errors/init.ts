import type { FlushOutcome } from '@qr/delivery';
import type { StreamedSpanJSON } from '@sentry/core';
import * as Sentry from '@sentry/node';
import { core } from '../instance.ts';
import type { ScrubberOptions } from '../privacy/index.ts';
import { applicationFolder, applicationRoot } from '../settings/application-folder.ts';
import type { ObservabilityConfig } from '../settings/config.ts';
import { checkValue, readObservabilityConfig } from '../settings/load-config.ts';
import { releaseOf } from '../settings/release.ts';
import { spoolRootOf } from '../settings/spool-root.ts';
import { monotonicNow, within } from '../time-limit.ts';
import { filterBreadcrumb, filterErrorEvent } from './allow-list.ts';
import { openErrorBudget } from './budget/open-budget.ts';
import { dataCollection } from './data-collection.ts';
import type { ClosableTransport, TransportOptions } from './direct-transport.ts';
import { unlimited } from './error-budget.ts';
import { createErrorPipeline } from './error-pipeline.ts';
import { integrations } from './integrations.ts';
import { filterLog } from './logs.ts';
import { startProfiling, stopProfiling } from './profiling.ts';
import { withRecentEvents } from './recent-events.ts';
import { noTraces, type RouteSampleRates, sampleRates } from './sample-rates.ts';
import { createTracesSampler } from './sampling.ts';
import { createRelativeFrames } from './stack-frames.ts';
import { configureScrubber, sentryState } from './state.ts';
import { platformOrigins } from './trace-origins.ts';
import { makeDurableTransport } from './transport.ts';
import { createUnfinishedEvents } from './unfinished-events.ts';
import { admit } from './verdict.ts';

/** `close` sends one envelope a trace; the SDK's buffer of 64 would drop the rest. */
const TRANSPORT_BUFFER = 1000;

/** Variables with a default that does no harm: a malformed one is said once, and the default is used. */
const VARIABLES = [
  ...['SENTRY_ENVIRONMENT', 'SENTRY_RELEASE', 'SENTRY_PROFILE_SESSION_SAMPLE_RATE'],
  ...['SENTRY_ERROR_BUDGET_PER_MONTH', 'SHUTDOWN_TIMEOUT_MS'],
];
/** A rate that cannot be read may have been meant to be lower than any default. */
const RATES = ['SENTRY_TRACES_SAMPLE_RATE', 'SENTRY_ROUTE_SAMPLE_RATES'];

/** What {@link initializeSentry} takes; everything has a default. */
export interface InitializeSentryOptions {
  /** What is secret here beyond what the scrubber knows by itself. What cannot be used is warned of and left out. @default nothing */
  readonly scrub?: ScrubberOptions;
  /**
   * Shares of traces that production records for requests of single routes, such as `{ '/scan/:qrId': 0.01 }`: for those that come so often that
   * fewer tell as much. `SENTRY_ROUTE_SAMPLE_RATES` overrides them. @default none: all have `SENTRY_TRACES_SAMPLE_RATE`
   */
  readonly routeSampleRates?: RouteSampleRates;
  /**
   * Whether user ids that hold an e-mail address or a telephone number are sent as they are, instead of as a hash. Holds for the whole process,
   * analytics included. @default OBSERVABILITY_PLAIN_USER_IDS, else false
   */
  readonly plainUserIds?: boolean;
}

/**
 * Turns error tracking and tracing on for this process. Idempotent: with other arguments, a second call is ignored with a warning. Never throws.
 *
 * @param name the service, as it appears in errors, traces and events.
 * @param dsn `SENTRY_DSN` when left out. Without either, or when the one that is given is malformed, one warning is printed and every capture does
 * nothing.
 * @param options.plainUserIds sends user ids that hold an e-mail address as they are.
 * @param options.routeSampleRates shares of traces for single routes.
 * @param options.scrub further key names and patterns to remove from all that is sent, and key names to leave alone.
 */
export function initializeSentry(name: string, dsn?: string, options: InitializeSentryOptions = {}): void {
  try {
    const service = typeof name === 'string' && name !== '' ? name : 'service';
    core.nameService(service);
    if (sentryState.isOn) return stayAsStarted(service, dsn);
    const environment = readObservabilityConfig();
    const target = targetOf(dsn, environment);
    if ('problem' in target) {
      sentryState.early.discard();
      sentryState.closed = undefined;
      return core.warnOnce(target.problem);
    }
    start(service, target.dsn, options ?? {}, environment);
  } catch (error) {
    core.warnOnce(`Error tracking could not be started: ${error instanceof Error ? error.message : String(error)}.`);
    if (!sentryState.isOn) void closePipeline();
  }
}

function stayAsStarted(name: string, dsn: unknown): void {
  const { started } = sentryState;
  const isSameTarget = !dsn || (typeof dsn === 'string' && ['', started?.dsn].includes(dsn.trim()));
  if (isSameTarget && name === started?.name) return;
  core.warnOnce(
    `initializeSentry was called again with another ${isSameTarget ? 'name' : 'DSN'}, which is ignored: error tracking stays as it is.`,
  );
}

/** Of a start that failed half-way. */
async function closePipeline(): Promise<void> {
  const { pipeline } = sentryState;
  sentryState.pipeline = undefined;
  await pipeline?.close(0).catch(() => {});
}

type Environment = ReturnType<typeof readObservabilityConfig>;

/** The DSN that the argument names, else the environment; a malformed argument is not replaced by the environment's. */
function targetOf(
  argument: unknown,
  { config, problems }: Environment,
): { readonly dsn: string } | { readonly problem: string } {
  if (argument && !(typeof argument === 'string' && argument.trim() === '')) {
    const checked = checkValue('SENTRY_DSN', argument);
    if ('value' in checked) return { dsn: checked.value };
    return { problem: `initializeSentry: ${checked.problem}. Error tracking is off.` };
  }
  if (config.SENTRY_DSN !== undefined) return { dsn: config.SENTRY_DSN };
  const problem = problems.get('SENTRY_DSN');
  return { problem: problem ? `${problem} Error tracking is off.` : 'SENTRY_DSN is not set: error tracking is off.' };
}

function start(name: string, dsn: string, options: InitializeSentryOptions, environment: Environment): void {
  const { config, problems, malformed } = environment;
  for (const variable of VARIABLES) {
    const problem = problems.get(variable);
    if (problem) core.warnOnce(problem);
  }
  core.people.choosePlainUserIds(options.plainUserIds, 'initializeSentry');
  const unreadableRate = RATES.find((variable) => malformed.has(variable));
  if (unreadableRate !== undefined) core.warnOnce(`${problems.get(unreadableRate)} No traces are recorded.`);
  sentryState.relateFrames = createRelativeFrames(applicationRoot(applicationFolder()));
  for (const problem of configureScrubber(options.scrub ?? {})) core.warnOnce(problem);
  const isProduction = config.NODE_ENV === 'production';
  const sampleRateOf = unreadableRate === undefined ? sampleRates(config, options.routeSampleRates ?? {}) : noTraces;
  const ownHosts = [config.MIXPANEL_API_HOST, new URL(dsn).origin].filter((host) => host !== undefined);
  const unfinished = createUnfinishedEvents();
  Sentry.init({
    dsn,
    serverName: name,
    environment: config.SENTRY_ENVIRONMENT ?? config.NODE_ENV,
    // For `undefined` the SDK would look for a release by itself, and take a malformed SENTRY_RELEASE.
    release: releaseOf(config) ?? '',
    tracesSampleRate: NO_RATE,
    ...(sampleRateOf !== noTraces && { tracesSampler: createTracesSampler(sampleRateOf) }),
    tracePropagationTargets: platformOrigins(process.env),
    defaultIntegrations: false,
    integrations: integrations({
      isOwnTraffic: (url) => ownHosts.some((host) => url.startsWith(host)),
      shutdownTimeoutMs: config.SHUTDOWN_TIMEOUT_MS ?? 10_000,
      sourceLines: unfinished.integrations,
    }),
    dataCollection,
    // A stray SENTRY_SPOTLIGHT would mirror every event of a production process to that address.
    spotlight: !isProduction && Boolean(process.env['SENTRY_SPOTLIGHT']),
    transport: (sdk) => openTransport(sdk, config),
    transportOptions: { bufferSize: TRANSPORT_BUFFER },
    initialScope: { tags: { service: name } },
    beforeSend: (event, hint) => {
      unfinished.done(hint);
      const admitted = admit(event, hint);
      return admitted && filterErrorEvent(withRecentEvents(admitted));
    },
    beforeBreadcrumb: filterBreadcrumb,
    beforeSendSpan: (span) => tagWithService(span, name),
    beforeSendLog: filterLog,
  });
  sentryState.isOn = Sentry.isInitialized();
  sentryState.started = { name, dsn };
  sentryState.closed = undefined;
  sentryState.budget = openErrorBudget(config);
  sentryState.sampleRateOf = sampleRateOf;
  finishAtExit(unfinished);
  sentryState.countUnfinished = unfinished.count;
  const lost = sentryState.early.replay();
  for (let error = 0; error < lost; error++) sentryState.pipeline?.drop('sentry', 'not_initialized');
  const profiled = config.SENTRY_PROFILE_SESSION_SAMPLE_RATE ?? 0;
  if (sentryState.isOn && profiled > 0) void startProfiling(profiled);
}

/** `process.exit()` waits for nothing: what is not in the lane by then is written before it ends the process. */
function finishAtExit({ finish }: Pick<ReturnType<typeof createUnfinishedEvents>, 'finish'>): void {
  const onExit = () => {
    finish();
    sentryState.budget.commit();
  };
  // First: the pipeline's own listener writes what it has then.
  process.prependListener('exit', onExit);
  stopListening = () => process.off('exit', onExit);
}

let stopListening = () => {};

/** With a rate of 0 the SDK still builds every span, and for `undefined` it reads the variable by itself: only this is none. */
const NO_RATE = null as unknown as number;

/** Whether errors are sent from this process. */
export function isSentryOn(): boolean {
  return sentryState.isOn;
}

/** Sends what waits; the SDK first, for what it still works on is not in the lane yet. Never rejects. */
export async function flushSentry(timeoutMs: number): Promise<FlushOutcome> {
  const { pipeline } = sentryState;
  if (!sentryState.isOn || !pipeline) return { delivered: 0, pending: 0, spooled: 0 };
  const before = pipeline.stats().sentry?.delivered ?? 0;
  // The SDK counts its own time, by timers that a test may have faked; to it 0 means no limit.
  await within(Sentry.flush(Math.max(1, timeoutMs)), timeoutMs);
  // An error is a file of its own.
  const { delivered = 0, pending = 0, spooledFiles = 0 } = pipeline.stats().sentry ?? {};
  const inMemory = pending - spooledFiles + sentryState.countUnfinished();
  return { delivered: delivered - before, pending: inMemory, spooled: spooledFiles };
}

/** Turns error tracking off; what could not be sent stays on disk. Never rejects. */
export async function closeSentry(timeoutMs: number): Promise<void> {
  if (!sentryState.isOn) return;
  stopProfiling();
  sentryState.budget.announce();
  const { pipeline } = sentryState;
  sentryState.isOn = false;
  sentryState.closed = pipeline;
  const deadline = monotonicNow() + timeoutMs;
  await within(Sentry.close(Math.max(1, timeoutMs)), timeoutMs);
  const leftMs = Math.max(0, deadline - monotonicNow());
  if (pipeline) await within(pipeline.close(leftMs), leftMs + GRACE_MS);
  if (transport) await within(transport.close(), GRACE_MS);
  stopListening();
  sentryState.pipeline = undefined;
  sentryState.started = undefined;
  sentryState.budget.close();
  sentryState.budget = unlimited;
}

/** For what ends by a limit of its own, and tells what is left. */
const GRACE_MS = 500;

/** The SDK does not close its transport. */
let transport: ClosableTransport | undefined;

function openTransport(sdk: TransportOptions, config: ObservabilityConfig): ClosableTransport {
  const maxSpoolBytes = config.OBSERVABILITY_SPOOL_MAX_BYTES;
  sentryState.pipeline = createErrorPipeline({ sdk, spoolRoot: spoolRootOf(config), maxSpoolBytes });
  transport = makeDurableTransport(sdk, sentryState.pipeline, (eventId) => sentryState.budget.settle(eventId));
  return transport;
}

/** Scope tags are not applied to spans, so each gets the service by name. What else may leave is decided at the last gate. */
function tagWithService(span: StreamedSpanJSON, service: string): StreamedSpanJSON {
  span.attributes ??= {};
  span.attributes['service.name'] = service;
  return span;
}
